"""Small models that every Keras since 2.9 can build, for keras_writers.py.

`build` makes one with a given Keras; the functions behind it take that module as `k`. Names are left to Keras where a
model does not say otherwise: they count on through a process, unlike the keys in a weights file.
"""

import types

import numpy as np

MODELS = {}


def model(function):
    MODELS[function.__name__] = function
    return function


def build(name, keras, **arguments):
    return MODELS[name](types.SimpleNamespace(
        Input=keras.Input, Model=keras.Model, Sequential=keras.Sequential, L=keras.layers, ops=getattr(keras, "ops", None),
        activations=keras.activations), **arguments)


@model
def sequential(k):
    L = k.L
    return k.Sequential([
        k.Input((8, 8, 2)), L.Conv2D(4, 3, activation="hard_sigmoid"), L.BatchNormalization(),
        L.DepthwiseConv2D(3, strides=2, padding="same"), L.Dropout(0.4), L.Conv2D(3, 1, use_bias=False), L.Dense(3, activation="tanh")])


@model
def unet(k, first=False):
    """A U-Net of one level; `first` puts channels before rows."""
    L = k.L
    order = {"data_format": "channels_first" if first else "channels_last"}
    axis = 1 if first else -1
    x = inputs = k.Input((3, None, None) if first else (None, None, 3), name="image")
    x = L.Conv2D(4, 3, padding="same", use_bias=False, **order)(x)
    x = skip = L.BatchNormalization(axis=axis)(x)
    x = L.MaxPooling2D(**order)(x)
    x = L.SeparableConv2D(6, 3, padding="same", activation="elu", **order)(x)
    x = L.Conv2DTranspose(4, 3, strides=2, padding="same", **order)(x)
    x = L.Concatenate(axis=axis)([x, skip])
    x = L.Conv2D(3, 3, padding="same", name="scores", **order)(x)
    return k.Model(inputs, L.Softmax(axis=axis, name="classes")(x))


@model
def small(k):
    """Two convolutions and a normalization."""
    L = k.L
    inputs = k.Input((8, 8, 3), name="image")
    x = L.BatchNormalization()(L.Conv2D(4, 3, padding="same", activation="relu")(inputs))
    return k.Model(inputs, L.Conv2D(3, 1, name="scores")(x))


@model
def nested(k, frozen=False):
    """A model within the model that is called twice, and a Sequential."""
    L = k.L
    i = k.Input((8, 8, 4))
    normalize = L.BatchNormalization(name="bn", trainable=not frozen)
    block = k.Model(i, L.Conv2D(4, 1, name="mix")(normalize(L.Conv2D(4, 3, padding="same", activation="relu", name="conv")(i))), name="block")
    head = k.Sequential([k.Input((8, 8, 4)), L.Conv2D(2, 1, name="last")], name="head")
    inputs = k.Input((8, 8, 3), name="image")
    return k.Model(inputs, L.Conv2D(3, 1)(head(block(block(L.Conv2D(4, 1)(inputs))))), name="outer")


@model
def shared(k, deep=False):
    """One layer in the model and in two models within it; `deep` adds one of these within another."""
    L = k.L
    conv = L.Conv2D(3, 3, padding="same", name="shared")
    i = k.Input((8, 8, 3))
    left = k.Model(i, conv(L.Conv2D(3, 1, name="own")(i)), name="left")
    j = k.Input((8, 8, 3))
    right = k.Model(j, L.Conv2D(3, 1, name="other")(conv(j)), name="right")
    x = k.Input((8, 8, 3), name="image")
    parts = [left(x), L.Conv2D(3, 1)(right(x)), conv(x)]
    if deep:
        m = k.Input((8, 8, 3))
        parts.append(k.Model(m, L.Conv2D(3, 1, name="after")(left(m)), name="both")(x))
    return k.Model(x, L.Conv2D(2, 1)(L.Add()(parts)))


