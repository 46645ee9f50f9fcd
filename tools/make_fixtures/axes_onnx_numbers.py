"""ONNX graphs whose outputs are class numbers by all kinds of rules."""

import numpy as np
from onnx import TensorProto

from axes_onnx import TYPES, case, number, to_last

NUMBERS = "onnx_class_numbers"


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


add_numbers()
