"""Writes Fixtures/keras_layers: models that together have every layer and every rule of the importer's tables, with the outputs
that Keras computes for them. Keras 2's own rules are in keras2_layers.py.

Run from the root of the package:  python tools/make_fixtures/keras_layers.py
"""

import os

# TensorFlow on a CPU has no convolutions whose channels come first.
os.environ["KERAS_BACKEND"] = "jax"

import json
import pathlib
import shutil
import zipfile

import h5py
import keras
import numpy as np
from keras import layers as L

import keras_quirks as quirks
from keras_quirks import randomise, record

ROOT = quirks.ROOT = pathlib.Path(__file__).resolve().parents[2] / "Fixtures" / "keras_layers"
CASES = {}
FIRST = {"data_format": "channels_first"}


def case(function):
    CASES[function.__name__] = function
    return function


def save(name, model):
    """Writes the archive, compressed: what Keras writes is mostly text and zeros."""
    (ROOT / name).mkdir(parents=True, exist_ok=True)
    path = ROOT / name / "model.keras"
    model.save(path)
    quirks.strip(path)
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    quirks.rewrite(path, members, zipfile.ZIP_DEFLATED)


def archive(name, model):
    randomise(model, len(name))
    save(name, model)
    record(name, model, {"model": "model.keras"})


def image(*shape):
    return keras.Input(shape, name="image")


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


def archive_planes(name, model, size=None):
    """`archive` for a model whose images have their channels first."""
    randomise(model, len(name))
    save(name, model)
    data = ROOT / name / "test_data_set_0"
    data.mkdir(exist_ok=True)
    shape = [1] + [given or size[place - 1] for place, given in enumerate(model.inputs[0].shape[1:])]
    x = np.random.default_rng(7).normal(0, 1, shape).astype("float32")
    np.save(data / "input_0.npy", x)
    for place, output in enumerate(model(x, training=False) if len(model.outputs) > 1 else [model(x, training=False)]):
        np.save(data / f"output_{place}.npy", np.asarray(output, dtype="float32"))
    (ROOT / name / "case.json").write_text(json.dumps({"model": "model.keras"}, indent=1) + "\n")


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
def sequences(name):
    x = inputs = image(11, 3)
    deep = L.Conv1D(4, 3, padding="causal", dilation_rate=2, activation="relu", name="causal")(x)
    deep = L.BatchNormalization(name="bn")(deep)
    deep = L.Conv1D(4, 4, strides=2, padding="same", groups=2, name="grouped")(deep)
    archive(name, keras.Model(inputs, [
        deep, L.SeparableConv1D(4, 3, depth_multiplier=2, activation="softmax", name="separable")(x),
        L.DepthwiseConv1D(3, strides=2, padding="same", use_bias=False, name="depthwise")(x),
        L.Conv1DTranspose(2, 3, strides=2, padding="same", name="transposed")(deep),
        L.Conv1DTranspose(2, 3, strides=3, padding="valid", output_padding=1, name="padded")(deep),
        L.MaxPooling1D(3, strides=2, padding="same")(x), L.AveragePooling1D(2)(x),
        L.AveragePooling1D(4, strides=3, padding="same")(x),
        L.GlobalAveragePooling1D()(x), L.GlobalMaxPooling1D(keepdims=True)(x),
        L.UpSampling1D(3)(L.Cropping1D((1, 2))(L.ZeroPadding1D((2, 0))(x))),
        L.RepeatVector(4)(L.GlobalMaxPooling1D()(x)),
        L.Conv1D(2, 3, padding="same", name="planes", **FIRST)(L.Permute((2, 1))(x)),
        L.MaxPooling1D(2, **FIRST)(L.Permute((2, 1))(x)),
        L.GlobalAveragePooling1D(keepdims=True, **FIRST)(L.Permute((2, 1))(x))]))


@case
def unknown_length(name):
    x = inputs = image(None, 3)
    x = L.Conv1D(4, 3, padding="same", activation="relu", name="a")(x)
    x = L.MaxPooling1D(2)(x)
    x = L.Conv1D(4, 3, padding="same", name="b")(x)
    x = L.UpSampling1D(2)(x)
    model = keras.Model(inputs, L.Conv1D(2, 1, activation="softmax", name="c")(x))
    archive_planes(name, model, [10])


