"""Builds small ONNX models with random weights and records what ONNX Runtime computes for one input each.

  python onnx_models.py FOLDER        with the packages of requirements-onnx.txt; FOLDER is Fixtures/onnx

Cases are directories as `seginfer verify` reads them.
"""

import json
import pathlib
import shutil
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


class Builder:
    """Nodes and initializers in the order in which they are made."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.nodes, self.initializers, self.count = [], [], 0

    def tensor(self, array, name=None):
        name = name or f"w{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def weights(self, *shape, scale=0.3):
        return self.tensor((self.random.standard_normal(shape) * scale).astype(np.float32))

    def ints(self, *values):
        return self.tensor(np.array(values, np.int64))

    def floats(self, *values):
        return self.tensor(np.array(values, np.float32))

    def scalar(self, value, dtype=np.float32):
        return self.tensor(np.array(value, dtype))

    def add(self, kind, *inputs, outputs=1, **attributes):
        self.count += 1
        name = f"{kind.lower()}{self.count}"
        names = [name] if outputs == 1 else [f"{name}_{k}" for k in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, name=name, **attributes))
        return name if outputs == 1 else names

    def conv(self, x, inner, outer, size=3, **attributes):
        attributes.setdefault("pads", [size // 2] * 4)
        return self.add("Conv", x, self.weights(outer, inner, size, size), self.weights(outer), **attributes)

    def batch_norm(self, x, channels):
        variance = self.tensor((self.random.random(channels) + 0.5).astype(np.float32))
        return self.add(
            "BatchNormalization", x, self.weights(channels), self.weights(channels), self.weights(channels), variance
        )

    def model(self, outputs, shape, opset, kind=TensorProto.FLOAT, ir=8, functions=()):
        graph = helper.make_graph(
            self.nodes, "fixture", [helper.make_tensor_value_info("image", kind, shape)],
            [helper.make_tensor_value_info(o, kind, None) for o in outputs], self.initializers)
        for output in graph.output:
            output.type.tensor_type.ClearField("shape")
        imports = [helper.make_opsetid("", opset)]
        if functions:
            imports.append(helper.make_opsetid("local", 1))
        return helper.make_model(graph, opset_imports=imports, ir_version=ir, functions=list(functions))


@case
def unet_nchw():
    b = Builder(1)
    one = b.add("Relu", b.batch_norm(b.conv("image", 3, 4), 4))
    low = b.add("MaxPool", one, kernel_shape=[2, 2], strides=[2, 2])
    two = b.add("Relu", b.batch_norm(b.conv(low, 4, 8), 8))
    up = b.add("ConvTranspose", two, b.weights(8, 4, 2, 2), b.weights(4), strides=[2, 2])
    joined = b.add("Concat", up, one, axis=1)
    scores = b.conv(b.add("Relu", b.conv(joined, 8, 4)), 4, 3, size=1)
    return b.model([b.add("Softmax", scores, axis=1)], ["N", 3, "H", "W"], 17), (1, 3, 16, 24)


@case
def unet_resize_by_shape():
    b = Builder(2)
    one = b.add("Relu", b.conv("image", 2, 4))
    two = b.add("LeakyRelu", b.conv(b.add("AveragePool", one, kernel_shape=[2, 2], strides=[2, 2]), 4, 6), alpha=0.1)
    sizes = b.add("Slice", b.add("Shape", one), b.ints(2), b.ints(4), b.ints(0))
    lead = b.add("Slice", b.add("Shape", two), b.ints(0), b.ints(2), b.ints(0))
    whole = b.add("Concat", lead, b.add("Cast", sizes, to=TensorProto.INT64), axis=0)
    up = b.add("Resize", two, "", "", whole, mode="linear", coordinate_transformation_mode="align_corners")
    joined = b.add("Concat", up, one, axis=1)
    return b.model([b.add("Sigmoid", b.conv(joined, 10, 1))], ["N", 2, "H", "W"], 13), (1, 2, 14, 18)


def mixed(opset):
    """Operators whose rules changed."""
    b = Builder(opset)
    x = b.batch_norm(b.conv("image", 3, 4), 4)
    if opset < 11:
        x = b.add("Clip", x, min=-0.5, max=1.5)
        x = b.add("Pad", x, pads=[0, 0, 1, 2, 0, 0, 3, 0], mode="reflect")
    else:
        x = b.add("Clip", x, b.scalar(-0.5), b.scalar(1.5))
        x = b.add("Pad", x, b.ints(0, 0, 1, 2, 0, 0, 3, 0), mode="reflect")
    if opset < 10:
        x = b.add("Slice", x, axes=[2, 3], starts=[1, -9], ends=[2**31 - 1, 100])
    else:
        x = b.add("Slice", x, b.ints(1, -9), b.ints(2**31 - 1, 100), b.ints(2, 3), b.ints(1, 2))
    if opset < 13:
        left, right = b.add("Split", x, outputs=2, axis=1, split=[1, 3])
        flat = b.add("Squeeze", left, axes=[1])
        back = b.add("Unsqueeze", flat, axes=[1])
    else:
        left, right = b.add("Split", x, b.ints(1, 3), outputs=2, axis=1)
        flat = b.add("Squeeze", left, b.ints(1))
        back = b.add("Unsqueeze", flat, b.ints(1))
    if opset < 18:
        mean = b.add("ReduceMean", right, axes=[2, 3], keepdims=1)
    else:
        mean = b.add("ReduceMean", right, b.ints(2, 3), keepdims=1)
    y = b.add("Mul", b.add("Sub", right, mean), back)
    soft = b.add("Softmax", y, axis=1)
    return b.model([soft, b.add("LogSoftmax", y, axis=3)], [1, 3, "H", "W"], opset), (1, 3, 12, 14)


for version in (9, 11, 13, 18):
    CASES[f"mixed_opset{version}"] = lambda version=version: mixed(version)


@case
def channels_last_same():
    b = Builder(3)
    x = b.add("Transpose", "image", perm=[0, 3, 1, 2])
    x = b.add("Conv", x, b.weights(4, 3, 3, 3), auto_pad="SAME_UPPER", strides=[2, 2])
    x = b.add("Relu", b.add("Transpose", x, perm=[0, 2, 3, 1]))
    y = b.add("Conv", b.add("Transpose", x, perm=[0, 3, 1, 2]), b.weights(4, 4, 4, 4), auto_pad="SAME_LOWER")
    y = b.add("Add", b.add("Transpose", y, perm=[0, 2, 3, 1]), x)
    y = b.add("ConvTranspose", b.add("Transpose", y, perm=[0, 3, 1, 2]), b.weights(4, 2, 3, 3), auto_pad="SAME_UPPER",
              strides=[2, 2])
    return b.model([b.add("Transpose", y, perm=[0, 2, 3, 1])], [1, "H", "W", 3], 15), (1, 12, 18, 3)


@case
def transposed_convolutions():
    b = Builder(4)
    x = b.conv("image", 3, 4)
    first = b.add("ConvTranspose", x, b.weights(4, 3, 3, 3), b.weights(3), strides=[2, 2], pads=[1, 1, 1, 1],
                  output_padding=[1, 1])
    grouped = b.add("ConvTranspose", x, b.weights(4, 2, 4, 4), b.weights(4), strides=[2, 2], pads=[1, 1, 1, 1], group=2)
    shaped = b.add("ConvTranspose", x, b.weights(4, 2, 3, 3), strides=[2, 2], output_shape=[16, 20])
    dilated = b.add("ConvTranspose", x, b.weights(4, 2, 3, 3), dilations=[2, 2], pads=[2, 1, 0, 3])
    return b.model([first, grouped, shaped, dilated], [1, 3, 8, 10], 11), (1, 3, 8, 10)


@case
def poolings():
    b = Builder(5)
    x = b.conv("image", 1, 2)
    outputs = [
        b.add("MaxPool", x, kernel_shape=[3, 2], strides=[2, 2], ceil_mode=1),
        b.add("MaxPool", x, kernel_shape=[3, 3], pads=[1, 0, 1, 2], dilations=[1, 2]),
        b.add("AveragePool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], count_include_pad=1),
        b.add("AveragePool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 0, 0], ceil_mode=1),
        b.add("AveragePool", x, kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_LOWER"),
        b.add("GlobalAveragePool", x), b.add("GlobalMaxPool", x),
    ]
    return b.model(outputs, [1, 1, "H", "W"], 17), (1, 1, 11, 14)


@case
def resizings():
    b = Builder(6)
    x = b.conv("image", 2, 2)
    outputs = []
    for mode, where, extra in [
        ("nearest", "asymmetric", {"nearest_mode": "floor"}), ("nearest", "half_pixel", {}),
        ("nearest", "half_pixel", {"nearest_mode": "ceil"}), ("linear", "half_pixel", {}),
        ("linear", "pytorch_half_pixel", {}), ("linear", "asymmetric", {}), ("linear", "align_corners", {}),
        ("cubic", "half_pixel", {}), ("cubic", "half_pixel", {"exclude_outside": 1, "cubic_coeff_a": -0.5}),
    ]:
        outputs.append(b.add("Resize", x, "", b.floats(1, 1, 2, 3), mode=mode, coordinate_transformation_mode=where, **extra))
        outputs.append(b.add("Resize", x, "", "", b.ints(1, 2, 5, 11), mode=mode, coordinate_transformation_mode=where, **extra))
    outputs.append(b.add("Resize", x, "", "", b.ints(5, 4), axes=[2, 3], mode="linear", antialias=1))
    outputs.append(b.add("Resize", x, "", b.floats(1, 1, 0.6, 0.6), mode="linear"))
    return b.model(outputs, [1, 2, "H", "W"], 18), (1, 2, 8, 9)


@case
def normalisations():
    b = Builder(7)
    x = b.conv("image", 3, 4)
    outputs = [
        b.add("InstanceNormalization", x, b.weights(4), b.weights(4)),
        b.add("GroupNormalization", x, b.weights(4), b.weights(4), num_groups=2),
        b.add("LayerNormalization", x, b.weights(12), b.weights(12)),
        b.add("LayerNormalization", x, b.weights(4, 10, 12), b.weights(4, 10, 12), axis=1),
        b.add("LpNormalization", x, axis=1), b.add("MeanVarianceNormalization", x),
    ]
    return b.model(outputs, [1, 3, 10, 12], 21, ir=10), (1, 3, 10, 12)


@case
def quantized():
    b = Builder(8)
    x = b.add("DequantizeLinear", b.add("QuantizeLinear", "image", b.scalar(0.02), b.scalar(128, np.uint8)),
              b.scalar(0.02), b.scalar(128, np.uint8))
    kernel = b.tensor(b.random.integers(-127, 128, (4, 3, 3, 3)).astype(np.int8))
    scale, zero = b.tensor((b.random.random(4) * 0.01 + 0.001).astype(np.float32)), b.tensor(np.zeros(4, np.int8))
    bias = b.add("DequantizeLinear", b.tensor(b.random.integers(-900, 900, 4).astype(np.int32)), b.scalar(0.001))
    x = b.add("Conv", x, b.add("DequantizeLinear", kernel, scale, zero, axis=0), bias, pads=[1, 1, 1, 1])
    y = b.add("QuantizeLinear", b.add("Relu", x), b.scalar(0.03), b.scalar(-128, np.int8))
    return b.model([b.add("DequantizeLinear", y, b.scalar(0.03), b.scalar(-128, np.int8))], [1, 3, "H", "W"], 13), (1, 3, 8, 8)


@case
def half_weights():
    b = Builder(9)
    kernel = b.tensor((b.random.standard_normal((4, 3, 3, 3)) * 0.3).astype(np.float16))
    x = b.add("Conv", "image", b.add("Cast", kernel, to=TensorProto.FLOAT), pads=[1, 1, 1, 1])
    return b.model([b.add("HardSigmoid", x)], ["N", 3, "H", "W"], 13), (1, 3, 8, 8)


@case
def local_function():
    b = Builder(10)
    inner = [
        helper.make_node("Conv", ["x", "w"], ["c"], name="conv", pads=[1, 1, 1, 1]),
        helper.make_node("LeakyRelu", ["c"], ["y"], name="act"),
    ]
    inner[1].attribute.append(
        onnx.AttributeProto(name="alpha", type=onnx.AttributeProto.FLOAT, ref_attr_name="slope"))
    block = helper.make_function("local", "Block", ["x", "w"], ["y"], inner, [helper.make_opsetid("", 17)], ["slope"])
    outer = [
        helper.make_node("Block", ["x", "v"], ["a"], name="first", domain="local", slope=0.2),
        helper.make_node("Block", ["a", "w"], ["y"], name="second", domain="local", slope=0.4),
    ]
    pair = helper.make_function(
        "local", "Pair", ["x", "v", "w"], ["y"], outer, [helper.make_opsetid("", 17), helper.make_opsetid("local", 1)])
    b.nodes.append(helper.make_node("Pair", ["image", b.weights(4, 3, 3, 3), b.weights(2, 4, 3, 3)], ["y"], name="pair",
                                    domain="local"))
    return b.model(["y"], [1, 3, "H", "W"], 17, functions=[block, pair]), (1, 3, 8, 8)


@case
def external_data():
    b = Builder(11)
    return b.model([b.add("Relu", b.conv("image", 3, 4))], [1, 3, "H", "W"], 17), (1, 3, 8, 8)


@case
def sequence():
    b = Builder(12)
    x = b.add("Conv", "image", b.weights(4, 2, 3), b.weights(4), pads=[1, 1])
    x = b.add("MaxPool", b.add("PRelu", x, b.weights(4, 1)), kernel_shape=[2], strides=[2])
    x = b.add("ConvTranspose", x, b.weights(4, 3, 2), strides=[2])
    flat = b.add("Flatten", x)
    return b.model([b.add("Gemm", flat, b.weights(5, 48), b.weights(5), transB=1)], [1, 2, 16], 17), (1, 2, 16)


def record(directory, make):
    """A case with the model that `make` makes."""
    model, shape = make()
    shutil.rmtree(directory, ignore_errors=True)
    data = directory / "test_data_set_0"
    data.mkdir(parents=True)
    path = directory / "model.onnx"
    if directory.name == "external_data":
        onnx.save(model, path, save_as_external_data=True, location="weights.bin", size_threshold=0)
    else:
        onnx.save(model, path)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    image = np.random.default_rng(99).standard_normal(shape).astype(np.float32)
    np.save(data / "input_0.npy", image)
    for index, output in enumerate(session.run(None, {"image": image})):
        np.save(data / f"output_{index}.npy", output)
    description = {"model": "model.onnx", "by": f"onnxruntime {onnxruntime.__version__}, not optimised"}
    (directory / "case.json").write_text(json.dumps(description, indent=1) + "\n")


if __name__ == "__main__":
    for name, make in CASES.items():
        record(pathlib.Path(sys.argv[1]) / name, make)
