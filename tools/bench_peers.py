"""Times `seginfer bench` and ONNX Runtime on the same network and input; see tools/bench.

Every measurement is a fresh process. The two alternate, and the one that begins changes from round to round, so that a
slow phase of the machine meets both; the ratio is taken within rounds. Compare ratios of one run, never times of two.
The ONNX file must take the Keras model's NHWC input and give its first output, as tf2onnx and Keras export it.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

MIB = 1 << 20


def onnxruntime_worker(model, source, target, threads, runs):
    """One process of ONNX Runtime: prints the keys of `seginfer bench --json`."""
    import onnxruntime

    start = time.perf_counter()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    feed = {session.get_inputs()[0].name: np.load(source)}
    load = time.perf_counter() - start

    times = []
    for _ in range(runs + 1):
        begin = time.perf_counter()
        result = session.run(None, feed)[0]
        times.append(time.perf_counter() - begin)
    np.save(target, result)
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) * 1024
    print(json.dumps({"load_s": load, "first_s": times[0], "times": times[1:], "peak_rss_bytes": peak,
                      "version": onnxruntime.__version__}))


def busy_seconds():
    """Seconds that all processors were busy, or taken away, since the machine started."""
    with open("/proc/stat") as stat:
        user, nice, system, _, _, irq, softirq, steal = map(int, stat.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def child_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure(command):
    """Runs a process that prints one line of JSON; adds how many cores other processes used meanwhile."""
    busy, own, start = busy_seconds(), child_seconds(), time.perf_counter()
    process = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if process.returncode != 0:
        sys.exit(f"error: {command[0]}: exit code {process.returncode}")
    elapsed = time.perf_counter() - start
    result = json.loads(next(line for line in process.stdout.splitlines() if line.startswith("{")))
    result["other_cores"] = max(0, (busy_seconds() - busy - child_seconds() + own) / elapsed)
    return result


def machine_peak(seginfer, threads):
    """The machine's float32 peak in GFLOP/s for these threads, as seginfer measures it."""
    command = [seginfer, "bench", "--input-shape", "64,64,3", "--runs", "1", "--profile", "--threads", str(threads)]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return float(next(line.split()[1] for line in text.splitlines() if line.startswith("peak ") and "GFLOP/s" in line))


def channels(model):
    """Channels of the first input, without keeping a session alive."""
    code = "import sys, onnxruntime as o; print(o.InferenceSession(sys.argv[1]).get_inputs()[0].shape[-1])"
    command = [sys.executable, "-c", code, model]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    if not text.isdigit():
        sys.exit(f"error: {model}: the input's last dimension is {text}; an NHWC input with known channels is needed")
    return int(text)


def summary(results):
    times = [value for result in results for value in result["times"]]
    return {
        "median_s": statistics.median(times), "min_s": min(times), "max_s": max(times),
        "load_s": statistics.median(result["load_s"] for result in results),
        "first_s": statistics.median(result["first_s"] for result in results),
        "peak_rss_bytes": max(result["peak_rss_bytes"] for result in results),
    }