@case
def statistics(name):
    x = inputs = image(5, 6, 4)
    archive(name, keras.Model(inputs, [
        L.LayerNormalization(name="last")(x), L.LayerNormalization(axis=[1, 2, 3], name="whole")(x),
        L.LayerNormalization(axis=[3, 1], scale=False, name="two")(x),
        L.LayerNormalization(axis=2, center=False, epsilon=0.1, name="middle")(x),
        L.LayerNormalization(center=False, scale=False, name="bare")(x),
        L.LayerNormalization(rms_scaling=True, name="scaling")(x),
        L.RMSNormalization(name="root")(x), L.RMSNormalization(axis=[2, 3], epsilon=0.01, name="root_two")(x),
        L.GroupNormalization(2, name="groups")(x), L.GroupNormalization(-1, epsilon=0.01, name="instances")(x),
        L.GroupNormalization(1, center=False, name="one")(x), L.GroupNormalization(5, axis=1, name="rows")(x),
        L.UnitNormalization()(x), L.UnitNormalization(axis=[1, 2])(x),
        L.BatchNormalization(axis=1, name="bn_rows")(x), L.BatchNormalization(axis=2, name="bn_columns")(x),
        L.GroupNormalization(2, name="sequence")(L.Reshape((30, 4))(x)),
        L.ReLU()(L.GroupNormalization(4, name="before_relu")(L.Conv2D(4, 3, name="conv")(x)))]))


@case
def adapted(name):
    x = inputs = image(4, 5, 3)
    data = np.random.default_rng(3).normal(2, 3, (4, 4, 5, 3)).astype("float32")
    layers = [L.Normalization(axis=None, name="adapted_all"), L.Normalization(axis=(1, 3), name="adapted_two"),
              L.Normalization(axis=1, name="adapted_rows"), L.Normalization(invert=True, name="adapted_back")]
    for layer in layers:
        layer.adapt(data)
    given = [L.Normalization(axis=None, mean=0.5, variance=2.0), L.Normalization(axis=2, mean=3.0, variance=0.25),
             L.Normalization(axis=(1, 3), mean=[0.5, 1.0, 1.5], variance=[1.0, 2.0, 3.0]),
             L.Normalization(axis=1, mean=[0.0, 1.0, 2.0, 3.0], variance=[1.0, 2.0, 3.0, 4.0], invert=True)]
    archive(name, keras.Model(inputs, [layer(x) for layer in layers + given]))


@case
def more_activations(name):
    x = inputs = image(4, 3, 3)
    names = ["squareplus", "tanh_shrink", "soft_shrink", "hard_shrink", "sparse_plus", "sparse_sigmoid", "log_softmax"]
    outputs = [L.Activation(n, name="f_" + n)(x) for n in names]
    outputs += [L.Dense(3, activation="log_softmax", name="dense")(x), L.Softmax(axis=[1, 2])(x), L.Softmax(axis=[-1])(x),
                L.PReLU(shared_axes=[1, 2], name="channels")(x), L.PReLU(shared_axes=[3], name="places")(x),
                L.PReLU(name="all")(x), L.PReLU(shared_axes=[1, 2, 3], name="one")(x),
                L.Conv2D(2, 1, activation=L.LeakyReLU(negative_slope=0.3), name="leaky")(x),
                L.Conv2D(2, 1, activation=L.Softmax(axis=1), name="soft")(x),
                L.Conv2D(2, 1, activation=L.ELU(0.3), name="elu")(x)]
    archive(name, keras.Model(inputs, outputs))


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
def wrappers(name):
    x = inputs = image(5, 4, 6, 2)
    frames = L.TimeDistributed(L.Conv2D(3, 3, padding="same", activation="relu", name="conv"), name="frames")(x)
    frames = L.TimeDistributed(L.BatchNormalization(name="bn"), name="frames_bn")(frames)
    first = L.Reshape((20, 12))(x)
    archive(name, keras.Model(inputs, [
        L.TimeDistributed(L.MaxPooling2D(2))(frames), L.TimeDistributed(L.GlobalAveragePooling2D())(x),
        L.TimeDistributed(L.Dense(3, activation="softmax", name="dense"), name="vectors")(first),
        L.SpectralNormalization(L.Conv2D(3, 3, name="spectral_conv"), name="spectral")(L.Reshape((20, 6, 2))(x)),
        L.SpectralNormalization(L.Dense(3, use_bias=False, name="spectral_dense"), name="spectral_vectors")(first),
        L.Dense(3, activation="tanh", name="any_rank")(x)]))


