"""The cases of keras_quirks.py that are saved as HDF5 models, or as weights without their architecture."""

import json

import h5py
import numpy as np

from keras_quirks_models import nested, unet
from keras_saving import ROOT, legacy, randomise, record

CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


@case
def legacy_unet(name):
    legacy(name, unet(), [8, 12])


@case
def legacy_nested_frozen(name):
    model = nested()
    model.get_layer("block").get_layer("conv").trainable = False
    legacy(name, model)


@case
def legacy_split_attributes(name):
    """Lists of names cut into `layer_names0`, `layer_names1`, as Keras does above 64512 bytes."""
    model = unet()
    legacy(name, model, [8, 8])
    with h5py.File(ROOT / name / "model.h5", "a") as file:
        group = file["model_weights"]
        names = list(group.attrs["layer_names"])
        del group.attrs["layer_names"]
        group.attrs["layer_names0"] = names[:5]
        group.attrs["layer_names1"] = names[5:]
        group["image"].attrs["weight_names"] = np.zeros(0, dtype="float64")


@case
def legacy_packed(name):
    """Chunked, shuffled, deflated, big-endian and double-precision datasets, and fixed-length attribute strings."""
    model = unet()
    legacy(name, model, [8, 8])
    with h5py.File(ROOT / name / "model.h5", "a") as file:
        config = file.attrs["model_config"]
        del file.attrs["model_config"]
        file.attrs["model_config"] = np.bytes_(config)
        for index, path in enumerate(["enc0_conv/enc0_conv/kernel", "classes/classes/kernel", "dec0_conv/dec0_conv/kernel"]):
            path = "model_weights/" + path
            value = file[path][()]
            del file[path]
            file.create_dataset(path, data=value.astype([">f4", "<f8", ">f8"][index]), chunks=True, compression="gzip",
                                shuffle=True, fletcher32=True)


@case
def weights_and_architecture(name):
    model = unet()
    randomise(model, 5)
    (ROOT / name).mkdir(parents=True, exist_ok=True)
    model.save_weights(ROOT / name / "model.weights.h5")
    (ROOT / name / "model.json").write_text(model.to_json())
    record(name, model, {"model": "model.weights.h5", "architecture": "model.json"}, [8, 8])


@case
def keras2_unet(name):
    """The configuration and weight names as Keras 2 wrote them, from the same model."""
    model = unet()
    legacy(name, model, [8, 12])
    with h5py.File(ROOT / name / "model.h5", "a") as file:
        config = json.loads(file.attrs["model_config"])
        config["class_name"], inner = "Model", config["config"]
        for key in ["input_layers", "output_layers"]:
            inner[key] = [inner[key]]
        for layer in inner["layers"]:
            for key in ["module", "registered_name", "build_config"]:
                layer.pop(key, None)
            c = layer["config"]
            c["dtype"] = "float32"
            if "batch_shape" in c:
                c["batch_input_shape"] = c.pop("batch_shape")
            nodes = []
            for node in layer["inbound_nodes"]:
                arguments = node["args"][0] if isinstance(node["args"][0], list) else [node["args"][0]]
                nodes.append([a["config"]["keras_history"] + [{}] for a in arguments])
            layer["inbound_nodes"] = nodes
        file.attrs["model_config"] = json.dumps(config)
        file.attrs["keras_version"] = file["model_weights"].attrs["keras_version"] = "2.3.1"
        for layer in file["model_weights"]:
            group = file["model_weights"][layer]
            renamed = []
            for old in list(group.attrs.get("weight_names", [])):
                old = old.decode() if isinstance(old, bytes) else old
                group.move(old, old + ":0")
                renamed.append((old + ":0").encode())
            if renamed:
                group.attrs["weight_names"] = renamed
