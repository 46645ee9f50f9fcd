"""Cases of keras_layers.py: layers of images, with channels in front, and what resizes or augments them."""

from keras_layers_saving import FIRST, ROOT, archive, archive_planes, case, image
from keras_saving import randomise, record
import h5py
import keras
import numpy as np
from keras import layers as L


@case
def channels_first_unet(name):
    x = inputs = image(3, None, None)
    x = L.Rescaling(0.5, offset=0.1)(x)
    skips = []
    for level, width in enumerate([4, 6]):
        x = L.Conv2D(width, 3, padding="same", use_bias=False, name=f"enc{level}_conv", **FIRST)(x)
        x = L.BatchNormalization(axis=1, name=f"enc{level}_bn")(x)
        x = L.ReLU(name=f"enc{level}_relu")(x)
        skips.append(x)
        x = L.MaxPooling2D(name=f"enc{level}_pool", **FIRST)(x)
    x = L.SeparableConv2D(6, 3, padding="same", activation="silu", name="deep", **FIRST)(x)
    x = L.SpatialDropout2D(0.2, **FIRST)(x)
    for level in [1, 0]:
        x = (L.Conv2DTranspose(4, 3, strides=2, padding="same", name="up1", **FIRST)(x) if level
             else L.UpSampling2D(interpolation="bilinear", name="up0", **FIRST)(x))
        x = L.Concatenate(axis=1, name=f"dec{level}_cat")([x, skips[level]])
        x = L.DepthwiseConv2D(3, padding="same", name=f"dec{level}_depthwise", **FIRST)(x)
        x = L.PReLU(shared_axes=[2, 3], name=f"dec{level}_prelu")(x)
    x = L.Conv2D(3, 1, name="scores", **FIRST)(x)
    model = keras.Model(inputs, L.Softmax(axis=1, name="classes")(x))
    archive_planes(name, model, [8, 12])


@case
def channels_first_layers(name):
    x = inputs = image(4, 6, 5)
    pooled = L.GlobalAveragePooling2D(keepdims=True, **FIRST)(x)
    gate = L.Conv2D(4, 1, activation="sigmoid", **FIRST)(pooled)
    excited = L.Multiply()([x, gate])
    peak = L.Reshape((4, 1, 1))(L.Dense(4, activation="softmax")(L.GlobalMaxPooling2D(**FIRST)(x)))
    flat = L.Dense(3)(L.Flatten(**FIRST)(L.AveragePooling2D(3, strides=2, padding="same", **FIRST)(excited)))
    archive(name, keras.Model(inputs, [
        L.Add()([excited, peak]), flat,
        L.Conv2D(3, 3, activation="softmax", **FIRST)(x),  # along the width
        L.Cropping2D(((0, 1), (2, 0)), **FIRST)(L.ZeroPadding2D(((1, 0), (0, 2)), **FIRST)(x)),
        L.Resizing(4, 7, **FIRST)(x),
        L.Permute((2, 3, 1))(L.Conv2D(2, 1, **FIRST)(x)),
        L.GroupNormalization(2, axis=1)(x), L.LayerNormalization(axis=1)(x), L.UnitNormalization(axis=1)(x),
        L.Softmax(axis=[2, 3])(x), L.CenterCrop(3, 4, **FIRST)(x)]))


@case
def resizing(name):
    x = inputs = image(7, 10, 2)
    archive(name, keras.Model(inputs, [
        L.UpSampling2D((2, 3), interpolation="bicubic")(x), L.Resizing(5, 13, interpolation="bicubic")(x),
        L.Resizing(3, 14, antialias=True)(x), L.Resizing(4, 4, interpolation="bicubic", antialias=True)(x),
        L.Resizing(3, 3, interpolation="nearest", antialias=True)(x),
        L.Resizing(4, 4, crop_to_aspect_ratio=True)(x), L.Resizing(9, 6, crop_to_aspect_ratio=True)(x),
        L.Resizing(8, 6, pad_to_aspect_ratio=True, fill_value=0.5)(x), L.Resizing(3, 9, pad_to_aspect_ratio=True)(x),
        L.CenterCrop(4, 5)(x), L.CenterCrop(9, 6)(x)]))


@case
def standalone_keras_upsampling(name):
    """As Keras 2.3 on TensorFlow 1 saved and computed it; its resizing is still a part of TensorFlow."""
    import tensorflow as tf

    x = inputs = image(3, 4, 2)
    x = L.Conv2D(2, 1, name="conv")(x)
    up = L.UpSampling2D((2, 3), interpolation="bilinear", name="up")(x)
    model = keras.Model(inputs, [up, L.UpSampling2D(2, name="repeat")(x)])
    randomise(model, len(name))
    (ROOT / name).mkdir(parents=True, exist_ok=True)
    model.save(ROOT / name / "model.h5", include_optimizer=False)
    with h5py.File(ROOT / name / "model.h5", "a") as file:
        file.attrs["keras_version"] = file["model_weights"].attrs["keras_version"] = "2.3.1"
    record(name, model, {"model": "model.h5"})
    data = ROOT / name / "test_data_set_0"
    middle = np.asarray(keras.Model(inputs, x)(np.load(data / "input_0.npy")))
    old = tf.compat.v1.image.resize_bilinear(middle, (6, 12), align_corners=False, half_pixel_centers=False)
    assert np.abs(old.numpy() - np.load(data / "output_0.npy")).max() > 0.01
    np.save(data / "output_0.npy", old.numpy())


@case
def augmentation(name):
    """Layers that do nothing at inference."""
    x = inputs = image(6, 6, 3)
    scale = {"value_range": (0, 1)}
    layers = [
        L.RandomFlip(), L.RandomRotation(0.1), L.RandomZoom(0.1), L.RandomTranslation(0.1, 0.1), L.RandomContrast(0.1),
        L.RandomBrightness(0.1), L.RandomHue(0.1, **scale), L.RandomSaturation(0.1, **scale),
        L.RandomSharpness(0.1, **scale), L.RandomShear(0.1, 0.1), L.RandomPerspective(), L.RandomGrayscale(),
        L.RandomColorJitter(**scale), L.RandomColorDegeneration(0.1, **scale), L.RandomPosterization(3, **scale),
        L.RandomErasing(), L.RandomElasticTransform(), L.RandomGaussianBlur(), L.RandomInvert(**scale), L.MixUp(),
        L.CutMix(), L.AugMix(**scale), L.RandAugment(**scale), L.AlphaDropout(0.1), L.GaussianDropout(0.1),
        L.GaussianNoise(0.1), L.SpatialDropout2D(0.1), L.ActivityRegularization(0.1)]
    for layer in layers:
        x = layer(x)
    archive(name, keras.Model(inputs, L.Conv2D(2, 1)(x)))
    sequence = np.random.default_rng(1).normal(0, 1, (1, 6, 6, 3)).astype("float32")
    for layer in layers:
        assert np.array_equal(np.asarray(layer(sequence, training=False)), sequence), layer


@case
def application_layers(name):
    """Layers that keras.applications defines for its networks."""
    from keras.src.applications import convnext, inception_resnet_v2

    x = inputs = image(6, 6, 3)
    x = convnext.LayerScale(1e-6, 4, name="scale")(L.Conv2D(4, 3, padding="same", name="conv")(x))
    y = L.Conv2D(4, 1, name="branch")(x)
    archive(name, keras.Model(inputs, inception_resnet_v2.CustomScaleLayer(0.17, name="residual")([x, y])))
