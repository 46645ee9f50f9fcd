"""The cases of axes_cases.py that are written as ONNX graphs: types of inputs, sizes that allow several readings, class numbers."""

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from axes_cases import HEIGHT, WIDTH, mask, network_input, scene, write_case
from onnx_models import Builder

CASES = []
TYPES = {
    "uint8": (TensorProto.UINT8, np.uint8), "int8": (TensorProto.INT8, np.int8), "uint16": (TensorProto.UINT16, np.uint16),
    "int16": (TensorProto.INT16, np.int16), "int32": (TensorProto.INT32, np.int32), "int64": (TensorProto.INT64, np.int64),
    "uint32": (TensorProto.UINT32, np.uint32), "float16": (TensorProto.FLOAT16, np.float16), "float": (TensorProto.FLOAT, np.float32),
    "double": (TensorProto.DOUBLE, np.float64),
}
OUTPUTS = {np.dtype(t): k for k, t in TYPES.values()} | {np.dtype(bool): TensorProto.BOOL}
INTEGERS, NUMBERS = "onnx_integer_images", "onnx_class_numbers"


def case(kind, name, make, axes="NCHW", what="scores", inputs="NCHW", bands=3, dtype="float", image=np.uint8,
         size=(HEIGHT, WIDTH), shape=None, opset=17, arguments=()):
    """`make(b, x)` adds nodes to a Builder and names the output. `shape` is what the input declares."""
    CASES.append(dict(
        kind=kind, name=name, make=make, axes=axes, what=what, inputs=inputs, bands=bands, dtype=dtype, image=image, size=size,
        shape=shape, opset=opset, arguments=arguments))


