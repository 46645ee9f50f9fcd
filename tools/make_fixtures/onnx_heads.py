"""Builds small ONNX networks that end as segmentation networks do, and records what ONNX Runtime computes for one image each.

  python onnx_heads.py FOLDER         with the packages of requirements-onnx.txt; FOLDER is Fixtures/onnx

Cases are directories as `seginfer verify` reads them.
"""

import pathlib
import sys

from onnx import TensorProto

from onnx_models import Builder, record


def features(b, stride=1):
    """Six channels of an image of three."""
    x = b.add("LeakyRelu", b.conv("image", 3, 6, strides=[min(stride, 2)] * 2), alpha=0.2)
    for _ in range(stride // 4):
        x = b.add("LeakyRelu", b.conv(x, 6, 6, strides=[2, 2]), alpha=0.2)
    return x


def head_quarter():
    b = Builder(101)
    return b.model([b.conv(features(b, 4), 6, 3, size=1)], ["N", 3, "H", "W"], 17), (1, 3, 16, 24)


def head_border():
    """A U-Net without padding: images of 4n + 2 pixels lack 12 of them."""
    b = Builder(102)
    one = b.add("LeakyRelu", b.conv("image", 3, 6, pads=[0] * 4), alpha=0.2)
    low = b.add("MaxPool", one, kernel_shape=[2, 2], strides=[2, 2])
    two = b.add("LeakyRelu", b.conv(low, 6, 8, pads=[0] * 4), alpha=0.2)
    lower = b.add("MaxPool", two, kernel_shape=[2, 2], strides=[2, 2])
    up = b.add("ConvTranspose", lower, b.weights(8, 8, 2, 2), b.weights(8), strides=[2, 2])
    up = b.add("ConvTranspose", b.add("Concat", up, two, axis=1), b.weights(16, 6, 2, 2), b.weights(6), strides=[2, 2])
    skip = b.add("Slice", one, b.ints(2, 2), b.ints(-2, -2), b.ints(2, 3))
    x = b.add("LeakyRelu", b.conv(b.add("Concat", up, skip, axis=1), 12, 6, pads=[0] * 4), alpha=0.2)
    x = b.add("LeakyRelu", b.conv(x, 6, 6, pads=[0] * 4), alpha=0.2)
    x = b.conv(x, 6, 6, pads=[0] * 4)
    return b.model([b.conv(x, 6, 3, size=1)], ["N", 3, "H", "W"], 17), (1, 3, 30, 38)


def head_logit():
    b = Builder(205)
    return b.model([b.conv(features(b), 6, 1, size=1)], ["N", 3, "H", "W"], 17), (1, 3, 16, 24)


def head_flat():
    """A probability per pixel, without an axis for channels."""
    b = Builder(226)
    flat = b.add("Squeeze", b.conv(features(b), 6, 1, size=1), b.ints(1))
    return b.model([b.add("Sigmoid", flat)], ["N", 3, "H", "W"], 17), (1, 3, 16, 24)


def head_argmax():
    b = Builder(105)
    classes = b.add("ArgMax", b.conv(features(b), 6, 4, size=1), axis=1, keepdims=0)
    model = b.model([classes], ["N", 3, "H", "W"], 17)
    model.graph.output[0].type.tensor_type.elem_type = TensorProto.INT64
    return model, (1, 3, 16, 24)


def head_outputs():
    """Probabilities, channels last, and scores at half the size."""
    b = Builder(106)
    x = features(b)
    last = b.add("Transpose", b.conv(x, 6, 3, size=1), perm=[0, 2, 3, 1])
    half = b.conv(b.add("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2]), 6, 4, size=1)
    return b.model([b.add("Softmax", last, axis=3), half], ["N", 3, "H", "W"], 17), (1, 3, 16, 24)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for make in (head_quarter, head_border, head_logit, head_flat, head_argmax, head_outputs):
        record(pathlib.Path(sys.argv[1]) / make.__name__, make)
