"""Times seginfer and ONNX Runtime on case directories, as tools/check_torch makes them, in alternating fresh processes.

  python cases.py --seginfer PROGRAM [--threads 2] [--rounds 3] [--runs 5] CASE...

Prints a row per case: the fastest run of each, and the ratio of the two.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import time


def serve(case, threads, runs):
    """ONNX Runtime in this process: the seconds of each run but the first, as JSON."""
    import numpy as np
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(case / "model.onnx"), options, providers=["CPUExecutionProvider"])
    feed = {session.get_inputs()[0].name: np.load(case / "test_data_set_0" / "input_0.npy")}
    times = []
    for _ in range(runs + 1):
        begin = time.perf_counter()
        session.run(None, feed)
        times.append(time.perf_counter() - begin)
    return times[1:]


def answer(command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        raise RuntimeError((result.stderr.strip().splitlines() or ["failed"])[-1])
    return json.loads(result.stdout.strip().splitlines()[-1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seginfer", default="seginfer")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("cases", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    numbers = [str(arguments.threads), "--runs", str(arguments.runs)]
    if arguments.serve:
        print(json.dumps(serve(arguments.cases[0], arguments.threads, arguments.runs)))
        return
    print("| network | seginfer, ms | ONNX Runtime, ms | ratio |\n|---|--:|--:|--:|")
    for case in arguments.cases:
        image = case / "test_data_set_0" / "input_0.npy"
        ours = [arguments.seginfer, "bench", str(case / "model.onnx"), "--input", str(image), "--json", "--threads", *numbers]
        theirs = [sys.executable, __file__, "--serve", str(case), "--threads", *numbers]
        times = [(answer(ours)["times"], answer(theirs)) for _ in range(arguments.rounds)]
        mine, other = (min(min(round[side]) for round in times) for side in (0, 1))
        print(f"| {case.name} | {1000 * mine:.1f} | {1000 * other:.1f} | {mine / other:.2f} |", flush=True)


if __name__ == "__main__":
    main()
