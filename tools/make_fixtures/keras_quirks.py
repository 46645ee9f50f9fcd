"""Writes Fixtures/keras: small Keras models in every container, with inputs and the outputs that Keras computes for them.

Run from the root of the package:  python tools/make_fixtures/keras_quirks.py
"""

import shutil
import zipfile

import keras_quirks_legacy
from keras_quirks_models import block, nested, unet
from keras_saving import ROOT, archive, record, rewrite
import keras
import numpy as np
from keras import layers as L

CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


@case
def functional_unet(name):
    archive(name, unet(), [12, 16])


@case
def sequential(name):
    archive(name, keras.Sequential([
        keras.Input((8, 8, 2)), L.Rescaling(1 / 3, offset=-0.5), L.Conv2D(3, 3), L.LeakyReLU(), L.Flatten(),
        L.Dense(5, activation="tanh"), L.Dense(4, activation="softmax")]))


@case
def nested_twice(name):
    archive(name, nested())


@case
def nested_twice_as_outputs(name):
    inputs = keras.Input((8, 8, 4), name="image")
    inner = block("block")
    first = inner(inputs)
    archive(name, keras.Model(inputs, [first, inner(first)]))


@case
def shared_layer(name):
    a, b = keras.Input((8, 8, 2), name="a"), keras.Input((8, 8, 2), name="b")
    conv, plain = L.Conv2D(3, 3, padding="same", name="shared"), L.Conv2D(3, 1, name="plain")
    archive(name, keras.Model([a, b], L.Subtract()([L.Add()([conv(a), plain(a)]), conv(b)])))


@case
def shared_between_models(name):
    conv = L.Conv2D(2, 3, padding="same", name="shared")
    i = keras.Input((8, 8, 2))
    left = keras.Model(i, L.Activation("relu")(conv(i)), name="left")
    j = keras.Input((8, 8, 2))
    right = keras.Model(j, L.Conv2D(2, 1, name="own")(conv(j)), name="right")
    x = keras.Input((8, 8, 2), name="image")
    archive(name, keras.Model(x, L.Multiply()([left(x), right(x)])))


@case
def same_padding_odd_sizes(name):
    x = inputs = keras.Input((None, None, 2), name="image")
    x = L.Conv2D(3, 3, strides=2, padding="same", name="half")(x)
    x = L.AveragePooling2D(3, strides=2, padding="same")(x)
    x = L.MaxPooling2D(2, strides=2, padding="same")(x)
    archive(name, keras.Model(inputs, x), [15, 13])


@case
def transposed(name):
    inputs = keras.Input((5, 6, 2), name="image")
    archive(name, keras.Model(inputs, [
        L.Conv2DTranspose(3, 3, strides=2, padding="same", name="same")(inputs),
        L.Conv2DTranspose(3, 3, strides=2, padding="valid", name="valid")(inputs),
        L.Conv2DTranspose(2, 2, strides=3, padding="valid", name="gaps")(inputs),
        L.Conv2DTranspose(2, 4, strides=2, padding="same", use_bias=False, name="even")(inputs),
        L.Conv2DTranspose(2, 3, strides=2, padding="same", output_padding=1, activation="relu", name="padded")(inputs)]))


@case
def separable(name):
    x = inputs = keras.Input((9, 8, 3), name="image")
    x = L.SeparableConv2D(4, 3, strides=2, padding="same", depth_multiplier=2, activation="relu")(x)
    x = L.DepthwiseConv2D(3, padding="same", depth_multiplier=2, dilation_rate=2)(x)
    x = L.Conv2D(4, 1, groups=2)(x)
    archive(name, keras.Model(inputs, x))


@case
def resampling(name):
    x = inputs = keras.Input((7, 6, 2), name="image")
    up = L.UpSampling2D((2, 3))(x)
    smooth = L.UpSampling2D((2, 3), interpolation="bilinear")(x)
    x = L.Concatenate()([up, smooth])
    x = L.ZeroPadding2D(((1, 0), (2, 1)))(x)
    x = L.Cropping2D(((0, 2), (1, 0)))(x)
    archive(name, keras.Model(inputs, [x, L.Resizing(5, 9)(x), L.Resizing(9, 5, interpolation="nearest")(x)]))


