"""Writes Fixtures/operators/cases.json: inputs of single operators and what Keras, NumPy and ONNX Runtime make of them.

Run from the root of the package:  python tools/make_fixtures/operators.py
"""

import json
import os
import pathlib

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"

import numpy as np
import onnx
import onnxruntime
from keras import ops
from onnx import helper

PATH = pathlib.Path(__file__).resolve().parents[2] / "Fixtures" / "operators" / "cases.json"
CASES = {}
rng = np.random.default_rng(11)


def image(*shape):
    """Floats with few digits, so that the file stays small."""
    return rng.integers(-400, 400, shape).astype(np.float32) / np.float32(128)


def whole(low, high, *shape, dtype="int32"):
    return rng.integers(low, high, shape).astype(dtype)


def packed(array):
    array = np.asarray(array)
    data = array.reshape(-1)
    if array.dtype == np.float32:
        values = [float(repr(value).removeprefix("np.float32(").removesuffix(")")) for value in data]
    else:
        values = data.tolist()
    return {"type": str(array.dtype), "shape": list(array.shape), "data": values}


def case(name, function, *inputs):
    """Records a case of a function of arrays."""
    assert name not in CASES, name
    result = np.asarray(function(*inputs))
    assert result.dtype == bool or np.isfinite(result).all(), name
    CASES[name] = {"inputs": [packed(x) for x in inputs], "output": packed(result)}


def onnx_node(operator, *constants, opset=21, **attributes):
    """A function that runs one node; arrays among the constants follow the inputs."""

    def run(*inputs):
        arrays = [np.asarray(x) for x in inputs + constants]
        names = [f"x{i}" for i in range(len(arrays))]
        node = helper.make_node(operator, names, ["y"], **attributes)
        values = [
            helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(x.dtype), x.shape)
            for name, x in zip(names, arrays)
        ]
        graph = helper.make_graph([node], "g", values, [onnx.ValueInfoProto(name="y")])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        return session.run(None, dict(zip(names, arrays)))[0]

    return run


def nhwc(function):
    """An operator on NCHW images as one on NHWC images."""
    return lambda x: np.transpose(function(np.ascontiguousarray(np.transpose(x, (0, 3, 1, 2)))), (0, 2, 3, 1))


def elements():
    a, b = image(2, 3, 4), np.where(image(3, 1) < 0, np.float32(-0.75), np.float32(1.25))
    for name in ["add", "subtract", "multiply", "divide", "maximum", "minimum", "floor_divide", "mod", "arctan2"]:
        case(f"{name}/float", getattr(ops, name), a, b)
    case("power/float", ops.power, np.abs(a), b)
    case("remainder/float", onnx_node("Mod", fmod=1), a, np.broadcast_to(b, a.shape).copy())
    i, j = whole(-9, 9, 4, 1), np.array([-4, -3, 2, 5], "int32")
    for name in ["add", "subtract", "multiply", "maximum", "minimum", "floor_divide", "mod"]:
        case(f"{name}/int", getattr(np, name), i, j)
    case("divide/int", onnx_node("Div"), i, j)
    case("remainder/int", onnx_node("Mod", fmod=1), i, j)
    case("power/int", np.power, i, np.array([0, 1, 2, 3], "int32"))
    case("add/uint8", np.add, whole(0, 255, 6, dtype="uint8"), whole(0, 255, 6, dtype="uint8"))
    x, y = whole(-2, 2, 3, 4).astype("float32"), whole(-2, 2, 4).astype("float32")
    for name in ["equal", "not_equal", "less", "less_equal", "greater", "greater_equal"]:
        case(f"{name}/float", getattr(ops, name), x, y)
    p, q = whole(0, 2, 3, 4, dtype="bool"), whole(0, 2, 4, dtype="bool")
    for name in ["logical_and", "logical_or", "logical_xor"]:
        case(name, getattr(ops, name), p, q)
    case("logical_not", ops.logical_not, p)
    case("where", ops.where, p, x, y)
    case("where/scalar", ops.where, p[:, :1], x, np.float32(0.5))
    z = image(9)
    for name in ["negative", "absolute", "square", "sign", "floor", "ceil", "trunc", "sin", "cos", "tan", "arctan"]:
        case(f"{name}/float", getattr(ops, name), z)
    for name in ["sinh", "cosh", "arcsinh", "expm1", "exp2"]:
        case(f"{name}/float", getattr(ops, name), z)
    for name in ["arcsin", "arccos", "arctanh", "log1p"]:
        case(f"{name}/float", getattr(ops, name), z / np.float32(4))
    for name in ["log2", "log10"]:
        case(f"{name}/float", getattr(ops, name), np.abs(z) + np.float32(0.5))
    case("arccosh/float", ops.arccosh, np.abs(z) + np.float32(1))
    halves = np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.25], "float32")
    case("round/float", ops.round, halves)
    case("cast/float_to_int32", onnx_node("Cast", to=onnx.TensorProto.INT32), z)
    case("cast/float_to_bool", onnx_node("Cast", to=onnx.TensorProto.BOOL), np.array([0, 0.25, -1], "float32"))
    case("cast/int_to_uint8", lambda x: x.astype("uint8"), whole(-300, 300, 8))
    case("cast/bool_to_float", lambda x: x.astype("float32"), q)
    case("cast/int64_to_float", lambda x: x.astype("float32"), np.array([2**40 + 1, -(2**24) - 1], "int64"))


