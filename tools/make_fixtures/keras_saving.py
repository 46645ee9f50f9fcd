"""Saves Keras models as cases: the file, inputs, and the outputs that Keras computes for them.

A maker sets ROOT to the folder of its cases, and `randomise` where its weights need other values.
"""

import json
import os
import pathlib
import zipfile

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2] / "Fixtures" / "keras"


def randomise(model, seed):
    """Gives every variable a value that shows when it is mistaken for another; variances stay positive."""
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        if "seed" in weight.path or "adapted" in weight.path:
            continue
        value = rng.normal(0, 0.4, weight.shape)
        if "variance" in weight.path:
            value = 0.5 + np.abs(value)
        weight.assign(value.astype("float32"))


def strip(path):
    """Removes dates, so that the same program makes the same bytes."""
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
        method = archive.infolist()[0].compress_type
    metadata = json.loads(members["metadata.json"])
    metadata["date_saved"] = "2026-01-01@00:00:00"
    members["metadata.json"] = json.dumps(metadata).encode()
    rewrite(path, members, method)


def rewrite(path, members, method=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)


def flat(outputs):
    """Tensors in the order of Keras, which is that of the keys in a dictionary."""
    if isinstance(outputs, dict):
        return [tensor for key in sorted(outputs) for tensor in flat(outputs[key])]
    return [tensor for part in outputs for tensor in flat(part)] if isinstance(outputs, (list, tuple)) else [outputs]


def record(name, model, files, sizes=None, seed=7):
    """Stores inputs, outputs and the description of one case."""
    directory = ROOT / name / "test_data_set_0"
    directory.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    inputs = []
    for place, tensor in enumerate(model.inputs):
        shape = [1] + list(tensor.shape[1:])
        if sizes:
            shape[1:3] = sizes
        inputs.append(rng.normal(0, 1, [s or 8 for s in shape]).astype("float32"))
        np.save(directory / f"input_{place}.npy", inputs[-1])
    outputs = model(inputs[0] if len(inputs) == 1 else inputs, training=False)
    for place, output in enumerate(flat(outputs)):
        np.save(directory / f"output_{place}.npy", np.asarray(output, dtype="float32"))
    (ROOT / name / "case.json").write_text(json.dumps(files, indent=1) + "\n")


def archive(name, model, sizes=None):
    randomise(model, len(name))
    directory = ROOT / name
    directory.mkdir(parents=True, exist_ok=True)
    model.save(directory / "model.keras")
    strip(directory / "model.keras")
    record(name, model, {"model": "model.keras"}, sizes)


def legacy(name, model, sizes=None):
    randomise(model, len(name))
    (ROOT / name).mkdir(parents=True, exist_ok=True)
    model.save(ROOT / name / "model.h5", include_optimizer=False)
    record(name, model, {"model": "model.h5"}, sizes)