def make(folder, c):
    image = scene(c["bands"], *c["size"], c["image"])
    kind, dtype = TYPES[c["dtype"]]
    if dtype in (np.int8, np.int16) and image.dtype.kind == "u":
        image = (image.astype(np.int64) // 2).astype(image.dtype)
    x = network_input(image, c["inputs"], dtype)
    shape = c["shape"] or x.shape
    for seed in range(40):
        b = Builder(seed)
        output = c["make"](b, "image")
        probe = build(b, output, shape, kind, c["opset"], None)
        session = onnxruntime.InferenceSession(probe.SerializeToString(), providers=["CPUExecutionProvider"])
        result = session.run(None, {"image": x})[0]
        try:
            answer = mask(result, c["axes"], c["what"], c["size"])
            data = build(b, output, shape, kind, c["opset"], result.dtype).SerializeToString()
            return write_case(folder, c["kind"], c["name"], ".onnx", data, answer, image, c["arguments"])
        except AssertionError:
            if seed == 39:
                raise


def build(b, output, shape, kind, opset, result):
    element = OUTPUTS[result] if result is not None else None
    graph = helper.make_graph(
        b.nodes, "fixture", [helper.make_tensor_value_info("image", kind, shape)],
        [helper.make_tensor_value_info(output, element, None) if element else helper.make_empty_tensor_value_info(output)],
        b.initializers)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def number(b, value, dtype=np.float32):
    """A constant of rank 0."""
    name = f"n{len(b.initializers)}"
    b.initializers.append(numpy_helper.from_array(np.array(value, dtype), name))
    return name


def scaled(b, x, by=255.0):
    return b.add("Div", b.add("Cast", x, to=TensorProto.FLOAT), number(b, by))


def to_first(b, x):
    return b.add("Transpose", x, perm=[0, 3, 1, 2])


def to_last(b, x):
    return b.add("Transpose", x, perm=[0, 2, 3, 1])


# Types of inputs.

def add_types():
    for name in ("uint8", "int8", "uint16", "int16", "int32", "int64", "uint32", "float16", "double"):
        by = {"uint16": 65535.0, "int16": 65535.0}.get(name, 255.0)
        kind = f"onnx_{np.dtype(np.uint16 if by > 255 else np.uint8).name}_images"
        if name in ("int8", "int16"):
            kind = f"onnx_{name}_images"
        image = np.uint16 if by > 255 else np.uint8
        scale = (lambda by: lambda b, x: scaled(b, x, by))(by)
        if name in ("float16", "double"):
            scale = lambda b, x: b.add("Cast", x, to=TensorProto.FLOAT)
        for open_size in (False, True):
            end = "open" if open_size else "fixed"
            hw = ["H", "W"] if open_size else [HEIGHT, WIDTH]
            case(kind, f"{name}_nchw_{end}", lambda b, x, s=scale: b.conv(s(b, x), 3, 4), dtype=name, image=image,
                 shape=["N" if open_size else 1, 3, *hw])
            case(kind, f"{name}_nhwc_{end}", lambda b, x, s=scale: to_last(b, b.conv(to_first(b, s(b, x)), 3, 4)),
                 dtype=name, image=image, axes="NHWC", inputs="NHWC", shape=["N" if open_size else 1, *hw, 3])
            case(kind, f"{name}_last_turned_first_{end}", lambda b, x, s=scale: b.conv(s(b, to_first(b, x)), 3, 4),
                 dtype=name, image=image, inputs="NHWC", shape=["N" if open_size else 1, *hw, 3])
    bytes_ = "onnx_uint8_images"
    case(bytes_, "bytes_reordered_before_cast", lambda b, x: b.conv(
        scaled(b, b.add("Gather", x, b.ints(2, 1, 0), axis=1)), 3, 4), dtype="uint8")
    case(bytes_, "image_alone", lambda b, x: b.conv(
        b.add("Unsqueeze", scaled(b, b.add("Transpose", x, perm=[2, 0, 1])), b.ints(0)), 3, 4),
        dtype="uint8", inputs="HWC")
    case(bytes_, "image_alone_to_numbers", lambda b, x: b.add("Squeeze", b.add("Cast", b.add("ArgMax", b.conv(
        b.add("Unsqueeze", scaled(b, b.add("Transpose", x, perm=[2, 0, 1])), b.ints(0)), 3, 4), axis=1, keepdims=0),
        to=TensorProto.UINT8), b.ints(0)), dtype="uint8", inputs="HWC", shape=["H", "W", 3], axes="HW", what="numbers")
    def arithmetic(b, x):
        """Bytes are added and shifted as bytes."""
        half = b.add("Div", x, number(b, 2, np.uint8))
        swapped = b.add("Div", b.add("Gather", x, b.ints(2, 0, 1), axis=1), number(b, 2, np.uint8))
        return b.conv(scaled(b, b.add("Add", half, swapped)), 3, 4)
    case(bytes_, "byte_arithmetic", arithmetic, dtype="uint8")
    def wrapping(b, x):
        """Sums of bytes that overflow wrap around."""
        return b.conv(scaled(b, b.add("Add", x, b.add("Gather", x, b.ints(2, 0, 1), axis=1))), 3, 4)
    case(bytes_, "byte_overflow", wrapping, dtype="uint8")
    def integers(b, x):
        y = b.add("Cast", x, to=TensorProto.INT32)
        y = b.add("Sub", b.add("Mul", y, number(b, 3, np.int32)), number(b, 100, np.int32))
        return b.conv(scaled(b, y), 3, 4)
    case(bytes_, "integer_arithmetic", integers, dtype="uint8")
    def threshold(b, x):
        return b.add("Cast", b.add("Greater", b.add("ReduceSum", b.add("Cast", x, to=TensorProto.INT32), b.ints(1)),
                                   number(b, 380, np.int32)), to=TensorProto.UINT8)
    case(bytes_, "integers_to_the_end", threshold, dtype="uint8", what="numbers")
    case(bytes_, "scaled_by_multiplication", lambda b, x: b.conv(b.add("Mul", b.add("Cast", x, to=TensorProto.FLOAT),
        number(b, 1 / 255)), 3, 4), dtype="uint8")
    case(bytes_, "half_precision_inside", lambda b, x: b.add("Cast", b.add("Conv", b.add("Mul", b.add(
        "Cast", x, to=TensorProto.FLOAT16), number(b, 1 / 255, np.float16)), b.tensor(
        (b.random.standard_normal((4, 3, 1, 1)) * 0.9).astype(np.float16))), to=TensorProto.FLOAT), dtype="uint8")


# Class numbers.

def scores(b, x, classes=4):
    return b.conv(x, 3, classes)


def add_numbers():
    def one(name, make, axes, **options):
        case(NUMBERS + "_more", name, make, axes, "numbers", **options)
        case(NUMBERS + "_more", name + "_open", make, axes, "numbers", **(dict(shape=["N", 3, "H", "W"]) | options))

    def numbers(b, x, keep=0, kind=None):
        y = b.add("ArgMax", scores(b, x), axis=1, keepdims=keep)
        return b.add("Cast", y, to=kind) if kind else y

    for kind in ("float", "int32", "uint8", "double", "float16", "int8", "uint16"):
        one(f"as_{kind}", lambda b, x, k=kind: numbers(b, x, 0, TYPES[k][0]), "NHW")
        one(f"as_{kind}_keepdims", lambda b, x, k=kind: numbers(b, x, 1, TYPES[k][0]), "NCHW")
    one("as_int64", lambda b, x: numbers(b, x), "NHW")
    one("last_axis", lambda b, x: b.add("ArgMax", to_last(b, scores(b, x)), axis=3, keepdims=1), "NHWC")
    one("negative_axis", lambda b, x: b.add("ArgMax", to_last(b, scores(b, x)), axis=-1, keepdims=0), "NHW")
    one("last_of_equals", lambda b, x: b.add(
        "ArgMax", b.add("Relu", scores(b, x)), axis=1, keepdims=0, select_last_index=1), "NHW")
    one("first_of_equals", lambda b, x: b.add("ArgMax", b.add("Relu", scores(b, x)), axis=1, keepdims=0), "NHW")
    one("argmin", lambda b, x: b.add("ArgMin", scores(b, x), axis=1, keepdims=1), "NCHW")
    one("plus_one_int", lambda b, x: b.add("Add", numbers(b, x), number(b, 1, np.int64)), "NHW")
    one("plus_one_float", lambda b, x: b.add("Add", numbers(b, x, 1, TensorProto.FLOAT), number(b, 1)), "NCHW")
    one("times_fifty", lambda b, x: b.add("Mul", numbers(b, x, 0, TensorProto.UINT8), number(b, 50, np.uint8)), "NHW")
    one("lookup_float", lambda b, x: b.add("Gather", b.floats(4, 11, 0, 2), numbers(b, x), axis=0), "NHW")
    one("lookup_bytes", lambda b, x: b.add("Gather", b.tensor(np.array([4, 11, 0, 2], np.uint8)), numbers(b, x, 1), axis=0), "NCHW")
    def gathernd(b, x):
        return b.add("GatherND", b.ints(4, 11, 0, 2), b.add("Unsqueeze", numbers(b, x), b.ints(-1)))
    one("lookup_gathernd", gathernd, "NHW")
    def one_hot_table(b, x):
        hot = b.add("OneHot", numbers(b, x), b.ints(4), b.floats(0, 1), axis=-1)
        return b.add("MatMul", hot, b.tensor(np.array([[4], [11], [0], [2]], np.float32)))
    one("lookup_one_hot", one_hot_table, "NHWC")
    def gate(b, x):
        p = b.add("Softmax", scores(b, x), axis=1)
        sure = b.add("Greater", b.add("ReduceMax", p, axes=[1], keepdims=0), number(b, 0.4))
        return b.add("Where", sure, b.add("ArgMax", p, axis=1, keepdims=0), number(b, 0, np.int64))
    one("gated_where", gate, "NHW")
    def gate_mul(b, x):
        p = b.add("Softmax", scores(b, x), axis=1)
        sure = b.add("Cast", b.add("Greater", b.add("ReduceMax", p, axes=[1], keepdims=1), number(b, 0.4)), to=TensorProto.FLOAT)
        return b.add("Mul", sure, b.add("Cast", b.add("ArgMax", p, axis=1, keepdims=1), to=TensorProto.FLOAT))
    one("gated_product", gate_mul, "NCHW")
    def topk(b, x):
        return b.add("TopK", scores(b, x), b.ints(1), outputs=2, axis=1)[1]
    one("topk", topk, "NCHW")
    one("topk_as_float", lambda b, x: b.add("Cast", topk(b, x), to=TensorProto.FLOAT), "NCHW")
    one("bool_greater", lambda b, x: b.add("Greater", b.add("Sigmoid", scores(b, x, 1)), number(b, 0.5)), "NCHW")
    one("bool_squeezed", lambda b, x: b.add(
        "Squeeze", b.add("GreaterOrEqual", scores(b, x, 1), number(b, 0)), b.ints(0, 1)), "HW")
    one("bool_of_two", lambda b, x: b.add("Greater", *b.add(
        "Split", scores(b, x, 2), b.ints(1, 1), outputs=2, axis=1)), "NCHW")
    one("bool_logical", lambda b, x: b.add("And", b.add("Greater", scores(b, x, 1), number(b, 0)), b.add(
        "Not", b.add("Less", scores(b, x, 1), number(b, -0.3)))), "NCHW")
    one("round", lambda b, x: b.add("Round", b.add("Sigmoid", scores(b, x, 1))), "NCHW")
    one("ceil_of_scaled", lambda b, x: b.add("Ceil", b.add("Mul", b.add("Sigmoid", scores(b, x, 1)), number(b, 3))), "NCHW")
    one("cast_truncates", lambda b, x: b.add("Cast", b.add("Mul", b.add("Sigmoid", scores(b, x, 1)), number(b, 5)), to=TensorProto.INT32), "NCHW")
    one("sign", lambda b, x: b.add("Relu", b.add("Sign", scores(b, x, 1))), "NCHW")
    one("clipped", lambda b, x: b.add("Clip", numbers(b, x, 1, TensorProto.FLOAT), number(b, 0), number(b, 2)), "NCHW")
    one("enlarged", lambda b, x: b.add("Resize", b.add("Cast", b.add("ArgMax", b.conv(
        x, 3, 4, strides=[2, 2]), axis=1, keepdims=1), to=TensorProto.FLOAT), "", b.floats(1, 1, 2, 2), mode="nearest",
        coordinate_transformation_mode="asymmetric", nearest_mode="floor"), "NCHW")
    one("median_filtered", lambda b, x: b.add("MaxPool", numbers(b, x, 1, TensorProto.FLOAT), kernel_shape=[3, 3], pads=[1] * 4), "NCHW")
    one("no_batch", lambda b, x: b.add("Squeeze", numbers(b, x), b.ints(0)), "HW")
    def cascade(b, x):
        """A binary mask first, a class where it is 1."""
        on = b.add("Cast", b.add("Greater", scores(b, x, 1), number(b, 0)), to=TensorProto.INT64)
        return b.add("Mul", on, b.add("Add", numbers(b, x, 1), number(b, 1, np.int64)))
    one("cascade", cascade, "NCHW")
    def equal_to(b, x):
        return b.add("Equal", numbers(b, x, 1), number(b, 2, np.int64))
    one("one_class_of_four", equal_to, "NCHW")
    def nested_where(b, x):
        y = b.add("Sigmoid", scores(b, x, 1))
        return b.add("Where", b.add("Greater", y, number(b, 0.6)), number(b, 2), b.add(
            "Where", b.add("Greater", y, number(b, 0.4)), number(b, 1), number(b, 0)))
    one("slices_of_a_probability", nested_where, "NCHW")


# Sizes that allow several readings.

def add_sizes():
    def square(b, x):
        return b.add("Mul", b.add("Add", x, b.weights(8, 1, 1)), b.weights(8, 1, 1))
    # What is added and multiplied looks like a rescaling of bytes.
    unit = "--scale=0.00392156862745098"
    for text, argument in (("plain", ()), ("said", ("--input-layout=nchw", "--output-layout=nchw"))):
        case("onnx_cube_8", f"first_{text}", square, "NCHW", bands=8, size=(8, 8), arguments=(*argument, unit))
    case("onnx_cube_8", "last_said", lambda b, x: b.add("Mul", b.add("Add", x, b.weights(8)), b.weights(8)), "NHWC",
         inputs="NHWC", bands=8, size=(8, 8), arguments=("--input-layout=nhwc", "--output-layout=nhwc", unit))
    case("onnx_cube_8", "first_in_last_out", lambda b, x: to_last(b, square(b, x)), "NHWC",
         bands=8, size=(8, 8), arguments=("--input-layout=nchw", unit))
    case("onnx_cube_8", "first_in_last_out_unsaid", lambda b, x: to_last(b, square(b, x)), "NHWC", bands=8, size=(8, 8),
         arguments=(unit,))
    case("onnx_cube_8", "conv_says", lambda b, x: to_last(b, b.conv(to_first(b, x), 8, 4)), "NHWC",
         inputs="NHWC", bands=8, size=(8, 8))
    case("onnx_cube_8", "conv_says_first", lambda b, x: b.conv(x, 8, 8), "NCHW", bands=8, size=(8, 8))
    for bands, size in ((12, (16, 16)), (4, (24, 20)), (1, (24, 20))):
        classes = 5
        kind = f"onnx_bands_{bands}"
        def first(b, x, n=bands):
            return b.add("MatMul", b.weights(classes, n), b.add("Reshape", x, b.ints(1, n, -1)))
        case(kind, "conv_last", lambda b, x, n=bands: to_last(b, b.conv(to_first(b, x), n, classes)), "NHWC", inputs="NHWC",
             bands=bands, size=size)
        case(kind, "conv_first_open", lambda b, x, n=bands: b.conv(x, n, classes), bands=bands, size=size,
             shape=["N", bands, None, None])
        if bands == 1:
            continue
        case(kind, "matmul_flat", first, "NCP", bands=bands, size=size)
        case(kind, "matmul_last", lambda b, x, n=bands: b.add("MatMul", x, b.weights(n, classes)), "NHWC", inputs="NHWC",
             bands=bands, size=size)
        case(kind, "matmul_last_open", lambda b, x, n=bands: b.add("MatMul", x, b.weights(n, classes)), "NHWC", inputs="NHWC",
             bands=bands, size=size, shape=[1, None, None, bands])
        case(kind, "einsum_first", lambda b, x, n=bands: b.add("Einsum", x, b.weights(classes, n), equation="nchw,dc->ndhw"),
             bands=bands, size=size)
        case(kind, "einsum_to_last", lambda b, x, n=bands: b.add(
            "Einsum", x, b.weights(classes, n), equation="nchw,dc->nhwd"), "NHWC", bands=bands, size=size)
        case(kind, "bands_weighted", lambda b, x, n=bands: b.add(
            "Sigmoid", b.add("ReduceSum", b.add("Mul", x, b.weights(n, 1, 1, scale=2)), b.ints(1), keepdims=0)), "NHW", "probability",
            bands=bands, size=size)
    case("onnx_mixtures", "first_to_last_elementwise", lambda b, x: to_last(b, b.add(
        "Mul", x, b.weights(3, 1, 1, scale=1))), "NHWC")
    case("onnx_mixtures", "last_to_first_elementwise", lambda b, x: to_first(b, b.add("Mul", x, b.weights(3, scale=1))),
         inputs="NHWC")
    case("onnx_mixtures", "last_elementwise", lambda b, x: b.add("Mul", x, b.weights(3, scale=1)), "NHWC", inputs="NHWC")
    case("onnx_mixtures", "last_elementwise_open", lambda b, x: b.add("Mul", x, b.weights(3, scale=1)), "NHWC", inputs="NHWC",
         shape=["N", "H", "W", 3])
    case("onnx_mixtures", "turned_and_back", lambda b, x: b.add("Transpose", b.conv(b.add(
        "Transpose", x, perm=[0, 1, 3, 2]), 3, 4), perm=[0, 1, 3, 2]))
    def space(b, x):
        return b.add("DepthToSpace", b.conv(b.add("SpaceToDepth", x, blocksize=2), 12, 16, 1), blocksize=2, mode="CRD")
    case("onnx_mixtures", "depth_and_space", space)
    def shapes(b, x):
        """The sizes as Shape, Gather, Unsqueeze and Concat, as older exporters write them."""
        y = b.conv(x, 3, 4)
        n, c, h, w = (b.add("Unsqueeze", b.add("Gather", b.add("Shape", y), number(b, k, np.int64), axis=0), b.ints(0))
                      for k in range(4))
        flat = b.add("Softmax", b.add("Reshape", y, b.add("Concat", n, c, b.tensor(np.array([-1])), axis=0)), axis=1)
        return b.add("Reshape", flat, b.add("Concat", n, c, h, w, axis=0))
    case("onnx_mixtures", "sizes_computed", shapes, shape=["N", 3, "H", "W"])
    def split_sequence(b, x):
        parts = b.add("Split", x, outputs=3, axis=1)
        return b.conv(b.add("Concat", *reversed(parts), axis=1), 3, 4)
    case("onnx_mixtures", "split_without_sizes", split_sequence, opset=13)
    def mean_of_all(b, x):
        return b.conv(b.add("Div", x, b.add("ReduceMax", x, keepdims=0)), 3, 4)
    case("onnx_mixtures", "over_scalar_maximum", mean_of_all)
    def instance(b, x):
        return b.conv(b.add("InstanceNormalization", x, b.floats(1, 1, 1), b.floats(0, 0, 0)), 3, 4)
    case("onnx_mixtures", "instance_norm_first", instance)
    def mvn(b, x):
        return b.conv(b.add("MeanVarianceNormalization", x, axes=[0, 2, 3]), 3, 4)
    case("onnx_mixtures", "mean_variance", mvn)
    def lrn(b, x):
        return b.conv(b.add("LRN", b.conv(x, 3, 6), size=3, alpha=0.1, beta=0.75, bias=1.0), 6, 4)
    case("onnx_mixtures", "response_norm", lrn)


add_types()
add_numbers()
add_sizes()


def main(folder, names):
    for c in CASES:
        if names and not any(n in f"{c['kind']}/{c['name']}" for n in names):
            continue
        try:
            make(folder, c)
        except Exception as error:
            print(f"{c['kind']}/{c['name']}: {type(error).__name__} {str(error)[:300]}")
