"""The cases of axes_cases.py that Keras saves, and those that tf2onnx exports of Keras models."""

import os
import tempfile

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras  # noqa: E402
from keras import layers, ops  # noqa: E402

from axes_cases import HEIGHT, WIDTH, mask, network_input, scene, write_case  # noqa: E402

CASES = []


def case(kind, axes="NHWC", what="scores", bands=3, size=(HEIGHT, WIDTH), inputs="NHWC", shape=None, arguments=(), formats=("keras",),
         dtype="float32"):
    """Adds the case of a function from an input to an output. `shape` is what the input declares."""
    def add(make):
        CASES.append((make, dict(
            kind=kind, axes=axes, what=what, bands=bands, size=size, inputs=inputs, shape=shape, arguments=arguments, formats=formats,
            dtype=dtype)))
        return make
    return add


def conv(filters, size=3, **options):
    return layers.Conv2D(filters, size, padding="same", bias_initializer="random_normal", **options)


FLAT, LOCAL, NUMBERS, AXES = "keras_flat_outputs", "keras_local_spellings", "keras_class_numbers", "keras_axes"
OPEN = (None, None, 3)
BOTH = ("keras", "onnx")


@case(FLAT, "NPC", formats=BOTH)
def reshape_pixels_classes(x):
    return layers.Softmax()(layers.Reshape((HEIGHT * WIDTH, 4))(conv(4)(x)))


@case(FLAT, "NPC", shape=OPEN)
def reshape_open(x):
    return layers.Activation("softmax")(layers.Reshape((-1, 4))(conv(4)(x)))


@case(FLAT, "NCP")
def reshape_permuted(x):
    """SegNet's: classes first, then turned."""
    return layers.Permute((2, 1))(layers.Reshape((HEIGHT * WIDTH, 4))(conv(4)(x)))


@case(FLAT, "NP", "probability")
def flattened_sigmoid(x):
    return layers.Activation("sigmoid")(layers.Flatten()(conv(1)(x)))


@case(FLAT, "NPC", "probability")
def reshape_single(x):
    return layers.Reshape((-1, 1))(conv(1, activation="sigmoid")(x))


@case(FLAT, "NHW", "probability")
def reshape_without_channel(x):
    return layers.Reshape((HEIGHT, WIDTH))(conv(1, activation="sigmoid")(x))


