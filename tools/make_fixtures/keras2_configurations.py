"""Writes Fixtures/keras2: models of Keras 2.15 with TensorFlow functions between their layers, and with models inside them.

Needs the packages of requirements-keras2.txt. Run from the root of the package:
python tools/make_fixtures/keras2_configurations.py
"""

import shutil
import zipfile

import keras_saving as saving
import numpy as np
import tensorflow as tf

keras = tf.keras
K, L = keras.backend, keras.layers
ROOT = saving.ROOT.parent / "keras2"
CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def randomise(model, seed):
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        value = rng.normal(0, 0.4, weight.shape)
        weight.assign((0.5 + np.abs(value) if "variance" in weight.name else value).astype("float32"))


def deflate(name):
    """Configurations of many functions are long and alike."""
    path = ROOT / name / "model.keras"
    with zipfile.ZipFile(path) as source:
        members = {info.filename: source.read(info) for info in source.infolist()}
    saving.rewrite(path, members, zipfile.ZIP_DEFLATED)


def image(channels=4, size=(6, 6), name="image"):
    return keras.Input((*size, channels), name=name)


def save(name, inputs, outputs, sizes=None, archive=True, hdf5=True):
    """Both containers, each with what Keras computes; archives of Keras 2 cannot hold an ellipsis."""
    if isinstance(outputs, list):
        outputs = [o if o.dtype == tf.float32 else tf.cast(o, tf.float32) for o in outputs]
    model = keras.Model(inputs, outputs)
    if archive:
        saving.archive(name, model, sizes)
        deflate(name)
    if hdf5:
        saving.legacy(name + "_h5", model, sizes)


@case
def functions(name):
    x, y = image(), image(name="other")
    pooled = L.GlobalAveragePooling2D()(y)
    save(name, [x, y], [
        x + 2.0, 2 - x, x * np.array([1, 2, 3, 4.0]), x / 255.0, x + y, x - pooled, x**2.0, abs(-x), x // 0.3, x % 0.4,
        tf.maximum(x, y), tf.minimum(x, 0.1), tf.math.squared_difference(x, y), tf.sqrt(tf.square(x) + 1.0), tf.exp(x),
        tf.math.rsqrt(tf.exp(y)), tf.where(x > 0, x, 0.5), tf.cast(tf.greater(x, y), tf.float32), tf.clip_by_value(x, -0.5, 0.5),
        tf.math.add_n([x, y, x]), tf.math.floor(x), tf.math.sign(x), tf.math.tanh(tf.math.softplus(x)), tf.math.erf(x),
        tf.math.divide_no_nan(x, tf.nn.relu(y)), K.clip(x, 0, 1), tf.nn.bias_add(x, [0.1, 0.2, 0.3, 0.4])])


@case
def activations(name):
    x = image()
    a = keras.activations
    save(name, [x], [
        tf.nn.relu(x), tf.nn.relu6(x * 4), tf.nn.leaky_relu(x), tf.nn.leaky_relu(x, 0.4), tf.nn.elu(x), tf.nn.selu(x),
        tf.nn.gelu(x), tf.nn.gelu(x, approximate=True), a.gelu(x), tf.nn.silu(x), a.swish(x), tf.sigmoid(x), tf.nn.softsign(x),
        tf.nn.softmax(x), tf.nn.softmax(x, axis=1), tf.nn.log_softmax(x), a.softmax(x), a.hard_sigmoid(x),
        a.relu(x, max_value=1.0), a.relu(x, alpha=0.2, threshold=0.3), x * tf.nn.relu6(x + 3) * (1 / 6)])


@case
def reductions(name):
    x = image()
    save(name, [x], [
        tf.reduce_mean(x, [1, 2], keepdims=True), K.mean(x, axis=-1), tf.reduce_sum(x, axis=1), tf.reduce_max(x, -1, keepdims=True),
        tf.reduce_min(x, [2, 3]), tf.reduce_prod(x, -1), tf.math.reduce_std(x, [1, 2]), tf.math.reduce_variance(x, -1),
        tf.reduce_logsumexp(x, -1), tf.norm(x, axis=-1), tf.math.argmax(x, axis=-1), tf.nn.l2_normalize(x, -1),
        K.l2_normalize(x, 1), *tf.nn.moments(x, [1, 2], keepdims=True)])


@case
def slices(name):
    x = image()
    save(name, [x], [
        x[:, 1:-1, ::2, ::-1], x[:, :, :, 0:2], x[:, :, :, 0], x[:, None, 0], x[:, tf.newaxis], x[:, 1, 2],
        tf.slice(x, [0, 1, 2, 0], [-1, 3, 2, 4]), tf.gather(x, [2, 1, 0], axis=-1), tf.reverse(x, [-1]),
        tf.roll(x, (1, 2), axis=(1, 2)), tf.pad(x, [[0, 0], [1, 1], [2, 2], [0, 0]], mode="REFLECT"),
        tf.pad(x, [[0, 0], [0, 1], [2, 0], [0, 0]], constant_values=0.5)])


@case
def ellipses(name):
    x = image()
    save(name, [x], [x[..., 0:2], x[..., 0], x[..., ::-1], x[:, 1, ..., None]], archive=False)


