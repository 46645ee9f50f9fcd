"""Writes Fixtures/operations: Keras 3 models whose graphs hold functions of keras.ops between their layers.

Run from the root of the package:  python tools/make_fixtures/keras_operations.py
"""

import shutil
import zipfile

import keras_saving as saving
import keras
import numpy as np
from keras import layers as L
from keras import ops

ROOT = saving.ROOT.parent / "operations"
CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def deflate(name):
    """Configurations of many functions are long and alike."""
    path = ROOT / name / "model.keras"
    with zipfile.ZipFile(path) as source:
        members = {info.filename: source.read(info) for info in source.infolist()}
    saving.rewrite(path, members, zipfile.ZIP_DEFLATED)


def image(channels=4, size=(5, 6), name="image"):
    return keras.Input((*size, channels), name=name)


def save(name, inputs, outputs, sizes=None, hdf5=False):
    """A model with what Keras computes; bools and integers are recorded as floats."""
    outputs = [o if o.dtype == "float32" else ops.cast(o, "float32") for o in outputs]
    model = keras.Model(inputs, outputs)
    saving.archive(name, model, sizes)
    deflate(name)
    if hdf5:
        saving.legacy(name + "_h5", model, sizes)


@case
def arithmetic(name):
    x, y = image(), image(name="other")
    pooled = L.GlobalAveragePooling2D()(y)
    row = np.array([1.0, -2.0, 3.0, 0.5])
    plane = np.linspace(-1, 1, 24, dtype="float32").reshape(6, 4)
    save(name, [x, y], [
        x + y, x - y, x * y, x / (y + 4.0), ops.maximum(x, y), ops.minimum(x, y), ops.power(ops.abs(x), 1.5), x + 2, 2.5 - x,
        3 * x, 1 / (x + 9), x * row, ops.subtract(plane, x), ops.add(x, ops.convert_to_tensor(row.astype("float32"))), x + pooled,
        ops.expand_dims(pooled, 0) * x, x // 0.3, x % 0.4, ops.fmod(x, 0.4), x**2, -x, abs(x), ops.arctan2(x, y),
        ops.divide_no_nan(x, ops.relu(y)), ops.cast(x, "int32") / 2, ops.cast(x * 3, "int32") // 2,
        ops.cast(x * 3, "int32") * 1.5], hdf5=True)


@case
def comparisons(name):
    x, y = image(), image(name="other")
    save(name, [x, y], [
        x > y, x >= 0.5, x < 0, ops.less_equal(x, y), ops.equal(ops.round(x), 1), ops.not_equal(ops.round(x), ops.round(y)),
        ops.logical_and(x > 0, y > 0), ops.logical_or(x > 1, y > 1), ops.logical_xor(x > 0, y > 0), ops.logical_not(x > 0),
        ops.where(x > y, x, y), ops.where(x > 0, x, 0.5), ops.where(x > 0, 1, 0), ops.clip(x, -0.5, 0.7),
        ops.isnan(x), ops.cast(x > 0, "float32") * y, ops.cast(ops.abs(x) * 50, "uint8"),
        ops.any(x > 1.5, axis=-1), ops.all(x > -1.5, axis=(1, 2), keepdims=True)])


@case
def elementwise(name):
    x = image()
    u = ops.sigmoid(x)
    save(name, [x], [
        f(x) for f in [ops.abs, ops.negative, ops.square, ops.sign, ops.floor, ops.ceil, ops.trunc, ops.round, ops.sin, ops.cos,
                       ops.tan, ops.arctan, ops.sinh, ops.cosh, ops.arcsinh, ops.expm1, ops.exp, ops.exp2, ops.erf,
                       ops.copy, ops.stop_gradient]
    ] + [f(u) for f in [ops.arcsin, ops.arccos, ops.arctanh, ops.log1p, ops.log2, ops.log10, ops.log, ops.sqrt, ops.rsqrt,
                        ops.reciprocal]] + [ops.arccosh(u + 1)])


@case
def activations(name):
    x = image()
    a = keras.activations
    save(name, [x], [
        ops.relu(x), ops.relu6(x * 4), ops.leaky_relu(x), ops.leaky_relu(x, 0.4), ops.elu(x), ops.elu(x, 0.5), ops.selu(x),
        ops.celu(x), ops.celu(x, 0.5), ops.gelu(x), ops.gelu(x, approximate=False), a.gelu(x), ops.silu(x), ops.hard_silu(x),
        ops.hard_sigmoid(x), ops.sigmoid(x), ops.tanh(x), ops.softplus(x), ops.softsign(x), ops.log_sigmoid(x),
        ops.hard_tanh(x), a.relu(x, max_value=1.0), a.relu(x, 0.2, 1.0, 0.3), ops.softmax(x),
        ops.softmax(x, axis=1), ops.log_softmax(x), a.softmax(x), a.leaky_relu(x)])


