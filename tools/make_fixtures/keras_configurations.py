"""Writes Fixtures/configurations: Keras 3 models whose configurations, rather than whose layers, are unusual, and
Fixtures/malformed/configurations: configurations that must be refused.

Run from the root of the package:  python tools/make_fixtures/keras_configurations.py
"""

import json
import shutil

import keras_malformed as malformed
import keras_quirks as quirks
import keras
import numpy as np
from keras import layers as L
from keras import ops
from keras_malformed import archive as file_of
from keras_malformed import conv, functional, image, layer, legacy

ROOT = quirks.ROOT.parent / "configurations"
REFUSED = malformed.ROOT.parent / "configurations"
CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def save(name, model, sizes=None):
    """Both containers."""
    quirks.archive(name, model, sizes)
    quirks.legacy(name + "_h5", model, sizes)


def picture(channels=4, name="image"):
    return keras.Input((6, 6, channels), name=name)


def block():
    x = keras.Input((6, 6, 4))
    y = L.Conv2D(4, 3, padding="same", activation="relu", name="conv")(x)
    return keras.Model(x, [L.BatchNormalization(name="bn")(y), L.Conv2D(4, 1, name="mix")(y)], name="block")


@case
def nested_outputs(name):
    x, inner = picture(), block()
    a, b = inner(x)
    c, d = inner(L.Add()([a, b]))
    save(name, keras.Model(x, [L.Subtract()([c, a]), L.Multiply()([d, b]), d]))


@case
def nested_dictionaries(name):
    """Inputs and outputs by key, within each other, of the model and of one inside it."""
    x, y = picture(), picture(name="other")
    i = {"b": keras.Input((6, 6, 4), name="first"), "a": keras.Input((6, 6, 4), name="second")}
    inner = keras.Model(i, {"sum": L.Add()([i["a"], i["b"]]), "difference": L.Subtract()([i["b"], i["a"]])}, name="inner")
    results = inner({"a": x, "b": L.Conv2D(4, 1)(y)})
    model = keras.Model([x, y], {"z": {"mask": L.Conv2D(1, 1)(results["difference"]), "edges": results["sum"]},
                                 "list": [L.ReLU()(x), results["sum"]]})
    quirks.archive(name, model)


@case
def repeated_outputs(name):
    """One tensor twice, and an input that is an output."""
    x = picture()
    y = L.Conv2D(2, 1, name="conv")(x)
    save(name, keras.Model(x, [y, x, y]))


@case
def sequential_built_late(name):
    """No layer for the input: its shape stands beside the layers."""
    model = keras.Sequential([L.Conv2D(3, 3, activation="relu"), keras.Sequential([L.Conv2D(2, 1)]), L.Softmax()])
    model.build((None, 6, 6, 4))
    quirks.archive(name, model)


@case
def sequential_of_models(name):
    """The first layer is a model, which alone knows the shape of the input."""
    i = keras.Input((6, 6, 4))
    first = keras.Model(i, L.Conv2D(3, 3)(i), name="first")
    save(name, keras.Sequential([first, keras.Sequential([L.ReLU(), L.Conv2D(2, 1)], name="second")]))


@case
def shared_operations(name):
    """A layer called between functions, at different depths, in the model and in one inside it."""
    x, y = picture(), picture(name="other")
    conv, i = L.Conv2D(4, 3, padding="same", name="shared"), keras.Input((6, 6, 4))
    inner = keras.Model(i, conv(i) * 0.5, name="inner")
    parts = ops.split(conv(x) + inner(conv(y - 1.0)), 2, axis=-1)
    save(name, keras.Model([x, y], [parts[1] * 2.0, parts[0] + ops.unstack(x, axis=-1)[3][..., None]]))


@case
def integer_input(name):
    x = keras.Input((6, 6, 3), dtype="uint8", name="image")
    model = keras.Model(x, L.Conv2D(2, 3)(L.Rescaling(1 / 255)(x)))
    directory = quirks.ROOT / name / "test_data_set_0"
    quirks.archive(name, model)
    pixels = np.random.default_rng(7).integers(0, 256, (1, 6, 6, 3))
    np.save(directory / "input_0.npy", pixels.astype("float32"))
    np.save(directory / "output_0.npy", np.asarray(model(pixels.astype("uint8"))))


