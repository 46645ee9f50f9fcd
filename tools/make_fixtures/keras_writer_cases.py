"""Writes the cases of one writer; keras_writers.py runs it in the writer's environment:
keras_writer_cases.py WRITER FOLDER.
"""

import json
import pathlib
import shutil
import sys
import zipfile

import numpy as np

import keras_writer_models as models
from keras_writer import BY, WRITER, keras, saving_lib, stop_clocks
from keras_writer_savers import (
    compiled, hdf5, hdf5_weights, latest, misnamed, packed, rewritten, save, sharded, unzipped, weights, windows)

ROOT = pathlib.Path(sys.argv[2])


# Cases: name, model, arguments, saver, writers. `twin` are arguments of a model that computes the same on any processor.

ALL = None
K2, TF_KERAS = ["keras2.9", "keras2.12", "keras2.13", "keras2.14", "keras2.15"], ["tf_keras2.16", "tf_keras2.19"]
CASES = [
    ("sequential", "sequential", {}, save, ALL),
    ("unet", "unet", {}, save, ALL),
    ("nested", "nested", {}, save, ALL),
    ("shared", "shared", {}, save, ALL),
    ("dictionaries", "dictionaries", {}, save, ["keras2.9", "keras2.12", "keras2.15", "keras3.0.0", "keras3.5.0", "keras3.15.1"]),
    ("operations", "operations", {}, save, ["keras2.9", "keras2.13", "tf_keras2.16", "keras3.0.5", "keras3.6.0", "keras3.15.1"]),
    ("composites", "composites", {}, save, ["keras2.12", "keras2.15", "keras3.0.0", "keras3.9.0"]),
    ("attributes", "attributes", {}, save, ["keras2.12", "keras2.13", "keras2.14", "keras2.15", "keras3.0.0", "keras3.0.5", "keras3.15.1"]),
    ("backbone", "attributes", {"backbone": "backbone"}, save, ["keras2.13", "keras3.0.0", "keras3.3.3"]),
    ("the_backbone", "attributes", {"backbone": "the_backbone"}, save, ["keras2.15", "tf_keras2.19", "keras3.0.5"]),
    ("mixed_float16", "small", {"policy": "mixed_float16"}, save, ["keras2.9", "keras2.13", "keras3.0.5", "keras3.6.0"]),
    ("bfloat16", "small", {"policy": "bfloat16"}, save, ["keras3.0.5", "keras3.15.1"]),
    ("channels_first", "unet", {"first": True}, save, ["keras2.9", "keras2.14", "keras3.5.0"]),
    ("frozen", "nested", {"frozen": True}, hdf5, ["keras2.9", "keras2.13", "tf_keras2.19", "keras3.3.3"]),
    ("chunked", "chunked", {}, hdf5, ["keras2.9", "keras3.9.0"]),
    ("chunked_weights", "chunked_weights", {}, hdf5, ["keras2.15"]),
    ("compiled", "small", {}, compiled, ["keras2.9", "keras2.14", "keras2.15", "keras3.0.0", "keras3.13.0"]),
    ("shared_models", "shared", {"deep": True}, save, ["keras3.0.0", "keras3.5.0", "keras3.15.1"]),
    ("hdf5", "shared", {}, hdf5, ["keras2.12", "keras2.15", "keras3.5.0", "keras3.15.1"]),
    ("misnamed", "small", {}, misnamed, ["keras2.9", "keras2.12"]),
    ("weights", "nested", {}, weights, ["keras2.13", "keras2.15", "keras3.0.5", "keras3.15.1"]),
    ("hdf5_weights", "nested", {}, hdf5_weights, ["keras2.9", "keras2.15"]),
    ("unzipped", "nested", {}, unzipped, ["keras3.5.0", "keras3.15.1"]),
    ("sharded", "small", {}, sharded, ["keras3.10.0", "keras3.15.1"]),
    ("windows", "nested", {}, windows, ["keras2.12", "keras2.13", "keras2.14", "keras2.15"]),
    ("latest", "small", {}, latest, ["keras2.15", "keras3.15.1"]),
    ("packed", "small", {}, packed, ["keras2.9", "keras3.6.0"]),
]
# Archives of these stay as Keras wrote them; those of others are deflated afterwards, which makes them a third as large.
STORED = ["sequential", "unet"]
EVERY_LAYER = ["keras2.13_unet", "keras3.0.5_unet"]


# Files that are not imported, in a folder beside that of the cases.


def experimental(folder):
    from keras.saving.experimental import saving_lib
    saving_lib.save_model(models.build("small", keras), str(folder / "tensorflow2.11.keras"))


