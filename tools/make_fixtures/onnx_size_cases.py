"""Writes members of Fixtures/cases whose networks depend on the size of what they are given: on the whole image, or on the one size
that they were exported for. The masks are what ONNX Runtime computes for the whole scene, or for each part of it.

  python onnx_size_cases.py           with the packages of requirements-onnx.txt
"""

import math

import numpy as np
import onnx
import onnxruntime

from case_files import Kind, classes
from onnx_models import Builder


def scores(model, image):
    """Scores [C, H, W] of an image of bytes, divided by 255 as the program does where nothing says otherwise."""
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    x = (image.astype(np.float32) * np.float32(1 / 255)).transpose(2, 0, 1)[None]
    return session.run(None, {"image": np.ascontiguousarray(x)})[0][0]


def save(kind, build, window=None, arguments=()):
    """Tries weights until no pixel is undecided; `window` is the height and width of the parts that are run one by one."""
    for seed in range(100):
        model = build(Builder(seed))
        rows, columns = window or kind.image.shape[:2]
        parts = [
            [scores(model, kind.image[y:y + rows, x:x + columns]) for x in range(0, kind.image.shape[1], columns)]
            for y in range(0, kind.image.shape[0], rows)]
        result = np.concatenate([np.concatenate(row, 2) for row in parts], 1)
        assert result.shape[1:] == kind.image.shape[:2], (build.__name__, result.shape)
        try:
            mask = classes(result, axis=0)
        except AssertionError:
            continue
        onnx.save(model, kind.folder / f"{build.__name__}.onnx")
        kind.write(build.__name__, mask, arguments)
        return
    raise AssertionError(build.__name__)


def relu(b, x):
    return b.add("Relu", x)


def instance_norm(b, x, channels):
    return b.add("InstanceNormalization", x, b.weights(channels, scale=1.0), b.weights(channels), epsilon=1e-3)


def group_norm(b, x, channels, groups):
    """As PyTorch exports it: normalised as [N, groups, ...], then scaled per channel."""
    flat = b.add("Reshape", x, b.ints(0, groups, -1))
    ones, zeros = b.tensor(np.ones(groups, np.float32)), b.tensor(np.zeros(groups, np.float32))
    flat = b.add("InstanceNormalization", flat, ones, zeros, epsilon=1e-3)
    back = b.add("Reshape", flat, b.add("Shape", x))
    scaled = b.add("Mul", back, b.weights(channels, 1, 1, scale=1.0))
    return b.add("Add", scaled, b.weights(channels, 1, 1))


def down(b, x, inner, outer):
    return relu(b, b.conv(x, inner, outer, strides=[2, 2]))


def up(b, x, factor):
    return b.add("Resize", x, "", b.floats(1, 1, factor, factor), mode="linear", coordinate_transformation_mode="half_pixel")


def head(b, x, channels, factor):
    x = b.conv(x, channels, 3, size=1)
    return up(b, x, factor) if factor > 1 else x


def open_model(b, output):
    return b.model([output], ["N", 3, "H", "W"], 17)


# Networks of open size that look at the whole image.

def instance_norm_unet(b):
    """Normalised at every level, so that nothing of the strides is local."""
    one = relu(b, instance_norm(b, b.conv("image", 3, 4), 4))
    two = relu(b, instance_norm(b, b.conv(one, 4, 6, strides=[2, 2]), 6))
    three = relu(b, instance_norm(b, b.conv(two, 6, 8, strides=[2, 2]), 8))
    back = b.add("ConvTranspose", three, b.weights(8, 6, 2, 2), b.weights(6), strides=[2, 2])
    back = relu(b, b.conv(b.add("Concat", back, two, axis=1), 12, 6))
    back = b.add("ConvTranspose", back, b.weights(6, 4, 2, 2), b.weights(4), strides=[2, 2])
    return open_model(b, head(b, b.add("Concat", back, one, axis=1), 8, 1))


