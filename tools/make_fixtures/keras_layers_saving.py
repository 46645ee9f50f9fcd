"""What the cases of keras_layers.py share."""

import os

# TensorFlow on a CPU has no convolutions whose channels come first.
os.environ["KERAS_BACKEND"] = "jax"

import json
import pathlib
import zipfile

import keras
import numpy as np

import keras_saving as saving
from keras_saving import randomise, record

ROOT = saving.ROOT = pathlib.Path(__file__).resolve().parents[2] / "Fixtures" / "keras_layers"
CASES = {}
FIRST = {"data_format": "channels_first"}


def case(function):
    CASES[function.__name__] = function
    return function


def save(name, model):
    """Writes the archive, compressed: what Keras writes is mostly text and zeros."""
    (ROOT / name).mkdir(parents=True, exist_ok=True)
    path = ROOT / name / "model.keras"
    model.save(path)
    saving.strip(path)
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    saving.rewrite(path, members, zipfile.ZIP_DEFLATED)


def archive(name, model):
    randomise(model, len(name))
    save(name, model)
    record(name, model, {"model": "model.keras"})


def image(*shape):
    return keras.Input(shape, name="image")


def archive_planes(name, model, size=None):
    """`archive` for a model whose images have their channels first."""
    randomise(model, len(name))
    save(name, model)
    data = ROOT / name / "test_data_set_0"
    data.mkdir(exist_ok=True)
    shape = [1] + [given or size[place - 1] for place, given in enumerate(model.inputs[0].shape[1:])]
    x = np.random.default_rng(7).normal(0, 1, shape).astype("float32")
    np.save(data / "input_0.npy", x)
    for place, output in enumerate(model(x, training=False) if len(model.outputs) > 1 else [model(x, training=False)]):
        np.save(data / f"output_{place}.npy", np.asarray(output, dtype="float32"))
    (ROOT / name / "case.json").write_text(json.dumps({"model": "model.keras"}, indent=1) + "\n")
