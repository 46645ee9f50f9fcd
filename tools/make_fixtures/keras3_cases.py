"""Writes members of Fixtures/cases that Keras 3 saved: models called as in training, classes of a user's own, outputs beside layers
that cannot be read. The masks are what `predict` says.

Needs the packages of requirements-keras.txt. Run from the root of the package:  python tools/make_fixtures/keras3_cases.py
"""

import os

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import layers as L

from case_files import Kind, classes, deflate


def randomise(model, seed):
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        if "seed" in weight.path:
            continue
        value = rng.normal(0, 0.5, weight.shape)
        weight.assign((0.5 + np.abs(value) if "variance" in weight.path else value).astype("float32"))


def save(kind, name, model, output=None, arguments=(), extension="keras"):
    """Tries weights until no pixel is undecided."""
    for seed in range(50):
        randomise(model, seed)
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


def image():
    return keras.Input((None, None, 3), name="image")


def training(kind):
    # Of a fixed size: some of these ask for it.
    fixed = keras.Input((32, 32, 3), name="image")
    x = L.Rescaling(1 / 255)(fixed)
    for layer in [
        L.RandomFlip(), L.RandomRotation(0.2), L.RandomZoom(0.2), L.RandomTranslation(0.2, 0.2), L.RandomContrast(0.5),
        L.RandomBrightness(0.5), L.RandomSharpness(1.0), L.RandomHue(0.5), L.RandomSaturation(0.5), L.RandomColorJitter(),
        L.RandomColorDegeneration(1.0), L.RandomPosterization(4), L.RandomShear(0.2), L.RandomPerspective(),
        L.RandomErasing(), L.RandomElasticTransform(), L.RandomGaussianBlur(), L.RandomInvert(), L.RandomGrayscale(),
        L.Solarization(), L.MixUp(), L.CutMix(), L.AugMix(), L.RandAugment(), L.MaxNumBoundingBoxes(3),
    ]:
        x = layer(x)
    save(kind, "all_augmentation", keras.Model(fixed, L.Conv2D(3, 3, padding="same", name="out")(x)))

    augmentation = keras.Sequential([L.RandomFlip("horizontal"), L.RandomRotation(0.1), L.RandomContrast(0.2)], name="augment")
    i = image()
    inner = keras.Sequential([L.Input((None, None, 8)), L.Conv2D(8, 3, padding="same"), L.BatchNormalization(), L.Dropout(0.5)])
    x = L.Rescaling(1 / 255)(augmentation(i, training=True))
    x = inner(L.Conv2D(8, 3, padding="same", activation="relu")(x), training=True)
    save(kind, "nested_training_true", keras.Model(i, L.Conv2D(3, 1, activation="softmax", name="out")(x)))

    i = image()
    x = L.Rescaling(1 / 255)(i)
    x = L.BatchNormalization()(L.Conv2D(6, 3, padding="same")(x), training=True)
    for layer in [L.Dropout(0.3), L.SpatialDropout2D(0.3), L.GaussianNoise(0.5), L.GaussianDropout(0.3), L.AlphaDropout(0.3)]:
        x = layer(x, training=True)
    save(kind, "training_true_h5", keras.Model(i, L.Conv2D(3, 1, name="out")(L.ReLU()(x))), extension="h5")

    i = image()
    x = L.Pipeline([L.RandomFlip(), L.Rescaling(1 / 255), L.Conv2D(6, 3, padding="same")], name="pipeline")(i)
    save(kind, "pipeline", keras.Model(i, L.Conv2D(3, 3, padding="same", name="out")(L.ReLU()(x))))

    i = keras.Input((32, 32, 3), name="image")
    x = L.Rescaling(1 / 255)(L.RandomCrop(16, 16)(i))
    save(kind, "random_crop", keras.Model(i, L.Conv2D(3, 3, padding="same", name="out")(x)))


class Trained(keras.Model):
    """A functional model with steps of its own."""

    def train_step(self, data):
        return super().train_step(data)