def layouts():
    x = image(3, 4, 5)
    case("slice/steps", lambda x: x[1:-1, ::-1, ::2], x)
    case("slice/backwards", lambda x: x[2:0:-1, -2:, 4:-100:-2], x)
    ends = [np.array(v, "int64") for v in ([-1, 1], [-(2**62), 2**62], [0, 2], [-2, 3])]
    case("slice/onnx", onnx_node("Slice", *ends), x)
    case("split", lambda x: np.split(x, [1, 3], axis=1)[1], x)
    case("transpose", lambda x: np.transpose(x, (4, 2, 0, 3, 1)), whole(0, 99, 2, 3, 1, 2, 2))
    case("squeeze", lambda x: ops.squeeze(x, axis=(1, -1)), whole(0, 9, 2, 1, 3, 1))
    case("expand_dims", lambda x: ops.expand_dims(x, axis=(0, -2)), whole(0, 9, 2, 3))
    case("broadcast_to", lambda x: ops.broadcast_to(x, (2, 3, 4)), image(3, 1))
    case("expand", onnx_node("Expand", np.array([2, 1, 4], "int64")), image(3, 1))
    case("tile/short", lambda x: ops.tile(x, (2,)), image(2, 3))
    case("tile/long", lambda x: ops.tile(x, (2, 1, 2)), image(2, 3))
    case("repeat", lambda x: ops.repeat(x, 3, axis=1), image(2, 3))
    case("roll", lambda x: ops.roll(x, 2, axis=1), x)
    case("roll/back", lambda x: ops.roll(x, -7, axis=-1), x)
    w = ((0, 0), (2, 1), (1, 3))
    for mode in ["reflect", "symmetric", "edge", "wrap"]:
        case(f"pad/{mode}", lambda x: np.pad(x, w, mode), x)
    case("pad/constant", lambda x: ops.pad(x, w, "constant", constant_values=0.5), x)
    far = ((7, 9), (0, 0), (0, 0))
    for mode in ["reflect", "symmetric", "wrap"]:
        case(f"pad/far_{mode}", lambda x: np.pad(x, far, mode), image(3, 1, 2))
    case("pad/crop", onnx_node("Pad", np.array([0, -1, 2, 0, 3, -1], "int64")), x)
    case("pad/int", lambda x: np.pad(x, 1, constant_values=-7), whole(-5, 5, 2, 2))
    blocks = image(1, 2, 3, 8)
    for mode in ["DCR", "CRD"]:
        case(f"depth_to_space/{mode}", nhwc(onnx_node("DepthToSpace", blocksize=2, mode=mode)), blocks)
    case("space_to_depth", nhwc(onnx_node("SpaceToDepth", blocksize=2)), image(1, 4, 6, 2))
    case("gather", onnx_node("Gather", axis=1), x, np.array([[0, -1], [2, 2]], "int64"))
    case("gather/scalar", lambda x: ops.take(x, 2, axis=-1), x)


