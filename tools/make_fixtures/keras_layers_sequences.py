"""Cases of keras_layers.py: layers of sequences and vectors."""

from keras_layers_saving import FIRST, ROOT, archive, archive_planes, case, image, save
from keras_saving import randomise, record
import keras
import numpy as np
from keras import layers as L


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
