"""The networks of the comparison, with weights of fixed seeds, scaled so that outputs are of order one."""

import keras
import numpy as np
from keras import layers as L

CLASSES = 5


def double_conv(x, width):
    for _ in range(2):
        x = L.Conv2D(width, 3, padding="same", activation="relu")(x)
    return x


def simple(size):
    """Two double convolutions around one pooling and one nearest upsampling."""
    image = keras.Input((size, size, 3))
    x = L.MaxPool2D(2)(double_conv(image, 64))
    x = L.UpSampling2D(2)(double_conv(x, 128))
    return keras.Model(image, L.Conv2D(CLASSES, 1, activation="softmax")(x))


def unet(size, base=64, depth=4):
    """U-Net (Ronneberger et al. 2015) with padded convolutions."""
    image = keras.Input((size, size, 3))
    x, skips = image, []
    for level in range(depth):
        skips.append(double_conv(x, base << level))
        x = L.Dropout(0.3)(L.MaxPool2D(2)(skips[-1]))
    x = double_conv(x, base << depth)
    for level in reversed(range(depth)):
        x = L.Conv2DTranspose(base << level, 3, strides=2, padding="same")(x)
        x = double_conv(L.Dropout(0.3)(L.concatenate([x, skips[level]])), base << level)
    return keras.Model(image, L.Conv2D(CLASSES, 1, activation="softmax")(x))


def unet_small(size):
    return unet(size, base=16)


def deeplabv3plus(size):
    """DeepLabV3+ on ResNet50, as the keras.io example writes it."""
    def block(x, width=256, kernel=3, dilation=1, bias=False):
        x = L.Conv2D(width, kernel, dilation_rate=dilation, padding="same", use_bias=bias)(x)
        return L.ReLU()(L.BatchNormalization()(x))

    def enlarged(x, side):
        return L.UpSampling2D(side // x.shape[1], interpolation="bilinear")(x)

    image = keras.Input((size, size, 3))
    base = keras.applications.ResNet50(weights=None, include_top=False, input_tensor=image)
    x = base.get_layer("conv4_block6_2_relu").output
    side = x.shape[1]
    pooled = enlarged(block(L.AveragePooling2D(side)(x), kernel=1, bias=True), side)
    x = L.Concatenate()([pooled] + [block(x, kernel=1 if rate == 1 else 3, dilation=rate) for rate in (1, 6, 12, 18)])
    x = enlarged(block(x, kernel=1), size // 4)
    low = block(base.get_layer("conv2_block3_2_relu").output, width=48, kernel=1)
    x = enlarged(block(block(L.Concatenate()([x, low]))), size)
    return keras.Model(image, L.Conv2D(CLASSES, 1)(x))


BUILDERS = {"unet": unet, "unet_small": unet_small, "simple": simple, "deeplabv3plus": deeplabv3plus}


def fill(model, seed=7):
    """He-scaled kernels (1/fan-in for the layers without ReLU), small biases, plausible batch-norm parameters."""
    random = np.random.default_rng(seed)
    for layer in model.layers:
        transposed = isinstance(layer, L.Conv2DTranspose)
        for variable in layer.weights:
            shape, name = tuple(variable.shape), variable.path.split("/")[-1]
            if name == "kernel":
                fan = np.prod(shape[:2]) * shape[3] / 4 if transposed else np.prod(shape[:3])
                gain = 1 if transposed or shape[-1] == CLASSES else 2
                variable.assign(random.standard_normal(shape).astype("f4") * np.sqrt(gain / fan))
            elif name in ("gamma", "moving_variance"):
                variable.assign(random.uniform(0.7, 1.3, shape).astype("f4"))
            else:
                variable.assign(random.standard_normal(shape).astype("f4") * 0.05)


def calibrate(model, image, seed=8):
    """Batch-norm statistics from what an image gives there, layer after layer.

    Divides by the root mean square, not by the centred variance: on noise that is so small beside the mean that the
    network would amplify rounding errors a thousandfold, which no trained network does.
    """
    random = np.random.default_rng(seed)
    for norm in (layer for layer in model.layers if isinstance(layer, L.BatchNormalization)):
        y = np.asarray(keras.Model(model.input, norm.input)(image, training=False))
        count = y.shape[-1]
        norm.moving_mean.assign(0.1 * y.mean((0, 1, 2)) + 0.02 * random.standard_normal(count).astype("f4"))
        norm.moving_variance.assign(((y ** 2).mean() * random.uniform(0.8, 1.2, count) + 1e-3).astype("f4"))