def reductions():
    x, y = image(2, 3, 4), image(2, 3, 4)
    for name in ["mean", "sum", "max", "min", "prod"]:
        case(f"{name}/middle", lambda x: getattr(ops, name)(x, axis=1), x)
        case(f"{name}/outer", lambda x: getattr(ops, name)(x, axis=(0, -1), keepdims=True), x)
    for name, node in [("l1", "ReduceL1"), ("l2", "ReduceL2"), ("sum_square", "ReduceSumSquare")]:
        case(name, onnx_node(node, np.array([1, 2], "int64"), keepdims=0), x)
    case("log_sum", onnx_node("ReduceLogSum", np.array([1], "int64"), keepdims=1), np.abs(y))
    case("log_sum_exp", lambda x: ops.logsumexp(x, axis=-1), x)
    case("sum/int", lambda x: np.sum(x, axis=0, dtype="int32"), whole(-9, 9, 3, 4))
    case("any", lambda x: np.any(x, axis=0), whole(0, 2, 3, 4, dtype="bool"))
    case("all", lambda x: np.all(x, axis=0), whole(0, 2, 3, 4, dtype="bool"))
    few = whole(0, 3, 2, 5, 3).astype("float32")
    case("argmax", onnx_node("ArgMax", axis=1, keepdims=0), few)
    case("argmax/last", onnx_node("ArgMax", axis=1, keepdims=1, select_last_index=1), few)
    case("argmin", onnx_node("ArgMin", axis=-1, keepdims=0), few)
    case("cumsum", lambda x: ops.cumsum(x, axis=1), whole(-9, 9, 2, 4, 3).astype("float32"))
    case("cumsum/onnx", onnx_node("CumSum", np.array(1, "int64"), exclusive=1, reverse=1), whole(-9, 9, 2, 4))


def products():
    a, b = image(2, 1, 3, 4), image(5, 4, 2)
    case("matmul/batch", ops.matmul, a, b)
    case("matmul/vectors", ops.matmul, image(4), image(4))
    case("matmul/left_vector", ops.matmul, image(4), b)
    case("matmul/right_vector", ops.matmul, a, image(4))
    case("matmul/int", np.matmul, whole(-5, 5, 2, 3), whole(-5, 5, 3, 2))
    for name, subscripts, shapes in [
        ("dense", "bhwc,cd->bhwd", [(1, 2, 3, 4), (4, 5)]),
        ("attention", "bqhd,bkhd->bhqk", [(2, 3, 2, 4), (2, 5, 2, 4)]),
        ("ellipsis", "...ij,jk->...ik", [(2, 3, 4, 2), (2, 3)]),
        ("implicit", "ba,cb", [(2, 3), (4, 2)]),
        ("diagonal", "ii->i", [(3, 3)]),
        ("total", "ij->", [(3, 2)]),
        ("three", "ij,jk,kl->il", [(2, 3), (3, 2), (2, 4)]),
    ]:
        case(f"einsum/{name}", lambda *x: ops.einsum(subscripts, *x), *[image(*shape) for shape in shapes])
    i = np.array([[0, 2], [-1, 3]], "int32")
    case("one_hot", lambda x: ops.one_hot(x, 3), i)
    case("one_hot/axis", lambda x: ops.one_hot(x, 4, axis=0, dtype="int32"), i)
    case("one_hot/onnx", onnx_node("OneHot", np.array(4, "int64"), np.array([-1, 2], "float32"), axis=1), i.astype("int64"))
    case("shape", onnx_node("Shape", start=1), image(2, 3, 4))
    case("range/int", lambda: np.arange(7, -3, -3, dtype="int64"))
    case("range/float", lambda: np.arange(0, 1, 0.25, dtype="float32"))
    case("fill", onnx_node("ConstantOfShape", np.array([2, 3], "int64"), value=onnx.numpy_helper.from_array(np.array([3], "int32"))))


if __name__ == "__main__":
    elements()
    layouts()
    reductions()
    products()
    PATH.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{json.dumps(name)}: {json.dumps(body, separators=(',', ':'))}" for name, body in CASES.items()]
    PATH.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"{len(CASES)} cases, {PATH.stat().st_size} bytes")
