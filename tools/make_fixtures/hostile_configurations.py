"""Writes Fixtures/malformed/configurations: configurations that must be refused, with expected.json.

Run from the root of the package:  python tools/make_fixtures/hostile_configurations.py
"""

import json
import shutil

import keras_malformed as malformed
from keras_malformed import archive as file_of
from keras_malformed import conv, functional, image, layer, legacy

ROOT = malformed.ROOT.parent / "configurations"
EXPECTED = {}


def tensor_of(name):
    return {"class_name": "__keras_tensor__", "config": {"keras_history": [name, 0, 0]}}


def operation(name, class_name, *args, module="keras.src.ops.numpy", **config):
    """A node of a function; text stands for the tensor of that layer."""
    return layer(class_name, name, None, module=module, registered=class_name, **config) | {
        "inbound_nodes": [{"args": [tensor_of(a) if isinstance(a, str) else a for a in args], "kwargs": {}}]}


def keras2(layers, outputs):
    """A model in the form of Keras 2."""
    return {"class_name": "Functional", "config": {"name": "model", "layers": layers, "input_layers": [["image", 0, 0]],
                                                   "output_layers": [[outputs, 0, 0]]}}


def keras2_image():
    return {"class_name": "InputLayer", "name": "image", "inbound_nodes": [],
            "config": {"name": "image", "batch_input_shape": [None, 8, 8, 1], "dtype": "float32"}}


def function(name, symbol, node, class_name="TFOpLambda"):
    return {"class_name": class_name, "name": name, "config": {"name": name, "function": symbol}, "inbound_nodes": [node]}