@case
def reshaping(name):
    x, y = image(), image(name="other")
    save(name, [x, y], [
        tf.reshape(x, (-1, 36, 4)), tf.reshape(x, (tf.shape(x)[0], 9, 16)), tf.reshape(x, tf.shape(y)), tf.transpose(x, (0, 3, 1, 2)),
        K.permute_dimensions(x, (0, 2, 1, 3)), K.expand_dims(x, 1), tf.squeeze(tf.expand_dims(x, 2), 2), tf.stack([x, y], axis=-1),
        tf.stack([x], axis=1), tf.concat([x, y], axis=-1), K.concatenate([x, y], axis=1), tf.split(x, 2, axis=-1)[1],
        *tf.split(x, [1, 2, 3], axis=1), tf.unstack(x, axis=-1)[2], tf.repeat(x, 3, axis=-1), K.repeat_elements(x, 2, axis=1),
        tf.tile(x, (1, 2, 1, 1)), tf.zeros_like(x) + y, tf.ones_like(x) * y, tf.broadcast_to(x[:, :1], tf.shape(y)),
        tf.identity(x), tf.stop_gradient(y), tf.add(x=x, y=2.0)])


@case
def images(name):
    x, y = image(), image(size=(9, 7), name="other")
    kernel = np.random.default_rng(2).normal(0, 1, (3, 3, 4, 2)).astype("float32")
    save(name, [x, y], [
        tf.image.resize(x, (7, 9)), tf.image.resize(x, (12, 12), method="nearest"), tf.image.resize(x, tf.shape(y)[1:3]),
        K.resize_images(x, 2, 3, "channels_last", interpolation="bilinear"), tf.nn.max_pool2d(x, 2, 2, "SAME"),
        tf.nn.avg_pool2d(x, 3, 1, "SAME"), K.pool2d(x, (2, 2), (2, 2), pool_mode="max"), tf.nn.depth_to_space(x, 2),
        tf.nn.space_to_depth(x, 2), tf.nn.conv2d(x, kernel, 2, "VALID"),
        tf.nn.depthwise_conv2d(x, kernel, [1, 1, 1, 1], "SAME"), tf.linalg.matmul(x, x, transpose_b=True)])


@case
def preprocessing(name):
    x = image(3)
    a = keras.applications
    save(name, [x], [m.preprocess_input(x * 80) for m in [a.resnet, a.mobilenet_v2, a.densenet]], archive=False)


@case
def any_size(name):
    """Sizes are not known before there is an image, and one is taken from another image."""
    x = keras.Input((None, None, 4), name="image")
    small = L.MaxPooling2D(3, padding="same")(L.Conv2D(3, 3, padding="same")(x))
    back = tf.image.resize(small, tf.shape(x)[1:3])
    shape = tf.shape(x)
    flat = tf.reshape(x, [shape[0], shape[1] * shape[2], 4])
    save(name, [x], [tf.concat([back, x[:, :, :, ::-1]], -1), flat, tf.reshape(tf.nn.softmax(flat, 1), shape)], [7, 6])


def block(name="block"):
    x = keras.Input((6, 6, 4))
    y = L.Conv2D(4, 3, padding="same", activation="relu", name="conv")(x)
    return keras.Model(x, [L.BatchNormalization(name="bn")(y), L.Conv2D(4, 1, name="mix")(y)], name=name)


@case
def nested_outputs(name):
    """A model with two results, called twice; its calls are counted from 1."""
    x, inner = image(), block()
    a, b = inner(x)
    c, d = inner(L.Add()([a, b]))
    save(name, x, [L.Subtract()([c, a]), L.Multiply()([d, b]), d])


@case
def nested_sequentials(name):
    """Sequential models with and without a layer for their input, which changes from where calls are counted."""
    x = image()
    known = keras.Sequential([keras.Input((6, 6, 4)), L.Conv2D(4, 1, name="one")], name="known")
    late = keras.Sequential([L.Conv2D(4, 1, name="two")], name="late")
    once = keras.Sequential([keras.Sequential([L.Conv2D(4, 3, padding="same")]), L.ReLU()], name="once")
    a = late(known(x))
    save(name, x, [known(late(a)), once(a)])


@case
def shared_layers(name):
    """HDF5 files of Keras 2 lose the outer model's calls of a layer that a model inside it has, too."""
    x, y = image(), image(name="other")
    conv = L.Conv2D(4, 3, padding="same", name="shared")
    i = keras.Input((6, 6, 4))
    left = keras.Model(i, L.ReLU()(conv(i)), name="left")
    save(name, [x, y], [L.Add()([conv(x), conv(conv(y))]), left(left(y))], hdf5=False)


@case
def dictionaries(name):
    x, y = image(), image(name="other")
    i = {"b": keras.Input((6, 6, 4), name="first"), "a": keras.Input((6, 6, 4), name="second")}
    inner = keras.Model(i, {"sum": L.Add()([i["a"], i["b"]]), "difference": L.Subtract()([i["b"], i["a"]])}, name="inner")
    results = inner({"a": x, "b": L.Conv2D(4, 1)(y)})
    save(name, [x, y], {"mask": L.Conv2D(1, 1)(results["difference"]), "edges": results["sum"]})


@case
def mixed_precision(name):
    keras.mixed_precision.set_global_policy("mixed_float16")
    x = image()
    model = keras.Model(x, L.Activation("softmax", dtype="float32")(L.Conv2D(3, 3)(L.BatchNormalization()(x))))
    keras.mixed_precision.set_global_policy("float32")
    plain = keras.Model(x, L.Activation("softmax")(L.Conv2D(3, 3)(L.BatchNormalization()(x))))
    saving.archive(name, model)
    plain.set_weights(model.get_weights())
    saving.record(name, plain, {"model": "model.keras"})
    saving.legacy(name + "_h5", model)
    plain.set_weights(model.get_weights())
    saving.record(name + "_h5", plain, {"model": "model.h5"})


def main():
    shutil.rmtree(ROOT, ignore_errors=True)
    saving.ROOT, saving.randomise = ROOT, randomise
    for name, make in CASES.items():
        keras.backend.clear_session()
        keras.utils.set_random_seed(1)
        make(name)
        print(name)


if __name__ == "__main__":
    main()
