"""The networks of keras_quirks.py that several cases save."""

import keras
from keras import layers as L


def unet(channels=3, classes=3):
    x = inputs = keras.Input((None, None, channels), name="image")
    skips = []
    for level, width in enumerate([4, 6]):
        x = L.Conv2D(width, 3, padding="same", use_bias=False, name=f"enc{level}_conv")(x)
        x = L.BatchNormalization(name=f"enc{level}_bn")(x)
        x = L.ReLU(name=f"enc{level}_relu")(x)
        skips.append(x)
        x = L.MaxPooling2D(name=f"enc{level}_pool")(x)
    x = L.Conv2D(8, 3, padding="same", activation="relu")(x)
    x = L.Dropout(0.3)(x)
    for level in [1, 0]:
        x = L.Conv2DTranspose(4, 2, strides=2, padding="same", name=f"dec{level}_up")(x)
        x = L.Concatenate(name=f"dec{level}_cat")([x, skips[level]])
        x = L.Conv2D(4, 3, padding="same", activation="relu", name=f"dec{level}_conv")(x)
    return keras.Model(inputs, L.Conv2D(classes, 1, activation="softmax", name="classes")(x))


def block(name):
    x = inputs = keras.Input((None, None, 4))
    x = L.Conv2D(4, 3, padding="same", activation="relu", name="conv")(x)
    x = L.BatchNormalization(name="bn")(x)
    return keras.Model(inputs, L.Conv2D(4, 1, name="mix")(x), name=name)


def nested():
    inputs = keras.Input((8, 8, 4), name="image")
    inner = block("block")
    head = keras.Sequential([keras.Input((8, 8, 4)), L.Conv2D(2, 1, name="last")], name="head")
    return keras.Model(inputs, head(inner(inner(inputs))), name="outer")
