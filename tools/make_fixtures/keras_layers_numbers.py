"""Cases of keras_layers.py: statistics, activations, quantized weights and weights that are integers."""

import io
import zipfile

from keras_layers_saving import ROOT, archive, case, image, save
from keras_saving import randomise, record, rewrite
import h5py
import keras
import numpy as np
from keras import layers as L


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


def quantized_model():
    x = inputs = image(5, 4, 6)
    x = L.Dense(8, activation="relu", name="a")(x)
    x = L.EinsumDense("abcd,de->abce", output_shape=(5, 4, 5), bias_axes="e", name="b")(x)
    x = L.EinsumDense("abcd,cef->abdef", output_shape=(5, 5, 3, 2), name="c")(x)
    model = keras.Model(inputs, L.Dense(3, use_bias=False, activation="softmax", name="d")(x))
    return model


@case
def quantized_int8(name):
    """Keras rounds the inputs of these layers, too."""
    model = quantized_model()
    randomise(model, len(name))
    model.quantize("int8")
    save(name, model)
    record(name, model, {"model": "model.keras"})


@case
def quantized_int8_quantizers(name):
    """Inputs that are not rounded, and inputs that are rounded to fewer levels."""
    model = quantized_model()
    randomise(model, len(name))
    coarse = keras.quantizers.AbsMaxQuantizer(value_range=(-5, 6), epsilon=0.01)
    for layer in model.layers[1:]:
        quantizer = {"a": coarse, "c": coarse}.get(layer.name)
        layer.quantize("int8", config=keras.quantizers.Int8QuantizationConfig(activation_quantizer=quantizer))
    save(name, model)
    record(name, model, {"model": "model.keras"})


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
def integer_weights(name):
    """Kernels in datasets of integers, which Keras converts when it reads them."""
    types = ["i1", "u1", "<i2", ">u2", ">i4", "<u4", "<i8", ">u8"]
    x = inputs = image(6)
    save(name, keras.Model(inputs, [L.Dense(3, use_bias=False, name=f"d{place}")(x) for place in range(len(types))]))
    path = ROOT / name / "model.keras"
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    file = io.BytesIO(members["model.weights.h5"])
    random = np.random.default_rng(len(name))
    with h5py.File(file, "a") as weights:
        for place, kind in enumerate(types):
            variables = weights["layers/dense" + (f"_{place}" if place else "") + "/vars"]
            del variables["0"]
            limits = np.iinfo(kind)
            values = random.integers(max(limits.min, -(10**6)), min(limits.max, 10**6), (6, 3), endpoint=True)
            variables["0"] = values.astype(kind)
    rewrite(path, members | {"model.weights.h5": file.getvalue()}, zipfile.ZIP_DEFLATED)
    record(name, keras.models.load_model(path), {"model": "model.keras"})