@keras.saving.register_keras_serializable(package="landcover")
class Encoder(keras.Model):
    pass


class Decoder(keras.Sequential):
    pass


def encoder():
    i = keras.Input((None, None, 3), name="encoder_image")
    one = L.Conv2D(6, 3, padding="same", activation="relu")(i)
    two = L.Conv2D(8, 3, padding="same", activation="relu")(L.MaxPooling2D()(one))
    return Encoder(i, [one, two], name="encoder")


def nested(cls):
    i = image()
    one, two = encoder()(L.Rescaling(1 / 255)(i))
    up = Decoder([L.Input((None, None, 8)), L.Conv2DTranspose(6, 2, strides=2), L.ReLU()], name="decoder")(two)
    x = L.Concatenate()([one, up])
    return cls(i, L.Conv2D(3, 3, padding="same", activation="softmax", name="out")(x))


def subclasses(kind):
    save(kind, "registered", encoder_head())
    save(kind, "nested", nested(Trained))
    save(kind, "nested_h5", nested(keras.Model), extension="h5")
    save(kind, "sequential", Decoder(
        [L.Input((None, None, 3)), L.Rescaling(1 / 255), L.Conv2D(6, 3, padding="same", activation="relu"), L.Conv2D(3, 1)]))


def encoder_head():
    i = image()
    x = L.Conv2D(6, 3, padding="same", activation="relu")(L.Rescaling(1 / 255)(i))
    return Encoder(i, L.Conv2D(3, 1)(x))


class Gain(L.Layer):
    """A layer of the user's with a weight."""

    def build(self, shape):
        self.gain = self.add_weight(shape=(shape[-1],), name="gain")

    def call(self, x):
        return x * self.gain


def unused(kind):
    def head(x, name, classes=3):
        return L.Conv2D(classes, 1, activation="softmax", name=name)(x)

    i = image()
    x = L.Conv2D(6, 3, padding="same", activation="relu")(L.Rescaling(1 / 255)(i))
    aux = L.Lambda(lambda x: x * 2, name="scaled", output_shape=(None, None, 6))(x)
    save(kind, "lambda_first", keras.Model(i, [head(aux, "aux", 2), head(x, "main")]), 1, ["--output-name", "main"])
    i = image()
    x = L.Conv2D(6, 3, padding="same", activation="relu")(L.Rescaling(1 / 255)(i))
    aux = L.Conv2D(4, 3, padding="same")(Gain()(x))
    save(kind, "custom_layer", keras.Model(i, {"a_main": head(x, "main"), "b_aux": head(aux, "aux", 2)}), "a_main")

    i = keras.Input((None, None, 3), name="encoder_image")
    one = L.Conv2D(6, 3, padding="same", activation="relu")(i)
    backbone = keras.Model(i, [Gain(name="gain")(one), one], name="backbone")
    custom = keras.Sequential([L.Input((None, None, 6)), Gain()], name="custom")
    i = image()
    other, x = backbone(L.Rescaling(1 / 255)(i))
    decoder = keras.Sequential([L.Input((None, None, 6)), L.Conv2D(4, 3, padding="same"), L.ReLU()], name="decoder")
    save(kind, "nested_outputs", keras.Model(i, [head(decoder(x), "main"), head(custom(other), "aux", 2)]), 0)

    i, second = image(), keras.Input((4,), name="sun")
    x = L.Conv2D(6, 3, padding="same", activation="relu")(L.Rescaling(1 / 255)(i))
    model = keras.Model([i, second], [head(x, "main"), L.Dense(2, name="aux")(second)])
    whole, model.predict = model.predict, None
    model.predict = lambda x, verbose: whole([x, np.zeros((1, 4), "float32")], verbose=verbose)
    save(kind, "second_input", model, 0)


def main():
    training(Kind("keras_training_true", 32, 32, 1))
    subclasses(Kind("keras_subclasses", 32, 32, 2))
    unused(Kind("keras_unused_outputs", 32, 32, 3))


if __name__ == "__main__":
    main()
