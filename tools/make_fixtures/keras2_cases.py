"""Writes members of Fixtures/cases that Keras 2.15 saved: augmentation, classes of a user's own, outputs beside layers that cannot be
read. The masks are what `predict` says.

Needs the packages of requirements-keras2.txt. Run from the root of the package:  python tools/make_fixtures/keras2_cases.py
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

from case_files import Kind, classes, deflate

keras = tf.keras
L = keras.layers


def save(kind, name, model, output=None, arguments=(), extension="keras"):
    """Tries weights until no pixel is undecided."""
    for seed in range(50):
        rng = np.random.default_rng(seed)
        for weight in model.weights:
            if weight.dtype == tf.float32:
                value = rng.normal(0, 0.5, weight.shape)
                weight.assign((0.5 + np.abs(value) if "variance" in weight.name else value).astype("float32"))
        scores = model.predict(kind.image[None].astype("float32"), verbose=0)
        scores = scores if output is None else scores[output]
        try:
            mask = classes(scores[0])
        except AssertionError:
            continue
        path = kind.folder / f"{name}.{extension}"
        model.save(path)
        deflate(path)
        kind.write(name, mask, arguments)
        return
    raise AssertionError(name)


def image(size=(None, None)):
    return keras.Input((*size, 3), name="image")


def training(kind):
    i = image()
    augmentation = keras.Sequential([L.RandomFlip(), L.RandomRotation(0.2), L.RandomContrast(0.3)], name="augment")
    x = L.GaussianNoise(0.3)(L.Rescaling(1 / 255)(augmentation(i)))
    x = L.BatchNormalization()(L.Conv2D(6, 3, padding="same")(x), training=False)
    x = L.Dropout(0.3)(L.ReLU()(x), training=False)
    save(kind, "keras2_training_false", keras.Model(i, L.Conv2D(3, 1, name="out")(x)), extension="h5")

    i = image((32, 32))
    x = L.RandomCrop(20, 16)(L.RandomZoom(0.2)(L.Rescaling(1 / 255)(i)))
    x = L.Conv2D(4, 3, padding="same", activation="relu")(x)
    x = L.Resizing(32, 32, interpolation="nearest")(x)
    save(kind, "keras2_random_crop", keras.Model(i, L.Conv2D(3, 3, padding="same", name="out")(x)))


class Trained(keras.Model):
    """A functional model with steps of its own."""

    def train_step(self, data):
        return super().train_step(data)


@keras.saving.register_keras_serializable(package="landcover")
class Encoder(keras.Model):
    pass


@keras.saving.register_keras_serializable(package="landcover")
class Decoder(keras.Sequential):
    pass


def nested(cls):
    i = keras.Input((None, None, 3), name="encoder_image")
    one = L.Conv2D(6, 3, padding="same", activation="relu")(i)
    two = L.Conv2D(8, 3, padding="same", activation="relu")(L.MaxPooling2D()(one))
    encoder = Encoder(i, [one, two], name="encoder")
    i = image()
    one, two = encoder(L.Rescaling(1 / 255)(i))
    up = Decoder([L.Input((None, None, 8)), L.Conv2DTranspose(6, 2, strides=2), L.ReLU()], name="decoder")(two)
    x = L.Concatenate()([one, up])
    return cls(i, L.Conv2D(3, 3, padding="same", activation="softmax", name="out")(x))


def subclasses(kind):
    i = image()
    x = L.Conv2D(6, 3, padding="same", activation="relu")(L.Rescaling(1 / 255)(i))
    save(kind, "keras2", Trained(i, L.Conv2D(3, 1)(x)), extension="h5")
    save(kind, "keras2_nested", nested(Trained))
    save(kind, "keras2_nested_h5", nested(keras.Model), extension="h5")


class Gain(L.Layer):
    """A layer of the user's with a weight."""

    def build(self, shape):
        self.gain = self.add_weight(shape=(shape[-1],), name="gain")

    def call(self, x):
        return x * self.gain


def unused(kind):
    for name, extension in [("keras2_custom_layer", "h5"), ("keras2_custom_archive", "keras")]:
        i = image()
        x = L.Conv2D(6, 3, padding="same", activation="relu")(L.Rescaling(1 / 255)(i))
        aux = L.Conv2D(4, 3, padding="same")(Gain()(L.Lambda(lambda x: x * 2)(x)))
        heads = [L.Conv2D(n, 1, activation="softmax", name=k)(y) for n, k, y in [(2, "aux", aux), (3, "main", x)]]
        save(kind, name, keras.Model(i, heads), 1, ["--output-name", "main"], extension)


def main():
    training(Kind("keras_training_true", 32, 32, 1))
    subclasses(Kind("keras_subclasses", 32, 32, 2))
    unused(Kind("keras_unused_outputs", 32, 32, 3))


if __name__ == "__main__":
    main()
