"""The U-Net of the capstone at a chosen base width (64 there, 16 here: 2.16 M parameters)."""
import keras
from keras import layers

CLASSES = 5


def double_conv(x, width):
    for _ in range(2):
        x = layers.Conv2D(width, 3, padding="same", activation="relu", kernel_initializer="he_normal")(x)
    return x


def unet(base=16, depth=4, classes=CLASSES, dropout=0.3, name="unet"):
    """Input (None, None, 3), values 0..1, sides a multiple of 2**depth; output softmax over `classes`."""
    image = keras.Input((None, None, 3), name="image")
    x, skips = image, []
    for level in range(depth):
        skips.append(double_conv(x, base << level))
        x = layers.Dropout(dropout)(layers.MaxPooling2D(2)(skips[-1]))
    x = double_conv(x, base << depth)
    for level in reversed(range(depth)):
        x = layers.Conv2DTranspose(base << level, 3, strides=2, padding="same")(x)
        x = layers.concatenate([x, skips[level]])
        x = double_conv(layers.Dropout(dropout)(x), base << level)
    return keras.Model(image, layers.Conv2D(classes, 1, padding="same", activation="softmax")(x), name=name)