def compare(options):
    peers = {"seginfer": [], "onnxruntime": []}
    errors, agreements = [], []
    with tempfile.TemporaryDirectory() as scratch:
        source = os.path.join(scratch, "input.npy")
        outputs = {name: os.path.join(scratch, name + ".npy") for name in peers}
        shape = (1, options.size, options.size, channels(options.onnx))
        np.save(source, np.random.default_rng(0).random(shape, dtype=np.float32))
        commands = {
            "seginfer": [
                options.seginfer, "bench", options.keras, "--json", "--input", source, "--output", outputs["seginfer"],
                "--threads", str(options.threads), "--runs", str(options.runs)],
            "onnxruntime": [
                sys.executable, os.path.abspath(__file__), "--worker", options.onnx, source, outputs["onnxruntime"],
                str(options.threads), str(options.runs)],
        }
        peak = machine_peak(options.seginfer, options.threads)
        for number in range(options.rounds):
            for name in sorted(peers, reverse=number % 2 == 0):
                result = measure(commands[name])
                peers[name].append(result)
                print(f"round {number + 1} {name}: {1e3 * statistics.median(result['times']):.1f} ms, "
                      f"other processes used {result['other_cores']:.2f} cores", file=sys.stderr, flush=True)
            ours, theirs = (np.load(outputs[name]).astype(np.float64) for name in peers)
            if ours.shape != theirs.shape:
                sys.exit(f"error: outputs of {ours.shape} and {theirs.shape}: not the same network")
            errors.append(np.abs(ours - theirs).max() / max(1, np.abs(theirs).max()))
            agreements.append((ours.argmax(-1) == theirs.argmax(-1)).mean())

    ratios = [statistics.median(ours["times"]) / statistics.median(theirs["times"])
              for ours, theirs in zip(peers["seginfer"], peers["onnxruntime"])]
    return {
        "keras": options.keras, "onnx": options.onnx, "size": options.size, "threads": options.threads,
        "gmac": peers["seginfer"][0]["gmac"], "peak_gflops": peak,
        "max_error": float(np.max(errors)), "class_agreement": float(np.min(agreements)),
        "ratio": statistics.median(ratios), "ratios": ratios,
        "summary": {name: summary(results) for name, results in peers.items()}, "rounds": peers,
    }


def report(result):
    print(f"{result['gmac']:.2f} GMAC at {result['size']}x{result['size']}, {result['threads']} threads, "
          f"machine peak {result['peak_gflops']:.0f} GFLOP/s")
    print(f"{'':14}{'median ms':>11}{'min':>9}{'max':>9}{'of peak':>9}{'load s':>8}{'first ms':>10}{'peak MiB':>10}")
    for name, row in result["summary"].items():
        share = 2 * result["gmac"] / row["median_s"] / result["peak_gflops"]
        print(f"{name:14}{1e3 * row['median_s']:11.1f}{1e3 * row['min_s']:9.1f}{1e3 * row['max_s']:9.1f}{share:9.0%}"
              f"{row['load_s']:8.2f}{1e3 * row['first_s']:10.1f}{row['peak_rss_bytes'] / MIB:10.0f}")
    ratios = result["ratios"]
    print(f"seginfer / onnxruntime: {result['ratio']:.2f} (rounds {min(ratios):.2f} to {max(ratios):.2f})")
    print(f"outputs: max error {result['max_error']:.1e}, same class at {result['class_agreement']:.4%} of pixels")


def main():
    if sys.argv[1:2] == ["--worker"]:
        model, source, target, threads, runs = sys.argv[2:]
        return onnxruntime_worker(model, source, target, int(threads), int(runs))
    parser = argparse.ArgumentParser(
        prog="tools/bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keras", required=True, metavar="FILE")
    parser.add_argument("--onnx", required=True, metavar="FILE", help="the same network")
    parser.add_argument("--size", type=int, default=512, help="side of the square input")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5, help="processes of each")
    parser.add_argument("--runs", type=int, default=5, help="timed runs in a process, after one that is not")
    parser.add_argument("--tolerance", type=float, default=1e-3, help="largest error over max(1, largest output)")
    parser.add_argument("--json", metavar="FILE", required=True, help="where every measurement goes")
    parser.add_argument("--seginfer", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if min(options.size, options.threads, options.rounds, options.runs) < 1:
        parser.error("--size, --threads, --rounds and --runs must be at least 1")
    for path in (options.keras, options.onnx):
        if not os.path.exists(path):
            parser.error(f"{path}: no such file")
    result = compare(options)
    with open(options.json, "w") as file:
        json.dump(result, file, indent=1)
    report(result)
    print(options.json)
    if not result["max_error"] <= options.tolerance:
        sys.exit(f"error: the outputs differ by {result['max_error']:.1e}, more than {options.tolerance:.1e}")


if __name__ == "__main__":
    main()
