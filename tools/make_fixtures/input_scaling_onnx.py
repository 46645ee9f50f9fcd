"""The spellings of input_scaling.py in ONNX: operators behind the image, and the unit that they imply."""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from onnx_models import Builder

MEAN, DEVIATION = np.array([0.485, 0.456, 0.406], np.float32), np.array([0.229, 0.224, 0.225], np.float32)
CAFFE = np.array([103.939, 116.779, 123.68], np.float32)
SWAP = np.eye(3, dtype=np.float32)[::-1]
CASES = []


def case(unit, layout="NCHW"):
    def add(function):
        CASES.append((function.__name__, unit, layout, function))
        return function
    return add


def plane(values):
    return np.asarray(values, np.float32).reshape(1, 3, 1, 1)


@case("samples")
def constants_1311(b, x):
    return b.add("Div", b.add("Sub", x, b.tensor(plane(MEAN * 255))), b.tensor(plane(DEVIATION * 255)))


@case("samples")
def constants_311(b, x):
    return b.add("Mul", b.add("Sub", x, b.tensor(plane(MEAN * 255)[0])), b.tensor(plane(1 / (DEVIATION * 255))[0]))


@case("samples", "NHWC")
def constants_3_channels_last(b, x):
    x = b.add("Div", b.add("Sub", x, b.tensor(MEAN * 255)), b.tensor(DEVIATION * 255))
    return b.add("Transpose", x, perm=[0, 3, 1, 2])


@case("samples", "NHWC")
def transposed_first(b, x):
    x = b.add("Transpose", x, perm=[0, 3, 1, 2])
    return b.add("Div", b.add("Sub", x, b.tensor(plane(MEAN * 255))), b.tensor(plane(DEVIATION * 255)))


@case("samples")
def scalar_multiply(b, x):
    return b.add("Mul", x, b.scalar(0.003921569))


@case("samples")
def constant_first(b, x):
    return b.add("Mul", b.scalar(1 / 255), x)


@case("samples")
def divided_for_sixteen_bits(b, x):
    return b.add("Mul", b.add("Div", x, b.scalar(65535)), b.scalar(257))


@case("samples")
def computed_constants(b, x):
    """Constants of nodes, reshaped and multiplied at run time."""
    mean = b.add("Mul", b.add("Unsqueeze", b.tensor(MEAN), b.ints(1, 2)), b.scalar(255))
    spread = b.add("Reshape", b.tensor(DEVIATION * 255), b.ints(-1, 1, 1))
    return b.add("Div", b.add("Sub", x, mean), spread)


@case("samples")
def byte_and_imagenet(b, x):
    x = b.add("Div", x, b.scalar(255))
    return b.add("Div", b.add("Sub", x, b.tensor(plane(MEAN))), b.tensor(plane(DEVIATION)))


@case("unit")
def twice_minus_one(b, x):
    return b.add("Sub", b.add("Mul", x, b.scalar(2)), b.scalar(1))


@case("unit")
def half_and_half(b, x):
    return b.add("Div", b.add("Sub", x, b.scalar(0.5)), b.scalar(0.5))


@case("unit")
def to_bytes_and_caffe(b, x):
    return b.add("Sub", b.add("Mul", x, b.scalar(255)), b.tensor(plane(CAFFE)))


@case("samples")
def inverted(b, x):
    return b.add("Div", b.add("Sub", b.scalar(255), x), b.scalar(255))


@case("samples")
def negated(b, x):
    return b.add("Div", b.add("Neg", x), b.scalar(-255))


@case("samples")
def limited(b, x):
    x = b.add("Min", b.add("Max", x, b.scalar(0)), b.scalar(255))
    return b.add("Div", x, b.scalar(255))


@case("samples")
def cast_there_and_back(b, x):
    x = b.add("Cast", b.add("Cast", x, to=TensorProto.DOUBLE), to=TensorProto.FLOAT)
    return b.add("Div", x, b.scalar(255))


@case("samples")
def bytes_by_cast(b, x):
    """Only bytes survive this cast."""
    return b.add("Sub", b.add("Cast", b.add("Cast", x, to=TensorProto.UINT8), to=TensorProto.FLOAT), b.scalar(1))


@case("samples")
def split_and_concat(b, x):
    red, green, blue = b.add("Split", x, outputs=3, axis=1)
    return b.add("Sub", b.add("Concat", blue, green, red, axis=1), b.tensor(plane(CAFFE)))


@case("samples")
def sliced_backwards(b, x):
    x = b.add("Slice", x, b.ints(2), b.ints(-4), b.ints(1), b.ints(-1))
    return b.add("Sub", x, b.tensor(plane(CAFFE)))


@case("samples")
def sliced_one_by_one(b, x):
    parts = [b.add("Sub", b.add("Slice", x, b.ints(k), b.ints(k + 1), b.ints(1)), b.scalar(CAFFE[2 - k])) for k in (2, 1, 0)]
    return b.add("Concat", *parts, axis=1)


@case("samples")
def gathered(b, x):
    return b.add("Sub", b.add("Gather", x, b.ints(2, 1, 0), axis=1), b.tensor(plane(CAFFE)))


@case("samples", "NHWC")
def gathered_channels_last(b, x):
    x = b.add("Sub", b.add("Gather", x, b.ints(2, 1, 0), axis=3), b.tensor(CAFFE))
    return b.add("Transpose", x, perm=[0, 3, 1, 2])


