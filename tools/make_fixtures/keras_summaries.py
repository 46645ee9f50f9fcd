"""Writes Fixtures/summaries/keras.json: what Keras' own summary says of models among the fixtures.

Run from the root of the package, after keras_quirks.py:  python tools/make_fixtures/keras_summaries.py

For each model: all parameters and those that are trained; for each layer, those of nested models after it, its path,
class, parameters, trained parameters, and where the layer is one of the model itself, the shapes that it makes and the
layers that it reads, else null.
"""

import json
import os
import pathlib

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
from keras.src.utils.summary_utils import count_params

ROOT = pathlib.Path(__file__).resolve().parents[2] / "Fixtures"
MODELS = [
    "bfloat16_weights/model.keras", "functional_unet/model.keras", "keras2_unet/model.h5",
    "legacy_nested_frozen/model.h5", "legacy_unet/model.h5", "mixed_precision/model.keras", "nested_twice/model.keras",
    "nested_twice_as_outputs/model.keras", "normalization/model.keras", "reshaping/model.keras",
    "separable/model.keras", "sequential/model.keras", "shared_layer/model.keras", "squeeze_excite/model.keras",
]


def rows(model, prefix=""):
    used = None
    if not prefix and isinstance(model, keras.src.models.Functional):
        used = [node for nodes in model._nodes_by_depth.values() for node in nodes]
    for layer in model.layers:
        shapes = sources = None
        if used is not None:
            nodes = [node for node in layer._inbound_nodes if node in used]
            shapes = []
            for tensor in [tensor for node in nodes for tensor in node.output_tensors]:
                if list(tensor.shape) not in shapes:
                    shapes.append(list(tensor.shape))
            sources = [t._keras_history.operation.name for node in nodes for t in node.input_tensors]
        path = prefix + layer.name
        trained = count_params(layer.trainable_weights)
        yield [path, type(layer).__name__, layer.count_params(), trained, shapes, sources]
        if hasattr(layer, "layers"):
            yield from rows(layer, path + "/")


def main():
    summaries = []
    for name in MODELS:
        model = keras.models.load_model(ROOT / "keras" / name, compile=False)
        head = {"file": name, "parameters": model.count_params(), "trained": count_params(model.trainable_weights)}
        layers = ",\n".join("    " + json.dumps(row) for row in rows(model))
        summaries.append(json.dumps(head)[:-1] + ', "layers": [\n' + layers + "]}")
    (ROOT / "summaries" / "keras.json").write_text("[\n" + ",\n".join(summaries) + "\n]\n")


main()
