"""Keras models whose inputs and outputs have their axes in other orders, or joined."""

from keras import layers, ops

from axes_cases import HEIGHT, WIDTH
from axes_keras import AXES, BOTH, FLAT, OPEN, case, conv


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