@case
def squeeze_excite(name):
    x = inputs = keras.Input((8, 8, 4), name="image")
    s = L.GlobalAveragePooling2D()(x)
    s = L.Dense(2, activation="silu")(s)
    s = L.Dense(4, activation="sigmoid")(s)
    deep = L.Multiply()([x, L.Reshape((1, 1, 4))(s)])
    flat = L.Multiply()([x, s])
    peak = L.GlobalMaxPooling2D(keepdims=True)(x)
    archive(name, keras.Model(inputs, L.Average()([deep, L.Maximum()([flat, x]), L.Minimum()([peak, x])])))


@case
def activations(name):
    inputs = keras.Input((4, 4, 3), name="image")
    names = ["linear", "relu", "relu6", "leaky_relu", "elu", "selu", "celu", "softplus", "softsign", "sigmoid", "tanh",
             "exponential", "silu", "hard_silu", "hard_sigmoid", "gelu", "mish", "softmax", "log_sigmoid", "hard_tanh"]
    outputs = [L.Activation(n, name="f_" + n)(inputs) for n in names]
    outputs += [L.ReLU(max_value=1.0, negative_slope=0.1, threshold=0.2)(inputs), L.ReLU(max_value=float("inf"))(inputs),
                L.LeakyReLU(negative_slope=0.05)(inputs), L.ELU(0.7)(inputs), L.Softmax(axis=2)(inputs),
                L.PReLU(shared_axes=[1, 2])(inputs), L.Conv2D(2, 1, activation=L.ReLU(max_value=2.0))(inputs)]
    archive(name, keras.Model(inputs, outputs))


@case
def normalization(name):
    x = inputs = keras.Input((6, 6, 3), name="image")
    given = L.Normalization(mean=[0.1, 0.2, 0.3], variance=[1.0, 2.0, 0.0])(x)
    back = L.Normalization(mean=[0.1, 0.2, 0.3], variance=[1.0, 2.0, 4.0], invert=True)(x)
    adapted = L.Normalization(name="adapted")
    adapted.adapt(np.random.default_rng(3).normal(2, 3, (4, 6, 6, 3)).astype("float32"))
    bare = L.BatchNormalization(scale=False, center=False, epsilon=0.01)(x)
    archive(name, keras.Model(inputs, [L.Rescaling([1.0, 2.0, 3.0], offset=[0.5, 0.0, -1.0])(given), back, adapted(x), bare]))


@case
def reshaping(name):
    x = inputs = keras.Input((4, 6, 2), name="image")
    x = L.Permute((2, 1, 3))(x)
    x = L.Reshape((-1, 4))(x)
    archive(name, keras.Model(inputs, L.Softmax()(x)))


@case
def dictionary_outputs(name):
    inputs = keras.Input((6, 6, 2), name="image")
    archive(name, keras.Model(inputs, {"mask": L.Conv2D(1, 1, activation="sigmoid")(inputs), "edges": L.Conv2D(2, 3)(inputs)}))


@case
def mixed_precision(name):
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    model = unet()
    keras.mixed_precision.set_global_policy("float32")
    archive(name, model)
    plain = unet()
    plain.set_weights(model.get_weights())
    record(name, plain, {"model": "model.keras"}, [8, 8])


@case
def bfloat16_weights(name):
    model = keras.Sequential([keras.Input((6, 6, 2)), L.Conv2D(3, 3, dtype="bfloat16"), L.Conv2D(2, 1, dtype="float16")])
    archive(name, model)
    plain = keras.Sequential([keras.Input((6, 6, 2)), L.Conv2D(3, 3), L.Conv2D(2, 1)])
    plain.set_weights([np.asarray(w).astype("float32") for w in model.get_weights()])
    record(name, plain, {"model": "model.keras"})


@case
def deflated(name):
    model = unet()
    archive(name, model, [8, 8])
    with zipfile.ZipFile(ROOT / name / "model.keras") as source:
        members = {info.filename: source.read(info) for info in source.infolist()}
    rewrite(ROOT / name / "model.keras", members, zipfile.ZIP_DEFLATED)


@case
def unpacked_directory(name):
    model = unet()
    archive(name, model, [8, 8])
    with zipfile.ZipFile(ROOT / name / "model.keras") as source:
        source.extractall(ROOT / name / "model")
    (ROOT / name / "model.keras").unlink()
    record(name, model, {"model": "model"}, [8, 8])


def main():
    shutil.rmtree(ROOT, ignore_errors=True)
    for name, make in (CASES | keras_quirks_legacy.CASES).items():
        keras.backend.clear_session()
        keras.utils.set_random_seed(1)
        make(name)
        print(name)


if __name__ == "__main__":
    main()
