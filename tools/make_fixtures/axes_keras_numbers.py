"""Keras models whose outputs are class numbers or whose inputs are bytes."""

import numpy as np
from keras import layers, ops

from axes_keras import BOTH, NUMBERS, OPEN, case, conv


@case(NUMBERS, "NHW", "numbers", shape=OPEN)
def numbers(x):
    return ops.argmax(conv(4)(x), axis=-1)


@case(NUMBERS, "NHWC", "numbers", shape=OPEN)
def numbers_with_channel(x):
    return ops.expand_dims(ops.argmax(conv(4)(x), axis=-1), -1)


@case(NUMBERS, "NHW", "numbers", shape=OPEN)
def numbers_from_one(x):
    return ops.argmax(conv(4)(x), axis=-1) + 1


@case(NUMBERS, "NHW", "numbers", shape=OPEN)
def numbers_as_floats(x):
    return ops.cast(ops.argmax(conv(4)(x), axis=-1), "float32") * 2


@case(NUMBERS, "NHWC", "numbers", shape=OPEN)
def above_half(x):
    return ops.cast(conv(1, activation="sigmoid")(x) > 0.5, "float32")


@case(NUMBERS, "NHWC", "numbers", shape=OPEN)
def rounded(x):
    return ops.round(conv(1, activation="sigmoid")(x))


@case(NUMBERS, "NHW", "numbers", shape=OPEN)
def gated(x):
    p = ops.softmax(conv(4)(x), axis=-1)
    return ops.where(ops.max(p, axis=-1) > 0.4, ops.argmax(p, axis=-1) + 1, 0)


@case(NUMBERS, "NP", "numbers")
def flat_numbers(x):
    return ops.argmax(layers.Reshape((-1, 4))(conv(4)(x)), axis=-1)


@case(NUMBERS, "NHW", "numbers", shape=OPEN)
def lookup(x):
    return ops.take(np.array([0, 9, 4, 7], "int32"), ops.argmax(conv(4)(x), axis=-1))


@case("keras_byte_images", shape=OPEN, dtype="uint8")
def bytes_rescaled(x):
    return conv(4)(layers.Rescaling(1 / 255)(x))


@case("keras_byte_images", shape=OPEN, dtype="uint8", formats=BOTH)
def bytes_cast(x):
    return conv(4)(ops.cast(x, "float32") / 255)


@case("keras_byte_images", "NHW", "numbers", shape=OPEN, dtype="uint8")
def bytes_to_numbers(x):
    return ops.argmax(conv(4)(ops.cast(x, "float32") / 255), axis=-1)
