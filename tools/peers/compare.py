"""Times seginfer and its peers on the same networks and inputs; see tools/bench.

Every measurement is a fresh process. In each round all contenders take turns, and who begins changes from round to
round, so that a slow phase of the machine meets everyone; ratios are taken within rounds. Compare ratios of one run,
never times of two.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

import numpy as np

import machine
import report
import runtimes

HERE = os.path.dirname(os.path.abspath(__file__))
# Ourselves: environment and arguments.
OURS = {
    "seginfer": ({}, []),
    "seginfer_avx2": ({"SEGINFER_ISA": "avx2"}, []),
    "seginfer_bf16": ({}, ["--precision", "bf16"]),
}


def command(contender, stem, output, options):
    """What to run, and what to add to its environment."""
    if contender not in OURS:
        worker = os.path.join(HERE, "worker.py")
        return [sys.executable, worker, contender, stem, str(options.threads), str(options.runs), output], {}
    environment, arguments = OURS[contender]
    return [options.seginfer, "bench", stem + ".keras", "--json", "--input", stem + "_in.npy", "--output", output,
            "--threads", str(options.threads), "--runs", str(options.runs)] + arguments, environment


def measure(contender, stem, options):
    """One process: what it printed, with its error against Keras and what other processes did meanwhile."""
    machine.wait_until_quiet(options.patience)
    with tempfile.TemporaryDirectory() as scratch:
        output = os.path.join(scratch, "output.npy")
        line, extra = command(contender, stem, output, options)
        environment = dict(os.environ, OMP_NUM_THREADS=str(options.threads), **extra)
        others = machine.Others()
        process = subprocess.run(line, env=environment, capture_output=True, text=True)
        cores = others.cores()
        if process.returncode != 0:
            return {"failed": (process.stderr.strip().splitlines() or [f"exit code {process.returncode}"])[-1]}
        result = json.loads(next(line for line in process.stdout.splitlines() if line.startswith("{")))
        scores, reference = np.load(output), np.load(stem + "_out.npy")
    if scores.shape != reference.shape:
        return {"failed": f"an output of {scores.shape} instead of {reference.shape}"}
    result["other_cores"] = cores
    result["max_error"] = float(np.abs(scores - reference).max() / max(1, np.abs(reference).max()))
    result["class_agreement"] = float((scores.argmax(-1) == reference.argmax(-1)).mean())
    return result


def profile(stem, options):
    """The per-layer table of one process, with the peak measured in it."""
    line = [options.seginfer, "bench", stem + ".keras", "--json", "--profile", "--input", stem + "_in.npy",
            "--threads", str(options.threads), "--runs", str(options.runs)]
    return json.loads(subprocess.run(line, capture_output=True, text=True, check=True).stdout)


def compare(case, options):
    stem = os.path.join(options.models, case)
    results = {contender: [] for contender in options.contenders}
    layers = profile(stem, options)
    for number in range(options.rounds):
        present = [contender for contender in results if results[contender] is not None]
        turn = number % len(present)
        for contender in present[turn:] + present[:turn]:
            result = measure(contender, stem, options)
            if "failed" in result:
                print(f"tools/bench: skipped: {contender} on {case}: {result['failed']}", file=sys.stderr, flush=True)
                results[contender] = None
                continue
            results[contender].append(result)
            print(f"round {number + 1} {case} {contender}: {1e3 * statistics.median(result['times']):.1f} ms, "
                  f"other processes used {result['other_cores']:.2f} cores", file=sys.stderr, flush=True)
    return {"gmac": layers["gmac"], "layers": layers, "rounds": {k: v for k, v in results.items() if v}}


def parse():
    parser = argparse.ArgumentParser(
        prog="tools/bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", default="unet_512,unet_small_512,simple_512,deeplabv3plus_512",
                        help="NAME_SIZE, comma-separated")
    parser.add_argument("--contenders", default="seginfer," + ",".join(runtimes.PEERS),
                        help="comma-separated; also " + ", ".join(name for name in OURS if name != "seginfer"))
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=5, help="processes of each contender on each case")
    parser.add_argument("--runs", type=int, default=5, help="timed runs in a process, after one that is not")
    parser.add_argument("--patience", type=float, default=20, metavar="SECONDS",
                        help="how long to wait for a quiet machine before each process")
    parser.add_argument("--json", metavar="FILE", help="where every measurement goes")
    parser.add_argument("--table", metavar="FILE", help="print the tables of an earlier run in Markdown")
    parser.add_argument("--models", help=argparse.SUPPRESS)
    parser.add_argument("--seginfer", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.contenders = options.contenders.split(",")
    unknown = [name for name in options.contenders if name not in OURS and name not in runtimes.PEERS]
    if unknown or "seginfer" not in options.contenders:
        parser.error(f"--contenders needs seginfer and knows no {', '.join(unknown)}")
    if min(options.threads, options.rounds, options.runs) < 1:
        parser.error("--threads, --rounds and --runs must be at least 1")
    return options


def main():
    options = parse()
    if options.table:
        with open(options.table) as file:
            return print(report.markdown(json.load(file)))
    cases = options.cases.split(",")
    maker = [sys.executable, os.path.join(HERE, "make_models.py"), options.models] + cases
    subprocess.run(maker, check=True)
    result = {"machine": machine.description(), "threads": options.threads, "cases": {}}
    for case in cases:
        result["cases"][case] = compare(case, options)
        with open(options.json, "w") as file:
            json.dump(result, file, indent=1)
    print(report.text(result))
    print(options.json)


if __name__ == "__main__":
    main()
