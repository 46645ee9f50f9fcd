"""Cases of keras_layers.py: statistics, activations and quantized weights."""

from keras_layers_saving import ROOT, archive, case, image, save
from keras_saving import randomise, record
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