def refused():
    def expect(name, content, kind, site=None, says=()):
        (ROOT / name).write_bytes(content)
        EXPECTED[name] = {"kind": kind, "says": list(says)} | ({"site": site} if site else {})

    def graph(*layers, outputs="conv"):
        return file_of(functional([image(), *layers], outputs))

    def old(*layers, outputs="op"):
        return legacy(config=keras2([keras2_image(), *layers], outputs))

    tensor = ["image", 0, 0, {}]
    # Code in files, and classes that run or load something.
    for name, class_name, config in [
            ("tfsm", "TFSMLayer", {"filepath": "/etc/passwd"}), ("torch", "TorchModuleWrapper", {"module": "AAAA"}),
            ("jax", "JaxLayer", {"call_fn": {"class_name": "__lambda__"}}), ("flax", "FlaxLayer", {"module": {}}),
            ("get_file", "get_file", {"origin": "http://localhost/x"}), ("load_model", "load_model", {"filepath": "/etc/passwd"}),
            ("lookup", "StringLookup", {"vocabulary": "/etc/passwd"}), ("text", "TextVectorization", {"vocabulary": "http://localhost/"}),
            ("conv3d", "Conv3D", {"filters": 1}), ("lstm", "LSTM", {"units": 1})]:
        expect(f"class_{name}.keras", graph(layer(class_name, "conv", "image", **config)), "unsupported", "conv", [class_name])
    expect("all_at_once.keras", graph(
        layer("Lambda", "first", "image", function={"class_name": "__lambda__", "config": {"code": "4wEAAA=="}}),
        layer("Mine", "second", "first", module=None, registered="mine>Mine"),
        operation("third", "FFT", "second", module="keras.src.ops.math"), conv("conv", "third", dtype={
            "module": "keras", "class_name": "GPTQDTypePolicy", "config": {"mode": "gptq/4/128", "source_name": "float32"}})),
        "unsupported", "first", ["Lambda (layer first)", "Mine (layer second, registered as mine>Mine)",
                                 "keras.ops FFT (layer third", "Conv2D (layer conv)", "gptq"])
    expect("inner_lambda.keras", file_of(functional([image(), functional(
        [image(), layer("Lambda", "code", "image")], "code") | {"name": "inner", "inbound_nodes": [
            {"args": [tensor_of("image")], "kwargs": {}}]}], "inner")), "unsupported", "inner/code", ["Lambda"])
    # Precisions.
    for name, dtype in {
            "int4": {"class_name": "Int4DTypePolicy", "config": {"mode": "int4/128", "source_name": "float32"}},
            "gptq": {"class_name": "GPTQDTypePolicy", "config": {"mode": "gptq/4/128", "source_name": "float32"}},
            "awq": {"class_name": "AWQDTypePolicy", "config": {"mode": "awq/4/128", "source_name": "mixed_bfloat16"}},
            "named": "int4_from_float32", "map": {"class_name": "DTypePolicyMap", "config": {
                "default_policy": "float32", "policy_map": {"a": {"class_name": "DTypePolicy", "config": {"name": "int4_from_float32"}}}}},
            "complex": "complex64"}.items():
        expect(f"policy_{name}.keras", graph(conv("conv", "image", dtype=dtype)), "unsupported", "conv")
    expect("policy_int8_embedding.keras", graph(layer("Embedding", "conv", "image", input_dim=4, output_dim=2, dtype={
        "class_name": "QuantizedDTypePolicy", "config": {"mode": "int8", "source_name": "float32"}})), "unsupported", "conv", ["int8"])
    expect("input_text.keras", file_of(functional([layer("InputLayer", "image", batch_shape=[None, 8, 8, 1], dtype="string"),
                                                   conv("conv", "image")])), "unsupported", "image", ["string"])
    expect("input_sparse.keras", file_of(functional([layer("InputLayer", "image", batch_shape=[None, 8, 8, 1], sparse=True),
                                                     conv("conv", "image")])), "unsupported", "image", ["sparse"])
    expect("input_integers.keras", file_of(functional([layer("InputLayer", "image", batch_shape=[None, 8, 8, 1], dtype="uint8"),
                                                       conv("conv", "image")])), "unsupported", "conv", ["integers"])
    # Functions of Keras 3.
    expect("operation_unknown.keras", graph(operation("conv", "Svd", "image", module="keras.src.ops.linalg")), "unsupported", "conv", ["Svd"])
    expect("operation_key.keras", graph(operation("conv", "Mean", "image", axis=1, mode="odd")), "unsupported", "conv", ["mode"])
    expect("operation_arguments.keras", graph(operation("conv", "Add", "image", 1, 2)), "unsupported", "conv")
    expect("operation_operand.keras", graph(operation("conv", "Add", "image", {"class_name": "__lambda__"})), "malformed", "conv")
    expect("operation_nothing.keras", graph(operation("conv", "Add", "image")), "malformed", "conv")
    expect("operation_axis.keras", graph(operation("conv", "Mean", "image", axis=9)), "malformed", "conv")
    expect("operation_shapes.keras", graph(operation("conv", "Add", "image", [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])), "malformed", "conv")
    expect("operation_ragged.keras", graph(operation("conv", "Add", "image", {"class_name": "__numpy__", "config": {
        "value": [[1.0], [1.0, 2.0]], "dtype": "float32"}})), "malformed", "conv")
    expect("operation_index.keras", graph(operation("conv", "GetItem", "image", [9])), "malformed", "conv")
    expect("operation_mask.keras", graph(operation("conv", "GetItem", "image", "image")), "unsupported", "conv")
    expect("operation_step.keras", graph(operation("conv", "GetItem", "image", [
        {"class_name": "__slice__", "config": {"start": None, "stop": None, "step": 0}}])), "malformed", "conv")
    expect("operation_split.keras", graph(operation("conv", "Split", "image", indices_or_sections=3, axis=1)), "malformed", "conv")
    expect("operation_result.keras", file_of(functional([image(), operation("op", "Split", "image", indices_or_sections=2, axis=1),
                                                         conv("conv", ["op", 0, 2])])), "malformed", "conv")
    expect("operation_huge.keras", graph(operation("conv", "Tile", "image", repeats=[1, 2**30, 2**30, 2**30])), "malformed", "conv")
    expect("operation_reshape.keras", graph(operation("conv", "Reshape", "image", newshape=[-1, -1])), "malformed", "conv")
    expect("operation_pad.keras", graph(operation("conv", "Pad", "image", pad_width=[[0, 0], [2**62, 0], [0, 0], [0, 0]])), "malformed", "conv")
    # Functions of TensorFlow in Keras 2.
    expect("function_unknown.h5", old(function("op", "image.extract_patches", tensor)), "unsupported", "op", ["tf.image.extract_patches"])
    expect("function_einsum.h5", old(function("op", "einsum", ["_CONSTANT_VALUE", -1, "bhwc,cd->bhwd", {}])), "unsupported", "op", ["operands"])
    expect("function_keyword.h5", old(function("op", "math.add", ["image", 0, 0, {"y": 1.0, "odd": 2}])), "unsupported", "op", ["odd"])
    def node(operation, constants, **attributes):
        return old({"class_name": "TensorFlowOpLayer", "name": "op", "inbound_nodes": [[tensor]], "config": {
            "name": "op", "node_def": {"name": "n", "op": operation, "input": [], "attr": attributes}, "constants": constants}})
    expect("function_node.h5", node("ExtractImagePatches", {}), "unsupported", "op", ["TensorFlowOpLayer of ExtractImagePatches"])
    expect("function_node_attribute.h5", node("Relu", {}, odd={"i": "2"}), "unsupported", "op", ["odd"])
    expect("function_node_inputs.h5", node("AddV2", {"0": 1.0, "2": 1.0}), "malformed", "op", ["3 inputs"])
    expect("function_node_gap.h5", node("AddV2", {"3": 1.0}), "malformed", "op", ["leave inputs out"])
    expect("function_node_slice.h5", node("StridedSlice", {"1": [0, 0], "2": [1], "3": [1, 1]}), "malformed", "op", ["lengths"])
    expect("function_node_text.h5", old({"class_name": "TensorFlowOpLayer", "name": "op", "inbound_nodes": [[tensor]], "config": {
        "name": "op", "node_def": "\n\x7fAdd", "constants": {}}}), "unsupported", "op", ["TensorFlowOpLayer"])
    for name in ["InstanceProperty", "InstanceMethod", "ClassMethod", "ModuleWrapper"]:
        expect(f"function_{name}.h5", old(function("op", "x", tensor, name)), "unsupported", "op", [name])
    expect("function_training.h5", legacy(config=keras2([keras2_image(), {
        "class_name": "Dropout", "name": "op", "config": {"name": "op", "rate": 0.5},
        "inbound_nodes": [[["image", 0, 0, {"training": True}]]]}], "op")), "unsupported", "op", ["training=True"])
    # Graphs.
    expect("growth.keras", file_of(growing(20)), "limit")
    expect("mask.keras", graph(layer("Softmax", "conv", "image", kwargs={"mask": tensor_of("image")})), "unsupported", "conv", ["mask"])
    expect("version_4.keras", file_of(version="4.0"), "imports", says=["newer"])
    expect("version_long.keras", file_of(version="9" * 100_000), "imports", says=["newer"])
    expect("version_empty.keras", file_of(version=""), "imports", says=["does not say which Keras"])


def growing(depth):
    """Each model calls the next one twice."""
    inner = functional([image(), layer("ReLU", "conv", "image")])
    for _ in range(depth):
        calls = [{"args": [tensor_of("image")], "kwargs": {}}, {"args": [tensor_of("inner")], "kwargs": {}}]
        inner = functional([image(), inner | {"name": "inner", "inbound_nodes": calls}], [["inner", 2, 0]])
    return inner


def main():
    shutil.rmtree(ROOT, ignore_errors=True)
    ROOT.mkdir(parents=True)
    refused()
    (ROOT / "expected.json").write_text(json.dumps(EXPECTED, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
