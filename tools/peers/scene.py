"""A whole scene: seginfer's exact mask against overlapping windows in ONNX Runtime, as notebooks do it.

Makes a scene of noise over gradients and classifies it with both, each in a fresh process that reads the raster and
writes the mask; prints the time per pixel, the ratio, and peak memory.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import rasterio

import machine

HERE = os.path.dirname(os.path.abspath(__file__))


def make_scene(path, width, rows):
    random = np.random.default_rng(1)
    profile = {"driver": "GTiff", "width": width, "height": rows, "count": 3, "dtype": "uint8", "tiled": True,
               "blockxsize": 512, "blockysize": 512, "photometric": "RGB",
               "transform": rasterio.Affine(0.25, 0, 500_000, 0, -0.25, 200_000)}
    with rasterio.open(path, "w", **profile) as scene:
        for top in range(0, rows, 512):
            height = min(512, rows - top)
            y, x = np.mgrid[top:top + height, 0:width]
            for band in range(3):
                smooth = 128 + 60 * np.sin(x / (40 + 9 * band)) * np.cos(y / (31 + 7 * band))
                values = smooth + 60 * (random.random((height, width), dtype="f4") - 0.5)
                scene.write(values.astype("u1"), band + 1, window=((top, top + height), (0, width)))


def measure(command, options):
    """Wall and processor seconds of a process and its peak memory."""
    machine.wait_until_quiet(options.patience)
    environment = dict(os.environ, OMP_NUM_THREADS=str(options.threads))
    others, start = machine.Others(), time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status != 0:
        sys.exit(f"error: {command[0]}: status {status}")
    used = usage.ru_utime + usage.ru_stime
    return {"seconds": seconds, "cpu_seconds": used, "busy": used / seconds / options.threads,
            "peak_rss_bytes": usage.ru_maxrss * 1024, "other_cores": others.cores()}


def main():
    parser = argparse.ArgumentParser(
        prog="tools/bench --scene", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--case", default="unet_512", help="NAME_WINDOW: unet, unet_small or simple, and the windows' side")
    parser.add_argument("--width", type=int, default=9000)
    parser.add_argument("--rows", type=int, default=2048)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--max-memory", default="4096M", help="limit for seginfer")
    parser.add_argument("--patience", type=float, default=20, metavar="SECONDS",
                        help="how long to wait for a quiet machine before each process")
    parser.add_argument("--json", metavar="FILE", help="where every measurement goes")
    parser.add_argument("--models", help=argparse.SUPPRESS)
    parser.add_argument("--seginfer", help=argparse.SUPPRESS)
    options = parser.parse_args()

    subprocess.run([sys.executable, os.path.join(HERE, "make_models.py"), options.models, options.case], check=True)
    stem, pixels = os.path.join(options.models, options.case), options.width * options.rows
    results = {"seginfer": [], "windows": []}
    with tempfile.TemporaryDirectory() as scratch:
        scene, *masks = (os.path.join(scratch, name) for name in ("scene.tif", "seginfer.tif", "windows.tif"))
        make_scene(scene, options.width, options.rows)
        threads = str(options.threads)
        commands = {
            "seginfer": [options.seginfer, scene, "-m", stem + ".keras", "-o", masks[0], "--of", "GTiff", "--overwrite",
                         "--blend", "exact", "--threads", threads, "--max-memory", options.max_memory, "-q"],
            "windows": [sys.executable, os.path.join(HERE, "scene_windows.py"), scene, stem + ".onnx", masks[1], threads],
        }
        for number in range(options.rounds):
            for name in sorted(results, reverse=number % 2 == 1):
                result = measure(commands[name], options)
                results[name].append(result)
                print(f"round {number + 1} {name}: {1e6 * result['seconds'] / pixels:.3f} us per pixel, "
                      f"other processes used {result['other_cores']:.2f} cores", file=sys.stderr, flush=True)
        with rasterio.open(masks[0]) as ours, rasterio.open(masks[1]) as theirs:
            agreement = float((ours.read(1) == theirs.read(1)).mean())

    ratios = [ours["seconds"] / theirs["seconds"] for ours, theirs in zip(*results.values())]
    document = {"machine": machine.description(), "width": options.width, "rows": options.rows, "case": options.case,
                "threads": options.threads, "agreement": agreement, "ratios": ratios, "rounds": results}
    with open(options.json, "w") as file:
        json.dump(document, file, indent=1)
    print(f"{document['machine']}; {options.threads} threads; {options.case} on {options.width} x {options.rows} pixels")
    for name, rounds in results.items():
        seconds = statistics.median(r["seconds"] for r in rounds)
        print(f"{name:10}{seconds:9.1f} s{1e6 * seconds / pixels:9.3f} us per pixel"
              f"{max(r['peak_rss_bytes'] for r in rounds) / 2**20:9.0f} MiB"
              f"{statistics.median(r['busy'] for r in rounds):8.1%} of its threads busy")
    print(f"seginfer / windows: {statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f}); "
          f"the same class at {agreement:.3%} of pixels")
    print(options.json)


if __name__ == "__main__":
    main()
