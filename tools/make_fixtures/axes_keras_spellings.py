"""Keras models that are local, or not, by operations that do not say so."""

import numpy as np
from keras import layers, ops

from axes_cases import HEIGHT, WIDTH
from axes_keras import BOTH, LOCAL, OPEN, case, conv


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