@case
def einsum(name):
    x = inputs = image(4, 6)
    archive(name, keras.Model(inputs, [
        L.EinsumDense("abc,cd->abd", output_shape=(None, 5), bias_axes="d", activation="relu", name="last")(x),
        L.EinsumDense("...x,xy->...y", output_shape=5, bias_axes="y", name="elided")(x),
        L.EinsumDense("abc,cde->abde", output_shape=(None, 2, 3), bias_axes="de", name="heads")(x),
        L.EinsumDense("abc,bd->adc", output_shape=(5, 6), bias_axes="d", name="middle")(x),
        L.EinsumDense("abc,bcd->ad", output_shape=3, name="both")(x),
        L.EinsumDense("abc,dc->abd", output_shape=(4, 5), bias_axes="bd", name="turned")(x),
        L.EinsumDense("ab...,bc->ac...", output_shape=3, bias_axes="c", activation="softmax", name="elided_end")(x)]))


@case
def attention(name):
    x = inputs = image(5, 6)
    other = L.Dense(4, name="other")(L.Conv1D(6, 2, name="shorter")(x))
    archive(name, keras.Model(inputs, [
        L.MultiHeadAttention(2, 3, name="self")(x, x),
        L.MultiHeadAttention(3, 4, value_dim=2, dropout=0.1, use_bias=False, output_shape=7, name="cross")(x, other),
        L.MultiHeadAttention(1, 4, name="keyed")(x, value=other, key=L.Dense(3, name="key")(other)),
        L.Dot(axes=(2, 2))([x, L.Dense(6, name="wide")(other)]), L.Dot(axes=1, normalize=True)([x, x]),
        L.Dot(axes=-1)([L.Flatten()(x), L.Flatten()(x)]), L.Dot(axes=(1, 2))([L.Dense(5)(L.Flatten()(x)), L.Permute((2, 1))(x)])]))


@case
def embedding(name):
    inputs = keras.Input((4,), name="numbers")
    model = keras.Model(inputs, L.Dense(2)(L.Embedding(10, 3, name="table")(inputs)))
    randomise(model, len(name))
    save(name, model)
    record(name, model, {"model": "model.keras"})
    data = ROOT / name / "test_data_set_0"
    numbers = np.array([[3, 0, 9, 3]], dtype="float32")
    np.save(data / "input_0.npy", numbers)
    np.save(data / "output_0.npy", np.asarray(model(numbers)))


@case
def quantized_int8(name):
    """Keras quantizes activations, too; the outputs are those of the weights alone."""

    def build():
        x = inputs = image(6)
        x = L.Dense(8, activation="relu", name="a")(x)
        x = L.EinsumDense("ab,bc->ac", output_shape=5, bias_axes="c", name="b")(x)
        return keras.Model(inputs, L.Dense(3, use_bias=False, name="c")(x))

    model, plain = build(), build()
    randomise(model, len(name))
    model.quantize("int8")
    save(name, model)
    for layer in model.layers[1:]:
        kernel = np.asarray(layer._kernel, dtype="float32") / np.asarray(layer.kernel_scale)
        bias = [] if layer.bias is None else [np.asarray(layer.bias)]
        plain.get_layer(layer.name).set_weights([kernel] + bias)
    record(name, plain, {"model": "model.keras"})
    data = ROOT / name / "test_data_set_0"
    theirs = np.asarray(model(np.load(data / "input_0.npy")))
    assert np.abs(theirs - np.load(data / "output_0.npy")).max() < 0.1


@case
def quantized_float8(name):
    model = keras.Sequential([image(6), L.Dense(8, activation="relu"), L.Dense(3)])
    randomise(model, len(name))
    plain = keras.Sequential([image(6), L.Dense(8, activation="relu"), L.Dense(3)])
    plain.set_weights(model.get_weights())
    model.quantize("float8")
    save(name, model)
    record(name, plain, {"model": "model.keras"})


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


def main():
    shutil.rmtree(ROOT, ignore_errors=True)
    for name, make in CASES.items():
        keras.backend.clear_session()
        keras.utils.set_random_seed(1)
        make(name)
        print(name, sum(f.stat().st_size for f in (ROOT / name).rglob("*") if f.is_file()) // 1024, "KiB", flush=True)


if __name__ == "__main__":
    main()
