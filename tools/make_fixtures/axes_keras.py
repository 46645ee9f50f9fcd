"""The cases of axes_cases.py that Keras saves, and those that tf2onnx exports of Keras models."""

import os

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras  # noqa: E402
from keras import layers  # noqa: E402

from axes_cases import HEIGHT, WIDTH, mask, network_input, scene, write_case  # noqa: E402

CASES = []


def case(kind, axes="NHWC", what="scores", bands=3, size=(HEIGHT, WIDTH), inputs="NHWC", shape=None, arguments=(), formats=("keras",),
         dtype="float32"):
    """Adds the case of a function from an input to an output. `shape` is what the input declares."""
    def add(make):
        CASES.append((make, dict(
            kind=kind, axes=axes, what=what, bands=bands, size=size, inputs=inputs, shape=shape, arguments=arguments, formats=formats,
            dtype=dtype)))
        return make
    return add


def conv(filters, size=3, **options):
    return layers.Conv2D(filters, size, padding="same", bias_initializer="random_normal", **options)


FLAT, LOCAL, NUMBERS, AXES = "keras_flat_outputs", "keras_local_spellings", "keras_class_numbers", "keras_axes"
OPEN = (None, None, 3)
BOTH = ("keras", "onnx")


def make(folder, function, c, suffix):
    image = scene(c["bands"], *c["size"])
    x = network_input(image, c["inputs"], np.dtype(c["dtype"]).type)
    for seed in range(40):
        keras.utils.set_random_seed(seed)
        keras.backend.clear_session()
        inputs = keras.Input(c["shape"] or x.shape[1:], dtype=c["dtype"])
        model = keras.Model(inputs, function(inputs))
        output = np.asarray(model(x))
        try:
            answer = mask(output, c["axes"], c["what"], c["size"])
            assert (np.bincount(answer.ravel()) > answer.size / 50).sum() > 1
            break
        except AssertionError:
            if seed == 39:
                raise
    name = function.__name__
    if suffix == "onnx":
        import tensorflow as tf
        import tf2onnx
        spec = tf.TensorSpec((1, *(c["shape"] or x.shape[1:])), c["dtype"], name="image")
        call = tf.function(lambda image: model(image), input_signature=[spec])
        data = tf2onnx.convert.from_function(call, input_signature=[spec], opset=17)[0].SerializeToString()
        return write_case(folder, c["kind"].replace("keras", "tf2onnx"), name, ".onnx", data, answer, image, c["arguments"])
    write_case(folder, c["kind"], name, ".keras", lambda path: model.save(path), answer, image, c["arguments"])


def main(folder, names):
    for function, c in CASES:
        for suffix in c["formats"]:
            if names and not any(n in f"{c['kind']}/{function.__name__}" for n in names):
                continue
            try:
                make(folder, function, c, suffix)
            except Exception as error:
                print(f"{function.__name__} {suffix}: {type(error).__name__} {str(error)[:300]}")


# Everything else is in tables of functions.
import axes_keras_ends  # noqa: E402,F401
import axes_keras_numbers  # noqa: E402,F401
import axes_keras_spellings  # noqa: E402,F401