@case
def policies(name):
    """Precisions as a name, as an object, and as a map of them for the parts of a model."""
    x = picture()
    i = keras.Input((6, 6, 4))
    inner = keras.Model(i, L.Conv2D(4, 1, dtype="mixed_float16", name="half")(i), name="inner")
    y = L.Conv2D(3, 3, dtype=keras.DTypePolicy("mixed_bfloat16"), name="brain")(inner(x))
    model = keras.Model(x, L.Activation("softmax", dtype="float32")(y))
    quirks.archive(name, model)
    plain = keras.Model(x, L.Softmax()(L.Conv2D(3, 3)(L.Conv2D(4, 1)(x))))
    plain.set_weights(model.get_weights())
    quirks.record(name, plain, {"model": "model.keras"})


@case
def custom_objectives(name):
    """A loss, a metric and an optimiser of one's own."""
    @keras.saving.register_keras_serializable(package="mine")
    def dice(y, p):
        return 1 - ops.mean(y * p)

    @keras.saving.register_keras_serializable(package="mine")
    class Score(keras.metrics.Mean):
        pass

    x = picture()
    model = keras.Model(x, L.Conv2D(1, 1, activation="sigmoid")(x))
    model.compile("adam", loss=dice, metrics=[Score(name="score")])
    save(name, model)


@keras.saving.register_keras_serializable(package="mine")
class Shrink(L.Layer):
    def __init__(self, factor=2, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, x):
        return x / self.factor

    def get_config(self):
        return super().get_config() | {"factor": self.factor}


@keras.saving.register_keras_serializable(package="mine")
class Mix(L.Conv2D):
    """A layer of one's own that computes what a known one does, with weights."""


@keras.saving.register_keras_serializable(package="mine")
class Join(L.Layer):
    def call(self, tensors):
        return ops.concatenate(tensors, axis=-1)


@case
def substituted(name):
    x = picture()
    y = L.Lambda(lambda t: t / 255, name="scale")(x)
    y = Mix(4, 3, padding="same", activation="relu", name="mix")(y)
    y = L.Lambda(lambda t: t[:, ::2, ::2], name="thin")(y)
    y = L.Lambda(lambda t: ops.image.resize(t, (6, 6)), name="grow")(y)
    y = Join(name="join")([Shrink(4, name="shrink")(y), x, L.Lambda(lambda t: ops.flip(t, -1), name="flip")(x)])
    y = L.Lambda(lambda t: ops.mean(t, axis=-1, keepdims=True), name="mean")(y)
    model = keras.Model(x, y)
    save(name, model)
    chosen = {
        "scale": {"class_name": "Rescaling", "config": {"scale": 1 / 255}}, "mine>Mix": "Conv2D",
        "thin": "get_item(key=':, ::2, ::2')", "grow": "resize(height=6, width=6)", "Join": "concat", "Shrink": "rescaling(scale=1/4)",
        "flip": "flip(axis=-1)", "mean": "mean(axis=-1, keepdims=true)"}
    for directory in [name, name + "_h5"]:
        (ROOT / directory / "substitutions.json").write_text(json.dumps(chosen, indent=1) + "\n")
        path = ROOT / directory / "case.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"substitutions": "substitutions.json"}, indent=1) + "\n")


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
        (REFUSED / name).write_bytes(content)
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
    expect("function_node.h5", old({"class_name": "TensorFlowOpLayer", "name": "op", "inbound_nodes": [[tensor]], "config": {
        "name": "op", "node_def": json.dumps({"name": "AddV2", "op": "AddV2", "input": ["image", "AddV2/y"]}), "constants": {"1": 2.0}}}),
           "unsupported", "op", ["TensorFlowOpLayer of AddV2"])
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


EXPECTED = {}


def main():
    for directory in [ROOT, REFUSED]:
        shutil.rmtree(directory, ignore_errors=True)
    REFUSED.mkdir(parents=True)
    refused()
    (REFUSED / "expected.json").write_text(json.dumps(EXPECTED, indent=1, sort_keys=True) + "\n")
    quirks.ROOT = ROOT
    for name, make in CASES.items():
        keras.backend.clear_session()
        keras.utils.set_random_seed(1)
        make(name)
        print(name)


if __name__ == "__main__":
    main()