@case("samples")
def gathered_and_stacked(b, x):
    parts = []
    for k in (2, 1, 0):
        # An index without axes takes the channel's axis away.
        b.initializers.append(numpy_helper.from_array(np.array(k, np.int64), f"index{k}"))
        parts.append(b.add("Sub", b.add("Gather", x, f"index{k}", axis=1), b.scalar(CAFFE[2 - k])))
    return b.add("Concat", *[b.add("Unsqueeze", part, b.ints(1)) for part in parts], axis=1)


@case("samples", "NHWC")
def squeezed_and_stacked(b, x):
    parts = [b.add("Squeeze", part, b.ints(3)) for part in b.add("Split", x, outputs=3, axis=3)]
    x = b.add("Concat", *[b.add("Unsqueeze", part, b.ints(3)) for part in parts[::-1]], axis=3)
    return b.add("Transpose", b.add("Sub", x, b.tensor(CAFFE)), perm=[0, 3, 1, 2])


@case("samples")
def permuted_by_einsum(b, x):
    return b.add("Sub", b.add("Einsum", x, b.tensor(SWAP), equation="nchw,cd->ndhw"), b.tensor(plane(CAFFE)))


@case("samples")
def permuted_by_convolution(b, x):
    return b.add("Conv", x, b.tensor(SWAP[:, :, None, None]), b.tensor(-CAFFE))


@case("samples")
def scaled_by_groups(b, x):
    scale = b.tensor((1 / (255 * DEVIATION)).reshape(3, 1, 1, 1).astype(np.float32))
    return b.add("Conv", x, scale, b.tensor(-MEAN / DEVIATION), group=3)


@case("samples")
def padded_first(b, x):
    x = b.add("Pad", x, b.ints(0, 0, 1, 1, 0, 0, 1, 1), b.scalar(0), mode="constant")
    x = b.add("Div", x, b.scalar(255))
    return b.add("Slice", x, b.ints(1, 1), b.ints(-1, -1), b.ints(2, 3))


@case("samples")
def padded_channel(b, x):
    x = b.add("Pad", x, b.ints(0, 0, 0, 0, 0, 1, 0, 0), b.scalar(0), mode="constant")
    return b.add("Slice", b.add("Div", x, b.scalar(255)), b.ints(0), b.ints(3), b.ints(1))


def norm(b, x, mean, variance):
    return b.add("BatchNormalization", x, b.floats(1.5, 0.7, 1.1), b.floats(0.1, -0.2, 0.3), b.tensor(mean), b.tensor(variance))


@case("samples")
def batchnorm_255(b, x):
    return norm(b, x, MEAN * 255, (DEVIATION * 255) ** 2)


@case("unit")
def batchnorm_01(b, x):
    return norm(b, x, MEAN, DEVIATION ** 2)


@case("unit")
def batchnorm_untrained(b, x):
    return norm(b, x, np.zeros(3, np.float32), np.ones(3, np.float32))


@case("samples")
def quantized_bytes(b, x):
    zero = b.tensor(np.array(0, np.uint8))
    return b.add("DequantizeLinear", b.add("QuantizeLinear", x, b.scalar(1), zero), b.scalar(1), zero)


@case("unit")
def quantized_unit(b, x):
    scale, zero = b.scalar(1 / 255), b.tensor(np.array(-128, np.int8))
    return b.add("DequantizeLinear", b.add("QuantizeLinear", x, scale, zero), scale, zero)


@case("unit")
def clipped_to_unit(b, x):
    return b.add("Clip", x, b.scalar(0), b.scalar(1))


@case("samples")
def clipped_to_bytes(b, x):
    return b.add("Clip", x, b.scalar(0), b.scalar(255))


@case("samples")
def grey(b, x):
    parts = b.add("Split", x, outputs=3, axis=1)
    parts = [b.add("Mul", part, b.scalar(weight)) for part, weight in zip(parts, (0.2989, 0.587, 0.114))]
    grey = b.add("Div", b.add("Add", b.add("Add", parts[0], parts[1]), parts[2]), b.scalar(255))
    return b.add("Concat", grey, grey, grey, axis=1)


@case("unit")
def side_branch(b, x):
    """A rescaled image beside the image itself says nothing."""
    y = b.add("Conv", b.add("Div", x, b.scalar(255)), b.tensor(np.ones((1, 3, 3, 3), np.float32)), pads=[1] * 4)
    return b.add("Concat", b.add("Slice", x, b.ints(0), b.ints(2), b.ints(1)), y, axis=1)


def network(function, layout, seed):
    b = Builder(seed)
    x = function(b, "image")
    weights = b.tensor(b.random.normal(0, 0.5, (4, 3, 3, 3)).astype(np.float32))
    scores = b.add("Conv", x, weights, b.tensor(b.random.normal(0, 0.2, 4).astype(np.float32)), pads=[1] * 4)
    dims = ["N", 3, "H", "W"] if layout == "NCHW" else ["N", "H", "W", 3]
    graph = helper.make_graph(
        b.nodes, "g", [helper.make_tensor_value_info("image", TensorProto.FLOAT, dims)],
        [helper.make_tensor_value_info(scores, TensorProto.FLOAT, ["N", 4, "H", "W"])], b.initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="seginfer")
    onnx.checker.check_model(model, full_check=True)
    return model, lambda x: predict(model, x if layout == "NHWC" else x.transpose(0, 3, 1, 2))


def predict(model, x):
    """By ONNX Runtime, as the file has the operators."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: np.ascontiguousarray(x)})[0]


def save(model, path):
    onnx.save(model, str(path) + ".onnx")


def write(record):
    for name, unit, layout, function in CASES:
        record("onnx_input_scaling", name, unit, lambda seed: network(function, layout, seed), save, axis=1)