def group_norm_strides(b):
    x = relu(b, group_norm(b, b.conv("image", 3, 4), 4, 2))
    x = relu(b, group_norm(b, b.conv(x, 4, 8, strides=[2, 2]), 8, 4))
    x = relu(b, group_norm(b, b.conv(x, 8, 8, strides=[2, 2]), 8, 4))
    x = relu(b, group_norm(b, b.conv(x, 8, 8, strides=[2, 2]), 8, 4))
    return open_model(b, head(b, x, 8, 8))


def squeeze_excite(b):
    x = down(b, "image", 3, 8)
    pooled = b.add("GlobalAveragePool", x)
    gate = b.add("Sigmoid", b.conv(relu(b, b.conv(pooled, 8, 4, size=1)), 4, 8, size=1))
    return open_model(b, head(b, relu(b, b.conv(b.add("Mul", x, gate), 8, 8)), 8, 2))


def image_branch(b):
    """The branch of DeepLabV3 that pools the whole image, spread over it again."""
    x = down(b, down(b, "image", 3, 6), 6, 8)
    pooled = relu(b, b.conv(b.add("ReduceMean", x, axes=[2, 3], keepdims=1), 8, 4, size=1))
    shape = b.add("Shape", x)
    size = b.add("Concat", b.ints(1, 4), b.add("Slice", shape, b.ints(2), b.ints(4), b.ints(0)), axis=0)
    spread = b.add("Resize", pooled, "", "", size, mode="linear", coordinate_transformation_mode="half_pixel")
    return open_model(b, head(b, b.add("Concat", x, spread, axis=1), 12, 4))


def attention(b):
    """Every pixel of an eighth attends to all."""
    x = down(b, down(b, down(b, "image", 3, 6), 6, 8), 8, 8)
    tokens = b.add("Transpose", b.add("Reshape", x, b.ints(0, 8, -1)), perm=[0, 2, 1])
    q, k, v = (b.add("MatMul", tokens, b.weights(8, 8)) for _ in range(3))
    weights = b.add("Softmax", b.add("MatMul", q, b.add("Transpose", k, perm=[0, 2, 1])), axis=-1)
    mixed = b.add("Add", tokens, b.add("MatMul", weights, v))
    back = b.add("Reshape", b.add("Transpose", mixed, perm=[0, 2, 1]), b.add("Shape", x))
    return open_model(b, head(b, back, 8, 8))


# Networks that were exported for 64 rows and 64 columns, whatever their input says.

def tokens_64(b):
    """`view(1, C, 256)` and back."""
    x = down(b, down(b, "image", 3, 6), 6, 8)
    tokens = b.add("Transpose", b.add("Reshape", x, b.ints(1, 8, 256)), perm=[0, 2, 1])
    mixed = b.add("Add", tokens, relu(b, b.add("MatMul", tokens, b.weights(8, 8))))
    back = b.add("Reshape", b.add("Transpose", mixed, perm=[0, 2, 1]), b.ints(1, 8, 16, 16))
    return open_model(b, head(b, back, 8, 4))


def batch_64(b):
    """`view(-1, C, 16, 16)`: twice the image is four of them."""
    x = down(b, down(b, "image", 3, 6), 6, 8)
    back = b.add("Reshape", b.add("Reshape", x, b.ints(-1, 8, 256)), b.ints(-1, 8, 16, 16))
    return open_model(b, head(b, relu(b, b.conv(back, 8, 8)), 8, 4))


def positions_64(b):
    """A learned table of positions."""
    x = down(b, down(b, down(b, "image", 3, 6), 6, 8), 8, 8)
    tokens = b.add("Transpose", b.add("Reshape", x, b.ints(0, 8, -1)), perm=[0, 2, 1])
    tokens = relu(b, b.add("Add", tokens, b.weights(1, 64, 8)))
    back = b.add("Reshape", b.add("Transpose", tokens, perm=[0, 2, 1]), b.add("Shape", x))
    return open_model(b, head(b, back, 8, 8))