@model
def dictionaries(k):
    L = k.L
    inputs = {"image": k.Input((8, 8, 3), name="image"), "guide": k.Input((8, 8, 1), name="guide")}
    x = L.Concatenate()([inputs["image"], L.Conv2D(2, 3, padding="same")(inputs["guide"])])
    x = L.Conv2D(4, 3, padding="same", activation="relu")(x)
    return k.Model(inputs, {"mask": L.Conv2D(1, 1, activation="sigmoid")(x), "edges": L.Conv2D(2, 3)(x)})


@model
def operations(k):
    """Arithmetic, a flip, a reduction and a resizing that are no layers."""
    L = k.L
    inputs = k.Input((8, 8, 3), name="image")
    x = L.Conv2D(4, 3, padding="same")(inputs[:, :, :, ::-1])
    if k.ops:
        gate, small = k.ops.mean(x, axis=(1, 2), keepdims=True), k.ops.image.resize(x, (5, 6))
        x = k.ops.where(x > 0.0, x, 0.25 * x)
        x = k.ops.concatenate([x / 2.0, k.ops.clip(x, -0.5, 0.5)], axis=-1)
    else:
        import tensorflow as tf
        gate, small = tf.reduce_mean(x, [1, 2], keepdims=True), tf.image.resize(x, (5, 6))
        x = tf.where(x > 0.0, x, 0.25 * x)
        x = tf.concat([x / 2.0, tf.clip_by_value(x, -0.5, 0.5)], axis=-1)
    x = k.activations.sigmoid(L.Conv2D(4, 1)(x) + 1.0)
    return k.Model(inputs, [x * gate - x**2, L.Conv2D(2, 1)(small)])


@model
def composites(k):
    """Layers that keep weights in layers of their own."""
    L = k.L
    x = inputs = k.Input((4, 4, 4), name="image")
    x = L.Conv2D(4, 3, padding="same", activation="relu")(x)
    x = L.TimeDistributed(L.Dense(6))(L.Reshape((16, 4))(x))
    y = L.LayerNormalization()(x)
    x = L.Add()([x, L.MultiHeadAttention(2, 3)(y, y)])
    return k.Model(inputs, L.Conv2D(2, 1)(L.Reshape((4, 4, 6))(x)))


@model
def attributes(k, backbone=None):
    """A layer, or the model within it under the name `backbone`, that is an attribute of the model as well."""
    result = nested(k) if backbone else small(k)
    setattr(result, backbone or "a_head", result.get_layer("block" if backbone else "scores"))
    return result


LONG = "layer_" + "x" * 3000


@model
def chunked(k):
    """Names of layers that are too long in all for one attribute of HDF5, as those of 900 layers are."""
    L = k.L
    return k.Sequential([k.Input((4, 4, 2), name="image"), L.Conv2D(2, 1, name="first")] +
                        [L.ReLU() for _ in range(20)] + [L.Conv2D(2, 3, name=LONG)])


@model
def chunked_weights(k):
    """The same of the names of weights within a model."""
    L = k.L
    inner = [L.BatchNormalization() for _ in range(5)] + [L.Conv2D(2, 1, name=LONG)]
    return k.Sequential([k.Input((4, 4, 2), name="image"), k.Sequential([k.Input((4, 4, 2))] + inner, name="inner"), L.Conv2D(1, 3)])


def variables(model):
    """The variables of a model, each with a name that tells what it is."""
    return [(weight, getattr(weight, "path", None) or weight.name) for weight in model.weights]


def randomise(model, seed):
    """Gives every variable a value that shows when it is mistaken for another, at which no layer dies or explodes."""
    rng = np.random.default_rng(seed)
    for weight, name in variables(model):
        if "seed" in name:
            continue
        shape = tuple(weight.shape)
        leaf = name.split("/")[-1]
        if "variance" in leaf:
            value = rng.uniform(0.4, 1.6, shape)
        elif "gamma" in leaf:
            value = rng.uniform(0.6, 1.4, shape)
        elif len(shape) < 2:
            value = rng.normal(0, 0.3, shape)
        else:
            value = rng.normal(0, 1.2 / np.sqrt(max(1, np.prod(shape[:-1]))), shape)
        weight.assign(value.astype("float32"))
