"""Writes Fixtures/cases/onnx_unused_outputs: networks of which another output needs what cannot be read. The masks are what ONNX Runtime
computes for the output that is used.

  python onnx_output_cases.py         with the packages of requirements-onnx.txt
"""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

from case_files import Kind, classes
from onnx_models import Builder


def trunk(b):
    return b.add("Relu", b.conv("image", 3, 6))


def model(b, outputs, functions=(), domains=()):
    """`outputs` are names of values and what to call them."""
    for value, name in outputs:
        b.nodes.append(helper.make_node("Identity", [value], [name], name=name))
    graph = helper.make_graph(
        b.nodes, "fixture", [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 3, "H", "W"])] + b.inputs,
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for _, name in outputs], b.initializers)
    for output in graph.output:
        output.type.tensor_type.ClearField("shape")
    imports = [helper.make_opsetid("", 17)] + [helper.make_opsetid(domain, 1) for domain in domains]
    return helper.make_model(graph, opset_imports=imports, ir_version=8, functions=list(functions))


def subgraph(b):
    """The other output is chosen by an `If`, whose branches read the trunk."""
    x = trunk(b)
    condition = b.add("Greater", b.add("ReduceMax", x, keepdims=0), b.scalar(0.5))
    branches = {}
    for name, kind in [("then_branch", "Neg"), ("else_branch", "Abs")]:
        value = helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
        branches[name] = helper.make_graph([helper.make_node(kind, [x], [name])], name, [], [value])
    other = b.add("If", condition, **branches)
    return [(other, "aux"), (b.conv(x, 6, 3, size=1), "main")]


def loop(b):
    x = trunk(b)
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["on"]), helper.make_node("Add", ["sum", "sum"], ["next"])], "body",
        [helper.make_tensor_value_info("i", TensorProto.INT64, [1]), helper.make_tensor_value_info("go", TensorProto.BOOL, [1]),
         helper.make_tensor_value_info("sum", TensorProto.FLOAT, None)],
        [helper.make_tensor_value_info("on", TensorProto.BOOL, [1]), helper.make_tensor_value_info("next", TensorProto.FLOAT, None)])
    other = b.add("Loop", b.scalar(3, np.int64), b.scalar(True, np.bool_), x, body=body)
    return [(b.conv(x, 6, 3, size=1), "main"), (other, "aux")]


def operator(b):
    """An operator without a rule, and one with an attribute that is not supported."""
    x = trunk(b)
    found = b.add("NonZero", b.conv(x, 6, 2, size=1))
    pooled = b.add("LpPool", x, kernel_shape=[2, 2], p=3)
    return [(b.conv(x, 6, 3, size=1), "main"), (pooled, "pooled"), (b.add("Cast", found, to=TensorProto.FLOAT), "places")]


def second_input(b):
    """An input of text that only the other output reads."""
    x = trunk(b)
    b.inputs.append(helper.make_tensor_value_info("name", TensorProto.STRING, [1]))
    b.inputs.append(helper.make_tensor_value_info("sun", TensorProto.FLOAT, [1, 4]))
    same = b.add("Cast", "name", to=TensorProto.FLOAT)
    return [(b.conv(x, 6, 3, size=1), "main"), (b.add("Mul", same, "sun"), "aux")]


def save(kind, build, arguments=(), feed=None):
    for seed in range(100):
        b = Builder(seed)
        b.inputs = []
        whole = model(b, build(b))
        x = (kind.image.astype(np.float32) * np.float32(1 / 255)).transpose(2, 0, 1)[None]
        part = onnx.ModelProto.FromString(whole.SerializeToString())
        del part.graph.output[:]
        part.graph.output.append(helper.make_tensor_value_info("main", TensorProto.FLOAT, None))
        part.graph.output[0].type.tensor_type.ClearField("shape")
        session = onnxruntime.InferenceSession(part.SerializeToString(), providers=["CPUExecutionProvider"])
        scores = session.run(["main"], {"image": np.ascontiguousarray(x), **(feed or {})})[0][0]
        try:
            mask = classes(scores, axis=0)
        except AssertionError:
            continue
        onnx.save(whole, kind.folder / f"{build.__name__}.onnx")
        kind.write(build.__name__, mask, arguments)
        return
    raise AssertionError(build.__name__)


def main():
    kind = Kind("onnx_unused_outputs", 32, 32, 21)
    save(kind, subgraph, ["--output-name", "main"])
    save(kind, loop)
    save(kind, operator)
    save(kind, second_input, feed={"name": np.array(["1"], object), "sun": np.zeros((1, 4), np.float32)})


if __name__ == "__main__":
    main()
