"""Holds exported models against recorded outputs; see tools/check_export."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime

try:
    import openvino
except ImportError:
    openvino = None

TOLERANCE = 1e-4
MODELS = ("model.keras", "model.h5", "model.weights.h5")


def options(case):
    """The model of a case directory and the options that complete it; None where it is no Keras model."""
    described = {}
    if (case / "case.json").exists():
        described = json.loads((case / "case.json").read_text())
    names = [described["model"]] if "model" in described else [n for n in MODELS if (case / n).exists()]
    if not names or names[0].endswith(".onnx") or not (case / names[0]).exists():
        return None
    result = [str(case / names[0])]
    for key, flag in (("weights", "--weights"), ("architecture", "--architecture"), ("substitutions", "--substitutions")):
        if key in described:
            result += [flag, str(case / described[key])]
    if "keras1_backend" in described:
        result += ["--keras1-backend", described["keras1_backend"]]
    return result


def by_onnxruntime(path, feed):
    settings = onnxruntime.SessionOptions()
    settings.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, settings, providers=["CPUExecutionProvider"])
    return session.run(None, dict(zip([x.name for x in session.get_inputs()], feed)))


def by_openvino(path, feed):
    core = openvino.Core()
    model = core.compile_model(path, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    result = model(feed)
    return [result[output] for output in model.outputs]


RUNTIMES = {"ONNX Runtime": by_onnxruntime}
if openvino:
    RUNTIMES["OpenVINO"] = by_openvino


def compare(path, sets):
    """The worst difference of each runtime, of the largest value of the output."""
    worst = {}
    for folder in sets:
        files = lambda kind: sorted(folder.glob(f"{kind}_*.npy"), key=lambda p: int(p.stem.split("_")[1]))
        feed = [np.load(p) for p in files("input")]
        expected = [np.load(p) for p in files("output")]
        for name, run in RUNTIMES.items():
            for result, wanted in zip(run(path, feed), expected):
                if result.shape != wanted.shape:
                    raise ValueError(f"{name} gives {result.shape}, recorded is {wanted.shape}")
                largest = np.abs(wanted).max() if wanted.size else 1
                error = np.abs(result.astype(np.float64) - wanted).max() / max(largest, 1e-30) if wanted.size else 0
                worst[name] = max(worst.get(name, 0), float(error))
    return worst


def row(case, flags, scratch):
    found = options(case)
    sets = sorted(case.glob("test_data_set_*"))
    if not found or not sets:
        return True
    name = f"{case.parent.name}/{case.name}"
    path = os.path.join(scratch, "model.onnx")
    command = [os.environ["SEGINFER"], "convert", *found, path, "--overwrite", "--quiet", *flags]
    ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode:
        print(f"| {name} | refused | {ran.stderr.strip()[:200]} |", flush=True)
        return ran.returncode == 3 and "ONNX" in ran.stderr
    try:
        onnx.checker.check_model(path, full_check=True)
        worst = compare(path, sets)
    except Exception as error:  # every runtime has exceptions of its own
        print(f"| {name} | invalid | {str(error).strip()[:300]!r} |", flush=True)
        return False
    agrees = max(worst.values()) <= TOLERANCE
    print(f"| {name} | {'ok' if agrees else 'differs'} | {', '.join(f'{n} {e:.1e}' for n, e in worst.items())} |", flush=True)
    return agrees


def main():
    flags = [a for a in sys.argv[1:] if a.startswith("--")]
    cases = [pathlib.Path(a) for a in sys.argv[1:] if not a.startswith("--")]
    print("| case | result | largest difference, of the largest value |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        failures = sum(not row(case.resolve(), flags, scratch) for case in cases)
    if failures:
        sys.exit(f"error: tools/check_export: {failures} failures")


main()
