"""One process of one peer: python worker.py PEER STEM THREADS RUNS OUTPUT.npy

Prints one line of JSON with the keys of `seginfer bench --json`, and writes its NHWC output.
"""

import json
import sys
import time

start = time.perf_counter()

import numpy as np

import runtimes


def peak_resident_bytes():
    with open("/proc/self/status") as status:
        return 1024 * next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def main():
    peer, stem, threads, runs, output = sys.argv[1:]
    image = np.ascontiguousarray(np.load(stem + "_in.npy").transpose(0, 3, 1, 2))
    name, run = runtimes.PEERS[peer](stem, int(threads))
    load, times = time.perf_counter() - start, []
    for _ in range(int(runs) + 1):
        begin = time.perf_counter()
        scores = run(image)
        times.append(time.perf_counter() - begin)
    peak = peak_resident_bytes()
    np.save(output, np.asarray(scores, "f4").transpose(0, 2, 3, 1))
    print(json.dumps({"name": name, "load_s": load, "first_s": times[0], "times": times[1:], "peak_rss_bytes": peak}))


if __name__ == "__main__":
    main()