@case(FLAT, "NPC")
def half_pixels(x):
    return layers.Reshape((HEIGHT * WIDTH // 4, 4))(conv(4, strides=2)(x))


@case(FLAT, "NPC")
def scored_after_flattening(x):
    y = layers.Reshape((-1, 6))(conv(6, activation="relu")(x))
    return layers.Dense(4, activation="softmax", bias_initializer="random_normal")(y)


@case(FLAT, "NPC")
def conv1d_after_flattening(x):
    y = layers.Reshape((-1, 6))(conv(6, activation="relu")(x))
    return layers.Conv1D(4, 1, activation="softmax", bias_initializer="random_normal")(y)


@case(FLAT, "NHWC")
def flat_softmax_and_back(x):
    y = layers.Softmax()(layers.Reshape((HEIGHT * WIDTH, 4))(conv(4)(x)))
    return layers.Reshape((HEIGHT, WIDTH, 4))(y)


@case(FLAT, "NCHW", formats=BOTH)
def permuted_output(x):
    return layers.Permute((3, 1, 2))(conv(4)(x))


@case(FLAT, "NWHC")
def turned_output(x):
    return layers.Permute((2, 1, 3))(conv(4)(x))


@case(AXES, "NCHW", inputs="NCHW", shape=(3, HEIGHT, WIDTH))
def planes_in_planes_out(x):
    return layers.Permute((3, 1, 2))(conv(4)(layers.Permute((2, 3, 1))(x)))


@case(AXES, "NHWC", inputs="NCHW", shape=(3, HEIGHT, WIDTH))
def planes_in(x):
    return conv(4)(layers.Permute((2, 3, 1))(x))


@case(AXES, shape=OPEN)
def dense_only(x):
    return layers.Dense(4, bias_initializer="random_normal")(layers.Dense(8, activation="relu")(x))


@case("keras_grey_axes", inputs="NHW", shape=(HEIGHT, WIDTH), bands=1)
def grey_without_channel(x):
    return conv(3)(layers.Reshape((HEIGHT, WIDTH, 1))(x))


@case("keras_bands_12", bands=12, size=(16, 16), shape=(16, 16, 12))
def many_bands(x):
    return conv(5)(x)


@case("keras_bands_12", bands=12, size=(16, 16), shape=(16, 16, 12))
def many_bands_dense(x):
    return layers.Dense(5, bias_initializer="random_normal")(x)


@case("keras_cube_8", bands=8, size=(8, 8), shape=(8, 8, 8))
def cube(x):
    return layers.Dense(8, bias_initializer="random_normal")(x)


@case("keras_cube_8", bands=8, size=(8, 8), shape=(8, 8, 8))
def cube_elementwise(x):
    return ops.sin(x) * 0.9 + ops.flip(x, -1) * x


@case(LOCAL, shape=OPEN, formats=BOTH)
def index_of_bands(x):
    red, nir = x[..., 0], x[..., 2]
    index = (nir - red) / (nir + red + 0.1)
    return conv(3)(layers.Concatenate()([x, ops.expand_dims(index, -1)]))


@case(LOCAL, shape=OPEN, formats=BOTH)
def unstacked(x):
    r, g, b = ops.unstack(x, axis=-1)
    return conv(3)(ops.stack([b - 0.4, g, r * g], axis=-1))


@case(LOCAL, shape=OPEN, formats=BOTH)
def reversed_channels(x):
    return conv(3)(x[..., ::-1])


@case(LOCAL, shape=OPEN, formats=BOTH)
def spatial_attention(x):
    y = conv(6)(x)
    m = ops.concatenate([ops.max(y, axis=-1, keepdims=True), ops.mean(y, axis=-1, keepdims=True)], axis=-1)
    return conv(3)(y * conv(1, activation="sigmoid")(m))


@case(LOCAL, shape=OPEN, formats=BOTH)
def summed_without_keepdims(x):
    return conv(3)(x - ops.expand_dims(ops.mean(x, axis=3), 3))


@case(LOCAL, shape=OPEN)
def einsum_channels(x):
    return ops.einsum("bhwc,cd->bhwd", conv(5)(x), np.random.default_rng(1).standard_normal((5, 3)).astype("float32"))


@case(LOCAL)
def shuffled_channels(x):
    y = layers.Reshape((HEIGHT, WIDTH, 2, 4))(conv(8)(x))
    y = layers.Reshape((HEIGHT, WIDTH, 8))(layers.Permute((1, 2, 4, 3))(y))
    return conv(4, groups=2)(y)


@case(LOCAL, formats=BOTH)
def pixels_by_hand(x):
    y = layers.Reshape((HEIGHT // 2, WIDTH // 2, 2, 2, 3))(conv(12, strides=2)(x))
    y = layers.Permute((1, 3, 2, 4, 5))(y)
    return layers.Reshape((HEIGHT, WIDTH, 3))(y)


@case(LOCAL)
def blocks_by_hand(x):
    y = layers.Reshape((HEIGHT // 2, 2, WIDTH // 2, 2, 3))(x)
    y = layers.Reshape((HEIGHT // 2, WIDTH // 2, 12))(layers.Permute((1, 3, 2, 4, 5))(y))
    return layers.UpSampling2D()(conv(4, 1)(y))


@case(LOCAL)
def patches_of_tokens(x):
    """A ViT's patches by a strided convolution, tokens, and pixels again."""
    y = layers.Conv2D(8, 4, strides=4)(x)
    y = layers.Reshape((-1, 8))(y)
    y = layers.LayerNormalization()(y)
    y = layers.Dense(48, bias_initializer="random_normal")(y)
    y = layers.Reshape((HEIGHT // 4, WIDTH // 4, 4, 4, 3))(y)
    return layers.Reshape((HEIGHT, WIDTH, 3))(layers.Permute((1, 3, 2, 4, 5))(y))


@case(LOCAL, shape=OPEN)
def maxout(x):
    return ops.max(ops.stack([conv(3)(x), conv(3)(x)], axis=0), axis=0)


@case(LOCAL, shape=OPEN)
def split_and_gated(x):
    a, b = ops.split(conv(8)(x), 2, axis=-1)
    return conv(3)(a * ops.sigmoid(b))


@case(LOCAL, shape=OPEN)
def repeated(x):
    return conv(3)(ops.repeat(x, 2, axis=-1) + ops.tile(x, (1, 1, 1, 2)))


@case(LOCAL, shape=OPEN)
def taken(x):
    return conv(3)(ops.take(x, [2, 0, 1, 1], axis=-1))


@case(LOCAL, shape=OPEN)
def normalised_bands(x):
    return conv(3)(layers.UnitNormalization()(x))


@case(LOCAL, shape=OPEN)
def stacked_scales(x):
    s = ops.stack([conv(4)(x), conv(4, 5)(x)], axis=1)
    w = ops.softmax(conv(2)(ops.sum(s, axis=1)), axis=-1)
    return conv(3)(s[:, 0] * w[..., :1] + s[:, 1] * w[..., 1:])


@case("keras_global_spellings")
def over_largest(x):
    return conv(4)(x / ops.max(x))


@case("keras_global_spellings")
def standardised(x):
    return conv(4)((x - ops.mean(x, axis=(1, 2, 3), keepdims=True)) / (ops.std(x, axis=(1, 2, 3), keepdims=True) + 1e-3))


@case("keras_global_spellings")
def squeeze_excite(x):
    y = conv(6)(x)
    s = layers.Dense(6, activation="sigmoid")(layers.GlobalAveragePooling2D()(y))
    return conv(3)(y * layers.Reshape((1, 1, 6))(s))


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


def make(folder, function, c, suffix):
    image = scene(c["bands"], *c["size"])
    x = network_input(image, c["inputs"], np.dtype(c["dtype"]).type)
    for seed in range(40):
        keras.utils.set_random_seed(seed)
        keras.backend.clear_session()
        inputs = keras.Input(c["shape"] or x.shape[1:], dtype=c["dtype"])
        model = keras.Model(inputs, function(inputs))
        output = np.asarray(model(x))
        try:
            answer = mask(output, c["axes"], c["what"], c["size"])
            assert (np.bincount(answer.ravel()) > answer.size / 50).sum() > 1
            break
        except AssertionError:
            if seed == 39:
                raise
    name = function.__name__
    if suffix == "onnx":
        import tensorflow as tf
        import tf2onnx
        spec = tf.TensorSpec((1, *(c["shape"] or x.shape[1:])), c["dtype"], name="image")
        call = tf.function(lambda image: model(image), input_signature=[spec])
        data = tf2onnx.convert.from_function(call, input_signature=[spec], opset=17)[0].SerializeToString()
        return write_case(folder, c["kind"].replace("keras", "tf2onnx"), name, ".onnx", data, answer, image, c["arguments"])
    write_case(folder, c["kind"], name, ".keras", lambda path: model.save(path), answer, image, c["arguments"])


def main(folder, names):
    for function, c in CASES:
        for suffix in c["formats"]:
            if names and not any(n in f"{c['kind']}/{function.__name__}" for n in names):
                continue
            try:
                make(folder, function, c, suffix)
            except Exception as error:
                print(f"{function.__name__} {suffix}: {type(error).__name__} {str(error)[:300]}")
