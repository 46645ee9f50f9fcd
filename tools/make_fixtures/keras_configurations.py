"""Writes Fixtures/configurations: Keras 3 models whose configurations, rather than whose layers, are unusual.

Run from the root of the package:  python tools/make_fixtures/keras_configurations.py
"""

import json
import shutil

import keras_saving as saving
import keras
import numpy as np
from keras import layers as L
from keras import ops

ROOT = saving.ROOT.parent / "configurations"
CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def save(name, model, sizes=None):
    """Both containers."""
    saving.archive(name, model, sizes)
    saving.legacy(name + "_h5", model, sizes)


def picture(channels=4, name="image"):
    return keras.Input((6, 6, channels), name=name)


def block():
    x = keras.Input((6, 6, 4))
    y = L.Conv2D(4, 3, padding="same", activation="relu", name="conv")(x)
    return keras.Model(x, [L.BatchNormalization(name="bn")(y), L.Conv2D(4, 1, name="mix")(y)], name="block")


@case
def nested_outputs(name):
    x, inner = picture(), block()
    a, b = inner(x)
    c, d = inner(L.Add()([a, b]))
    save(name, keras.Model(x, [L.Subtract()([c, a]), L.Multiply()([d, b]), d]))


@case
def nested_dictionaries(name):
    """Inputs and outputs by key, within each other, of the model and of one inside it."""
    x, y = picture(), picture(name="other")
    i = {"b": keras.Input((6, 6, 4), name="first"), "a": keras.Input((6, 6, 4), name="second")}
    inner = keras.Model(i, {"sum": L.Add()([i["a"], i["b"]]), "difference": L.Subtract()([i["b"], i["a"]])}, name="inner")
    results = inner({"a": x, "b": L.Conv2D(4, 1)(y)})
    model = keras.Model([x, y], {"z": {"mask": L.Conv2D(1, 1)(results["difference"]), "edges": results["sum"]},
                                 "list": [L.ReLU()(x), results["sum"]]})
    saving.archive(name, model)


@case
def repeated_outputs(name):
    """One tensor twice, and an input that is an output."""
    x = picture()
    y = L.Conv2D(2, 1, name="conv")(x)
    save(name, keras.Model(x, [y, x, y]))


@case
def sequential_built_late(name):
    """No layer for the input: its shape stands beside the layers."""
    model = keras.Sequential([L.Conv2D(3, 3, activation="relu"), keras.Sequential([L.Conv2D(2, 1)]), L.Softmax()])
    model.build((None, 6, 6, 4))
    saving.archive(name, model)


@case
def sequential_of_models(name):
    """The first layer is a model, which alone knows the shape of the input."""
    i = keras.Input((6, 6, 4))
    first = keras.Model(i, L.Conv2D(3, 3)(i), name="first")
    save(name, keras.Sequential([first, keras.Sequential([L.ReLU(), L.Conv2D(2, 1)], name="second")]))


@case
def shared_operations(name):
    """A layer called between functions, at different depths, in the model and in one inside it."""
    x, y = picture(), picture(name="other")
    conv, i = L.Conv2D(4, 3, padding="same", name="shared"), keras.Input((6, 6, 4))
    inner = keras.Model(i, conv(i) * 0.5, name="inner")
    parts = ops.split(conv(x) + inner(conv(y - 1.0)), 2, axis=-1)
    save(name, keras.Model([x, y], [parts[1] * 2.0, parts[0] + ops.unstack(x, axis=-1)[3][..., None]]))


@case
def integer_input(name):
    x = keras.Input((6, 6, 3), dtype="uint8", name="image")
    model = keras.Model(x, L.Conv2D(2, 3)(L.Rescaling(1 / 255)(x)))
    directory = saving.ROOT / name / "test_data_set_0"
    saving.archive(name, model)
    pixels = np.random.default_rng(7).integers(0, 256, (1, 6, 6, 3))
    np.save(directory / "input_0.npy", pixels.astype("float32"))
    np.save(directory / "output_0.npy", np.asarray(model(pixels.astype("uint8"))))


@case
def policies(name):
    """Precisions as a name, as an object, and as a map of them for the parts of a model."""
    x = picture()
    i = keras.Input((6, 6, 4))
    inner = keras.Model(i, L.Conv2D(4, 1, dtype="mixed_float16", name="half")(i), name="inner")
    y = L.Conv2D(3, 3, dtype=keras.DTypePolicy("mixed_bfloat16"), name="brain")(inner(x))
    model = keras.Model(x, L.Activation("softmax", dtype="float32")(y))
    saving.archive(name, model)
    plain = keras.Model(x, L.Softmax()(L.Conv2D(3, 3)(L.Conv2D(4, 1)(x))))
    plain.set_weights(model.get_weights())
    saving.record(name, plain, {"model": "model.keras"})


@case
def custom_objectives(name):
    """A loss, a metric and an optimiser of one's own."""
    @keras.saving.register_keras_serializable(package="mine")
    def dice(y, p):
        return 1 - ops.mean(y * p)

    @keras.saving.register_keras_serializable(package="mine")
    class Score(keras.metrics.Mean):
        pass

    x = picture()
    model = keras.Model(x, L.Conv2D(1, 1, activation="sigmoid")(x))
    model.compile("adam", loss=dice, metrics=[Score(name="score")])
    save(name, model)


@keras.saving.register_keras_serializable(package="mine")
class Shrink(L.Layer):
    def __init__(self, factor=2, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, x):
        return x / self.factor

    def get_config(self):
        return super().get_config() | {"factor": self.factor}


@keras.saving.register_keras_serializable(package="mine")
class Mix(L.Conv2D):
    """A layer of one's own that computes what a known one does, with weights."""


@keras.saving.register_keras_serializable(package="mine")
class Join(L.Layer):
    def call(self, tensors):
        return ops.concatenate(tensors, axis=-1)


@case
def substituted(name):
    x = picture()
    y = L.Lambda(lambda t: t / 255, name="scale")(x)
    y = Mix(4, 3, padding="same", activation="relu", name="mix")(y)
    y = L.Lambda(lambda t: t[:, ::2, ::2], name="thin")(y)
    y = L.Lambda(lambda t: ops.image.resize(t, (6, 6)), name="grow")(y)
    y = Join(name="join")([Shrink(4, name="shrink")(y), x, L.Lambda(lambda t: ops.flip(t, -1), name="flip")(x)])
    y = L.Lambda(lambda t: ops.mean(t, axis=-1, keepdims=True), name="mean")(y)
    model = keras.Model(x, y)
    save(name, model)
    chosen = {
        "scale": {"class_name": "Rescaling", "config": {"scale": 1 / 255}}, "mine>Mix": "Conv2D",
        "thin": "get_item(key=':, ::2, ::2')", "grow": "resize(height=6, width=6)", "Join": "concat", "Shrink": "rescaling(scale=1/4)",
        "flip": "flip(axis=-1)", "mean": "mean(axis=-1, keepdims=true)"}
    for directory in [name, name + "_h5"]:
        (ROOT / directory / "substitutions.json").write_text(json.dumps(chosen, indent=1) + "\n")
        path = ROOT / directory / "case.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"substitutions": "substitutions.json"}, indent=1) + "\n")


def main():
    shutil.rmtree(ROOT, ignore_errors=True)

    saving.ROOT = ROOT
    for name, make in CASES.items():
        keras.backend.clear_session()
        keras.utils.set_random_seed(1)
        make(name)
        print(name)


if __name__ == "__main__":
    main()