def resize_64(b):
    """The scores are enlarged to the size of the only image that the exporter saw."""
    x = down(b, down(b, "image", 3, 6), 6, 8)
    sizes = b.ints(1, 3, 64, 64)
    return open_model(
        b, b.add("Resize", b.conv(x, 8, 3, size=1), "", "", sizes, mode="linear", coordinate_transformation_mode="half_pixel"))


def expand_64(b):
    """A pooled branch spread by `expand` to constant sizes."""
    x = down(b, down(b, "image", 3, 6), 6, 8)
    spread = b.add("Expand", relu(b, b.conv(b.add("GlobalAveragePool", x), 8, 4, size=1)), b.ints(1, 4, 16, 16))
    return open_model(b, head(b, b.add("Concat", x, spread, axis=1), 12, 4))


def quarter_64(b):
    """Scores for a quarter of the pixels, which the program enlarges."""
    x = down(b, down(b, "image", 3, 6), 6, 8)
    back = b.add("Reshape", b.add("Reshape", x, b.ints(1, 8, 256)), b.ints(1, 8, 16, 16))
    return open_model(b, b.conv(back, 8, 3, size=1))


def save_quarter(kind, window):
    """As the program is meant to: enlarged by bilinear interpolation, half-pixel centres."""
    def enlarged(b):
        model = quarter_64(b)
        output = model.graph.output[0].name
        model.graph.node.append(onnx.helper.make_node(
            "Resize", [output, "", "enlarge"], ["whole"], mode="linear", coordinate_transformation_mode="half_pixel"))
        model.graph.initializer.append(onnx.numpy_helper.from_array(np.array([1, 1, 4, 4], np.float32), "enlarge"))
        model.graph.output[0].name = "whole"
        return model

    for seed in range(100):
        whole = enlarged(Builder(seed))
        rows = [[scores(whole, kind.image[y:y + window, x:x + window]) for x in range(0, kind.image.shape[1], window)]
                for y in range(0, kind.image.shape[0], window)]
        try:
            mask = classes(np.concatenate([np.concatenate(row, 2) for row in rows], 1), axis=0)
        except AssertionError:
            continue
        onnx.save(quarter_64(Builder(seed)), kind.folder / "quarter_64.onnx")
        kind.write("quarter_64", mask, ["--overlap", "0"])
        return
    raise AssertionError("quarter_64")


def oblong_96x64(b):
    """Rows and columns differ."""
    x = down(b, down(b, "image", 3, 6), 6, 8)
    back = b.add("Reshape", b.add("Reshape", x, b.ints(1, 8, 16 * 24)), b.ints(1, 8, 16, 24))
    return open_model(b, head(b, relu(b, b.conv(back, 8, 8)), 8, 4))


def declared_64(b):
    x = down(b, down(b, "image", 3, 6), 6, 8)
    back = b.add("Reshape", b.add("Reshape", x, b.ints(1, 8, 256)), b.ints(1, 8, 16, 16))
    return b.model([head(b, relu(b, b.conv(back, 8, 8)), 8, 4)], [1, 3, 64, 64], 17)


def main():
    square = Kind("whole_image", 96, 64, 11)
    for build in [instance_norm_unet, group_norm_strides, squeeze_excite, image_branch, attention]:
        save(square, build)
    # Windows of 512 columns, and no more rows than there are.
    strip = Kind("whole_image_strip", 24, 1024, 12)
    for build in [instance_norm_unet, squeeze_excite, attention]:
        save(strip, build, (24, 512), ["--overlap", "0"])
    tiles = Kind("baked_size", 128, 192, 13)
    for build in [tokens_64, batch_64, positions_64, resize_64, expand_64, declared_64]:
        save(tiles, build, (64, 64), ["--overlap", "0"])
    save(tiles, oblong_96x64, (64, 96), ["--overlap", "0"])
    save_quarter(tiles, 64)


if __name__ == "__main__":
    main()
