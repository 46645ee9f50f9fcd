"""Writes Fixtures/keras2_layers: layers whose meaning or whose variables are others in Keras 2 than in Keras 3, as Keras 2.15
saved and computed them.

Needs the packages of requirements-keras2.txt. Run from the root of the package:
python tools/make_fixtures/keras2_layers.py
"""

import pathlib
import shutil
import zipfile

import keras_saving as saving
import numpy as np
import tensorflow as tf

keras = tf.keras
L = keras.layers
ROOT = saving.ROOT = pathlib.Path(__file__).resolve().parents[2] / "Fixtures" / "keras2_layers"
CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def randomise(model, seed):
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        value = rng.normal(0, 0.4, weight.shape)
        value = 0.5 + np.abs(value) if "variance" in weight.name or "stddev" in weight.name else value
        weight.assign(value.astype("float32"))


saving.randomise = randomise


def save(name, inputs, outputs, h5=False):
    """An archive, compressed, and the older container where variables matter, each with what Keras computes."""
    model = keras.Model(inputs, outputs)
    saving.archive(name, model)
    path = ROOT / name / "model.keras"
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    saving.rewrite(path, members, zipfile.ZIP_DEFLATED)
    if h5:
        saving.legacy(name + "_h5", model)


@case
def hard_functions(name):
    x = keras.Input((4, 5, 3), name="image")
    layers = [
        L.Activation("hard_sigmoid", name="hard"), L.Conv2D(2, 1, activation="hard_sigmoid", name="conv"),
        L.Dense(3, activation=keras.activations.swish, name="swish"), L.Dense(3, activation=tf.nn.relu6, name="relu6"),
        L.Dense(3, activation=tf.nn.silu, name="silu"), L.Activation("gelu", name="gelu"), L.Activation("mish", name="mish"),
        L.ThresholdedReLU(0.3), L.LeakyReLU(alpha=0.2), L.ReLU(max_value=1.0), L.Softmax(axis=[1, 2]),
        L.PReLU(shared_axes=[1, 2], name="prelu"), L.UnitNormalization(axis=-1), L.UnitNormalization(axis=[1, 2])]
    save(name, x, [layer(x) for layer in layers])


@case
def norms(name):
    x = keras.Input((4, 6, 4), name="image")
    layers = [
        L.GroupNormalization(2, name="groups"), L.GroupNormalization(-1, axis=1, name="instances"),
        L.LayerNormalization(axis=[1, 3], name="two"), L.LayerNormalization(name="last"),
        L.BatchNormalization(axis=1, name="rows"), L.BatchNormalization(axis=[3], scale=False, name="list"),
        tf.compat.v1.keras.layers.BatchNormalization(renorm=True, name="renorm")]
    given = [L.Normalization(axis=None, mean=0.5, variance=2.0), L.Normalization(axis=1, mean=[1.0, 2, 3, 4], variance=[1.0, 2, 3, 4])]
    save(name, x, [layer(x) for layer in layers + given], h5=True)


@case
def wrapped(name):
    x = keras.Input((3, 4, 6, 2), name="frames")
    flat = L.Reshape((12, 6, 2))(x)
    save(name, x, [
        L.TimeDistributed(L.Conv2D(3, 3, activation="relu", name="conv"), name="distributed")(x),
        L.TimeDistributed(L.BatchNormalization(name="bn"), name="distributed_bn")(x),
        L.SpectralNormalization(L.Conv2D(3, 3, name="spectral_conv"), name="spectral")(flat),
        L.Conv2D(2, 1, name="plain")(flat)], h5=True)


@case
def heads(name):
    x = keras.Input((5, 6), name="sequence")
    other = L.Conv1D(4, 2, name="shorter")(x)
    save(name, x, [
        L.MultiHeadAttention(2, 3, name="self")(x, x), L.MultiHeadAttention(3, 4, value_dim=2, output_shape=7, name="cross")(x, other),
        L.EinsumDense("abc,cde->abde", output_shape=(None, 2, 3), bias_axes="de", name="einsum")(x),
        L.Dot(axes=(2, 2), normalize=True)([x, L.Dense(6, name="wide")(other)]),
        L.SeparableConv1D(4, 3, name="separable")(x), L.DepthwiseConv1D(3, name="depthwise")(x),
        L.Conv1DTranspose(2, 3, strides=2, name="transposed")(x), L.Conv1D(2, 3, padding="causal", name="causal")(x)], h5=True)


@case
def planes(name):
    """What Keras 2 computes of images whose channels come first without a GPU."""
    x = keras.Input((4, 6, 5), name="image")
    first = {"data_format": "channels_first"}
    save(name, x, [
        L.Flatten(**first)(x), L.GlobalAveragePooling2D(**first)(x), L.GlobalMaxPooling2D(keepdims=True, **first)(x),
        L.UpSampling2D((2, 3), **first)(x), L.ZeroPadding2D((1, 2), **first)(x), L.Cropping2D((1, 2), **first)(x),
        L.GlobalAveragePooling1D(**first)(L.Reshape((4, 30))(x)), L.Concatenate(axis=1)([x, x])])


@case
def resized(name):
    x = keras.Input((7, 10, 2), name="image")
    # TensorFlow looks bicubic weights up in a table of 1024 steps: sizes at whose positions it is exact.
    save(name, x, [
        L.Resizing(14, 5, interpolation="bicubic")(x), L.Resizing(4, 4, crop_to_aspect_ratio=True)(x),
        L.CenterCrop(4, 5)(x), L.CenterCrop(9, 6)(x), L.UpSampling2D(2, interpolation="bicubic")(x),
        L.Resizing(9, 6, interpolation="nearest")(x)])


def main():
    shutil.rmtree(ROOT, ignore_errors=True)
    for name, make in CASES.items():
        keras.backend.clear_session()
        keras.utils.set_random_seed(1)
        make(name)
        print(name, flush=True)


if __name__ == "__main__":
    main()
