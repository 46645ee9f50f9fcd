"""ONNX graphs whose inputs are of all types, and which compute with integers."""

import numpy as np
from onnx import TensorProto

from axes_cases import HEIGHT, WIDTH
from axes_onnx import case, number, scaled, to_first, to_last


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


add_types()