@case
def reductions(name):
    x = image()
    save(name, [x], [
        ops.mean(x, axis=[1, 2], keepdims=True), ops.mean(x, axis=-1), ops.sum(x, axis=(1, 2)), ops.max(x, axis=-1, keepdims=True),
        ops.min(x, axis=1), ops.amax(x, axis=(2, 3)), ops.max(x, axis=-1, initial=0.3), ops.prod(x, axis=-1),
        ops.var(x, axis=[1, 2]), ops.std(x, axis=-1, keepdims=True), ops.logsumexp(x, axis=-1), ops.norm(x, axis=-1),
        ops.norm(x, ord=1, axis=-1, keepdims=True), ops.norm(x, ord=np.inf, axis=1), ops.argmax(x, axis=-1),
        ops.argmin(x, axis=1, keepdims=True), *ops.moments(x, axes=[1, 2]), ops.normalize(x), ops.normalize(x, axis=1, order=1),
        ops.average(x, axis=-1), ops.mean(x) + x])


@case
def reshaping(name):
    x, y = image(), image(name="other")
    save(name, [x, y], [
        ops.reshape(x, (-1, 30, 4)), ops.reshape(x, (-1, 5, 24)), ops.transpose(x, (0, 3, 1, 2)), ops.swapaxes(x, 1, -1),
        ops.moveaxis(x, -1, 1), ops.moveaxis(x, (1, 2), (3, 1)), ops.squeeze(ops.expand_dims(x, 2), 2), ops.stack([x, y], axis=1),
        ops.stack([x, y], axis=-1), ops.concatenate([x, y], axis=-1), ops.concatenate([x, y, x], axis=1),
        ops.split(x, 2, axis=-1)[1], *ops.split(x, [1, 3], axis=1), ops.unstack(x, axis=-1)[2], ops.repeat(x, 3, axis=-1),
        ops.repeat(x, 2, axis=1), ops.tile(x, (1, 2, 1, 3)), ops.tile(x, 2),
        ops.broadcast_to(ops.mean(x, axis=(1, 2), keepdims=True), (1, 5, 6, 4)), ops.zeros_like(x) + y, ops.ones_like(x) - y,
        ops.full_like(x, 0.5) * y])


@case
def picking(name):
    x = image()
    save(name, [x], [
        x[:, 1:-1, ::2, ::-1], x[..., 0:2], x[..., 0], x[..., -1:], x[:, None, 0], x[:, 1, 2], x[:, :, :, None],
        ops.slice(x, (0, 1, 2, 0), (1, 3, 2, 4)), ops.take(x, [2, 0, 3], axis=-1), ops.take(x, 1, axis=1), ops.flip(x, axis=2),
        ops.flip(x, axis=(1, -1)), ops.roll(x, (1, -2), axis=(1, 2)), ops.roll(x, 1, axis=-1),
        ops.pad(x, [[0, 0], [1, 2], [0, 1], [0, 0]]), ops.pad(x, [[0, 0], [1, 1], [2, 2], [0, 1]], constant_values=-1.5),
        ops.pad(x, [[0, 0], [1, 1], [2, 2], [0, 0]], mode="reflect"), ops.pad(x, [[0, 0], [1, 1], [2, 2], [0, 0]], mode="symmetric")], hdf5=True)


@case
def images(name):
    x, rgb = image(), image(3, (5, 6), "colours")
    kernel = np.random.default_rng(2).normal(0, 1, (3, 3, 4, 2)).astype("float32")
    save(name, [x, rgb], [
        ops.image.resize(x, (7, 9)), ops.image.resize(x, (10, 12), interpolation="nearest"), ops.max_pool(x, 2),
        ops.max_pool(x, (2, 3), strides=1, padding="same"), ops.average_pool(x, 2, padding="same"), ops.depth_to_space(x, 2),
        ops.space_to_depth(ops.pad(x, [[0, 0], [0, 1], [0, 0], [0, 0]]), 2), ops.image.rgb_to_grayscale(rgb),
        ops.conv(x, kernel, padding="same"), ops.conv(x, kernel, strides=2), ops.depthwise_conv(x, kernel, dilation_rate=2)])


@case
def any_size(name):
    """Sizes are not known before there is an image."""
    x = keras.Input((None, None, 4), name="image")
    left, right = ops.split(L.Conv2D(6, 3, padding="same")(x), 2, axis=-1)
    scaled = L.Concatenate()([left * ops.sigmoid(right), x[..., ::-1]])
    mean = ops.mean(scaled, axis=-1, keepdims=True)
    save(name, [x], [scaled - mean, x[:, 1:-1, ::2], ops.zeros_like(x) + 1, ops.pad(x, [[0, 0], [1, 1], [2, 2], [0, 0]])], [7, 6])


@case
def preprocessing(name):
    x = keras.Input((4, 5, 3), name="image")
    a = keras.applications
    save(name, [x], [m.preprocess_input(x * 80) for m in [a.resnet, a.mobilenet_v2, a.densenet]])


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