def hugging_face(folder):
    import tensorflow as tf
    from transformers import SegformerConfig, TFSegformerForSemanticSegmentation
    model = TFSegformerForSemanticSegmentation(SegformerConfig(
        num_encoder_blocks=1, depths=[1], sr_ratios=[1], hidden_sizes=[4], patch_sizes=[3], strides=[2], num_attention_heads=[1],
        mlp_ratios=[1], decoder_hidden_size=4, num_labels=2))
    model(tf.zeros((1, 3, 16, 16)))
    model.save_weights(str(folder / "tf_model.h5"))


def pickled(folder):
    saving_lib.save_model(models.build("small", keras), str(folder / "pickled.keras"), weights_format="npz")


def folded(folder):
    """An archive that someone unpacked and packed again, with the folder around it."""
    models.build("small", keras).save(str(folder / "model"), zipped=False)
    with zipfile.ZipFile(folder / "folded.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted((folder / "model").iterdir()):
            archive.write(file, f"model/{file.name}")
    shutil.rmtree(folder / "model")


CONTAINERS = {"keras2.11": [experimental, hugging_face], "keras3.15.1": [pickled, folded]}


def made(name, seed, policy=None, **arguments):
    """A model with weights, and one that computes in float32 with channels last what it stands for."""
    keras.backend.clear_session()
    if policy:
        keras.mixed_precision.set_global_policy(policy)
    model = models.build(name, keras, **arguments)
    keras.mixed_precision.set_global_policy("float32")
    models.randomise(model, seed)
    if not policy and not arguments.get("first"):
        return model, model
    twin = models.build(name, keras)
    twin.set_weights([np.asarray(value).astype("float32") for value in model.get_weights()])
    return model, twin


def flat(outputs):
    """Tensors in the order of Keras, which is that of the keys in a dictionary."""
    if isinstance(outputs, dict):
        return [outputs[key] for key in sorted(outputs)]
    return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]


def numbers(tensor, first):
    value = np.asarray(tensor, "float32")
    assert np.isfinite(value).all() and value.std() > 1e-3, "nothing to see"
    return np.ascontiguousarray(np.moveaxis(value, 3, 1)) if first else value


def record(directory, model, files, note, seed, first, every_layer):
    """Writes inputs, what `model` computes from them, and case.json."""
    data = directory / "test_data_set_0"
    data.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    inputs = [rng.normal(0, 1, [1] + [size or 8 for size in tensor.shape[1:]]).astype("float32") for tensor in model.inputs]
    names = [tensor.name.split(":")[0] for tensor in model.inputs]
    feed = dict(zip(names, inputs)) if len(inputs) > 1 else inputs[0]
    for place, (_, value) in enumerate(sorted(zip(names, inputs))):
        np.save(data / f"input_{place}.npy", np.ascontiguousarray(np.moveaxis(value, 3, 1)) if first else value)
    for place, output in enumerate(flat(model(feed, training=False))):
        np.save(data / f"output_{place}.npy", numbers(output, first))
    case = {"by": BY, "note": note, **files}
    if every_layer:
        case["layers"] = {}
        (data / "layers").mkdir()
        live = [layer for layer in model.layers if type(layer).__name__ not in ("InputLayer", "SpatialDropout2D")]
        results = keras.Model(model.inputs, [layer.output for layer in live])(feed, training=False)
        for layer, result in zip(live, results):
            case["layers"][layer.name] = f"layers/{layer.name}.npy"
            np.save(data / case["layers"][layer.name], numbers(result, first))
    (directory / "case.json").write_text(json.dumps(case, indent=1) + "\n")


def main():
    stop_clocks()
    folder = ROOT.with_name("containers")
    folder.mkdir(exist_ok=True)
    for write in CONTAINERS.get(WRITER, []):
        keras.utils.set_random_seed(1)
        write(folder)
    for seed, (name, model_name, arguments, saver, writers) in enumerate(CASES):
        if WRITER == "keras2.11" or writers is not ALL and WRITER not in writers:
            continue
        directory = ROOT / f"{WRITER}_{name}"
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        model, twin = made(model_name, seed, **arguments)
        files = saver(model, directory)
        if name not in STORED and zipfile.is_zipfile(directory / files["model"]):
            rewritten(directory / files["model"], method=zipfile.ZIP_DEFLATED)
        label = f"{WRITER}_{name}"
        record(directory, twin, files, (models.MODELS[model_name].__doc__ or name).strip().split("\n")[0], seed,
               arguments.get("first", False), label in EVERY_LAYER)
        print(label, sum(file.stat().st_size for file in directory.rglob("*") if file.is_file()), flush=True)


if __name__ == "__main__":
    main()
