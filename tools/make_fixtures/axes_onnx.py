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


def main(folder, names):
    for c in CASES:
        if names and not any(n in f"{c['kind']}/{c['name']}" for n in names):
            continue
        try:
            make(folder, c)
        except Exception as error:
            print(f"{c['kind']}/{c['name']}: {type(error).__name__} {str(error)[:300]}")


# Everything else is in tables of functions.
import axes_onnx_numbers  # noqa: E402,F401
import axes_onnx_sizes  # noqa: E402,F401
import axes_onnx_types  # noqa: E402,F401
