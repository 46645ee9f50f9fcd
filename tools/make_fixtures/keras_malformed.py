"""Writes Fixtures/malformed/keras: files that must be refused, and expected.json with the kind and site of each error.

Run from the root of the package:  python tools/make_fixtures/keras_malformed.py
"""

import io
import json
import pathlib
import shutil
import struct
import zipfile

import h5py
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2] / "Fixtures" / "malformed" / "keras"
EXPECTED = {}


def conv(name, source=None, **config):
    layer = {"module": "keras.layers", "class_name": "Conv2D", "registered_name": None, "name": name,
             "config": {"name": name, "filters": 2, "kernel_size": [3, 3], "padding": "same"} | config}
    return layer | {"inbound_nodes": nodes(source) if source else []}


def nodes(*sources):
    tensor = lambda s: {"class_name": "__keras_tensor__", "config": {"keras_history": s if isinstance(s, list) else [s, 0, 0]}}
    args = [tensor(s) for s in sources]
    return [{"args": args if len(args) == 1 else [args], "kwargs": {}}]


def layer(class_name, name, *sources, module="keras.layers", registered=None, kwargs=None, **config):
    inbound = nodes(*sources) if sources else []
    if kwargs:
        inbound[0]["kwargs"] = kwargs
    return {"module": module, "class_name": class_name, "registered_name": registered, "name": name,
            "config": {"name": name} | config, "inbound_nodes": inbound}


def image(shape=(None, 8, 8, 1)):
    return layer("InputLayer", "image", batch_shape=None if shape is None else list(shape))


def functional(layers, outputs="conv", inputs="image"):
    return {"module": "keras", "class_name": "Functional", "registered_name": "Functional", "config": {
        "name": "model", "layers": layers, "input_layers": [[inputs, 0, 0]] if inputs else [],
        "output_layers": outputs if isinstance(outputs, list) else [[outputs, 0, 0]]}}


GOOD = functional([image(), conv("conv", "image")])
KERNEL = np.linspace(-1, 1, 18, dtype="float32").reshape(3, 3, 1, 2)
BIAS = np.array([0.5, -0.5], dtype="float32")


def weights(edit=None, kernel=KERNEL, bias=BIAS):
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        group = file.create_group("layers/conv2d/vars")
        if kernel is not None:
            group["0"] = kernel
        if bias is not None:
            group["1"] = bias
        if edit:
            edit(file)
    return buffer.getvalue()


def zipped(members, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name)
            archive.writestr(info, content, method)
    return buffer.getvalue()


def archive(config=GOOD, image=None, version="3.9.0", extra=()):
    config = config if isinstance(config, (bytes, str)) else json.dumps(config)
    members = [("metadata.json", json.dumps({"keras_version": version})), ("config.json", config),
               ("model.weights.h5", weights() if image is None else image)]
    return zipped(members + list(extra))


def legacy(edit=None, config=GOOD, version="2.13.1", group_of=None):
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.attrs["model_config"] = config if isinstance(config, str) else json.dumps(config)
        if version is not None:
            file.attrs["keras_version"] = version
        root = file.create_group("model_weights")
        root.attrs["layer_names"] = [b"image", b"conv"]
        root.create_group("image").attrs["weight_names"] = np.zeros(0)
        group = root.create_group("conv")
        group.attrs["weight_names"] = [b"conv/kernel:0", b"conv/bias:0"]
        group["conv/kernel:0"], group["conv/bias:0"] = KERNEL, BIAS
        if edit:
            edit(file)
    return buffer.getvalue()


def expect(name, content, kind, site=None):
    """A site of None means the file itself."""
    (ROOT / name).write_bytes(content)
    EXPECTED[name] = {"kind": kind} | ({"site": site} if site else {})


def containers():
    good = archive()
    expect("empty.keras", b"", "malformed")
    expect("seven_bytes.h5", b"\x89HDF\r\n\x1a", "malformed")
    expect("zip_truncated.keras", good[: len(good) // 2], "malformed")
    expect("zip_without_directory.keras", good[:-40], "malformed")
    expect("zip_parent_name.keras", archive(extra=[("../evil", b"x")]), "malformed", "../evil")
    expect("zip_absolute_name.keras", archive(extra=[("/etc/evil", b"x")]), "malformed", "/etc/evil")
    expect("zip_drive_name.keras", archive(extra=[("C:evil", b"x")]), "malformed", "C:evil")
    expect("zip_case_duplicate.keras", archive(extra=[("Config.json", b"{}")]), "malformed", "Config.json")
    expect("zip_method.keras", zipped([("config.json", json.dumps(GOOD)), ("model.weights.h5", weights())], zipfile.ZIP_BZIP2),
           "unsupported", "config.json")
    expect("zip_no_config.keras", zipped([("model.weights.h5", weights())]), "notAModel")
    expect("zip_no_weights.keras", zipped([("config.json", json.dumps(GOOD))]), "unsupported")
    expect("zip_npz.keras", zipped([("config.json", "{}"), ("model.weights.npz", b"PK")]), "notAModel")
    expect("zip_tf211.keras", zipped([("config.json", "{}"), ("variables.h5", weights())]), "notAModel")
    expect("zip_folder.keras", zipped([("m/config.json", json.dumps(GOOD)), ("m/model.weights.h5", weights())]), "notAModel")
    expect("zip_bomb.keras", archive(b"[" + b" " * (80 << 20) + b"]"), "limit", "config.json")
    link = zipfile.ZipInfo("link")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    buffer = io.BytesIO(good)
    with zipfile.ZipFile(buffer, "a") as file:
        file.writestr(link, "/etc/passwd")
    expect("zip_symlink.keras", buffer.getvalue(), "malformed", "link")
    stored = zipped([("config.json", json.dumps(GOOD)), ("model.weights.h5", weights())], zipfile.ZIP_STORED)
    expect("zip_bad_checksum.keras", stored.replace(b'"filters": 2', b'"filters": 3'), "malformed", "config.json")
    end = stored.rindex(b"PK\x01\x02")
    flags = bytearray(stored)
    first = stored.index(b"PK\x01\x02")
    for place in [stored.index(b"PK\x03\x04") + 6, first + 8]:
        flags[place] |= 1
    expect("zip_encrypted.keras", bytes(flags), "unsupported", "config.json")
    shorter = bytearray(stored)
    struct.pack_into("<I", shorter, end + 24, 100)
    expect("zip_size_differs.keras", bytes(shorter), "malformed", "model.weights.h5")
    expect("h5_truncated.h5", legacy()[:3000], "malformed")
    expect("h5_superblock_version.h5", b"\x89HDF\r\n\x1a\n\x09" + legacy()[9:], "malformed")


def kinds():
    expect("lfs.keras", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n", "notAModel")
    expect("page.h5", b"<!DOCTYPE html><html><body>404</body></html>", "notAModel")
    expect("image.keras", b"\x89PNG\r\n\x1a\n" + bytes(20), "notAModel")
    expect("model.tflite", b"\x1c\0\0\0TFL3" + bytes(20), "notAModel")
    expect("pickle.h5", b"\x80\x04\x95" + bytes(20), "notAModel")
    expect("compressed.h5", b"\x1f\x8b\x08" + bytes(20), "notAModel")
    expect("saved_model.pb", b"\x08\x01\x12\x93\x01" + bytes(20), "notAModel")
    expect("torch.keras", zipped([("model/data.pkl", b"x")]), "notAModel")
    expect("noise.keras", bytes(range(200, 250)), "malformed")
    expect("weights_only.h5", weights(), "unsupported")
    expect("architecture.json", json.dumps(GOOD).encode(), "unsupported")


def documents():
    expect("json_not.keras", archive("this is not JSON"), "malformed", "config.json")
    expect("json_trailing.keras", archive(json.dumps(GOOD) + "]"), "malformed", "config.json")
    expect("json_deep_arrays.keras", archive("[" * 100_000), "malformed", "config.json")
    expect("json_deep_objects.keras", archive('{"a":' * 100_000), "malformed", "config.json")
    expect("json_invalid_utf8.keras", archive(b'{"class_name": "\xff\xfe"}'), "malformed", "config.json")
    for key, values in {"filters": [None, -1, 0, 2**31, "64", 1.5], "strides": [[0, 0], [1]], "kernel_size": [[], "3", [3, -3]],
                        "padding": ["causal", 5], "dilation_rate": [0], "groups": [3]}.items():
        for place, value in enumerate(values):
            config = functional([image(), conv("conv", "image", **{key: value})])
            expect(f"json_{key}_{place}.keras", archive(config), "malformed", "conv")
    broken = functional([image()])
    broken["config"]["layers"] = "conv"
    expect("json_layers_text.keras", archive(broken), "malformed", "config")
    expect("json_overflow.keras",
           archive(functional([image((None, 8, 8, 2**30)), layer("DepthwiseConv2D", "conv", "image", kernel_size=3, depth_multiplier=2**30)])),
           "malformed", "layers")


def models():
    code = {"class_name": "__lambda__", "config": {"code": "4wEAAA==", "defaults": None, "closure": None}}
    expect("lambda.keras", archive(functional([image(), layer("Lambda", "conv", "image", function=code)])), "unsupported", "conv")
    expect("lambda.h5", legacy(config=functional([image(), layer("Lambda", "conv", "image", function=code)])), "unsupported", "conv")
    expect("module_os.keras", archive(functional([image(), layer("function", "conv", "image", module="os")])), "unsupported", "conv")
    expect("custom_ten.keras",
           archive(functional([image()] + [layer("Custom", f"c{i}", f"c{i - 1}" if i else "image", module=None, registered=f"my>C{i}")
                                    for i in range(10)], "c9")),
           "unsupported", "c0")
    expect("foreign_conv.keras", archive(functional([image(), conv("conv", "image") | {"module": "mypackage.layers"}])), "unsupported", "conv")
    expect("operation.keras", archive(functional([image(), layer("Add", "conv", "image", "image", module="keras.src.ops.numpy")])), "malformed", "conv")
    expect("subclassed.keras", archive({"class_name": "MyModel", "module": None, "config": {}}), "unsupported", "config")
    expect("training_dropout.keras",
           archive(functional([image(), conv("conv", "image"), layer("Dropout", "drop", "conv", kwargs={"training": True}, rate=0.5)], "drop"),
                   version="2.15.0"),
           "unsupported", "drop")
    expect("cycle.keras", archive(functional([image(), conv("conv", "other"), layer("ReLU", "other", "conv")])), "malformed", "conv")
    expect("self_loop.keras", archive(functional([image(), conv("conv", "conv")])), "malformed", "conv")
    expect("missing_layer.keras", archive(functional([image(), conv("conv", "nowhere")])), "malformed", "conv")
    expect("node_out_of_range.keras", archive(functional([image(), conv("conv", ["image", 7, 0])])), "malformed", "image")
    expect("tensor_out_of_range.keras", archive(functional([image(), conv("conv", ["image", 0, 7])])), "malformed", "conv")
    expect("unconnected.keras", archive(functional([image(), conv("conv")])), "malformed", "conv")
    expect("duplicate_names.keras", archive(functional([image(), conv("conv", "image"), conv("conv", "image")])), "malformed", "conv")
    expect("no_inputs.keras", archive(functional([image(), conv("conv", "image")], inputs=None)), "malformed", "config")
    expect("no_outputs.keras", archive(functional([image(), conv("conv", "image")], outputs=[])), "malformed", "config")
    expect("unknown_channels.keras", archive(functional([image((None, 8, 8, None)), conv("conv", "image")])), "unsupported", "conv")
    expect("no_channels.keras", archive(functional([image((None, 8, 8, 0)), conv("conv", "image")])), "malformed", "image")
    expect("no_shape.keras", archive(functional([image(None), conv("conv", "image")])), "unsupported", "image")
    expect("rank_2.keras", archive(functional([image((None, 8)), conv("conv", "image")])), "unsupported", "conv")
    expect("unknown_activation.keras", archive(functional([image(), conv("conv", "image", activation="os.system")])), "unsupported", "conv")
    expect("keras1.h5", legacy(version="1.2.0"), "unsupported")
    expect("keras1_archive.keras", archive(version="1.2"), "unsupported")
    expect("keras0.h5", legacy(version="0.3.3"), "unsupported")
    expect("no_version.h5", legacy(version=None), "unsupported")


def hdf5():
    def relink(path, link):
        def edit(file):
            if path in file:
                del file[path]
            file[path] = link
        return edit

    soft, outside = h5py.SoftLink("/elsewhere"), h5py.ExternalLink("/etc/passwd", "/x")
    for where, path in {"root": "layers", "middle": "layers/conv2d", "leaf": "layers/conv2d/vars/0"}.items():
        expect(f"soft_link_{where}.keras", archive(image=weights(relink(path, soft))), "malformed", "/" + path)
        expect(f"external_link_{where}.keras", archive(image=weights(relink(path, outside))), "malformed", "/" + path)
    expect("soft_link_weights.h5", legacy(relink("model_weights", soft)), "malformed", "/model_weights")

    def external(file):
        file["layers/conv2d/vars"].create_dataset("0", (3, 3, 1, 2), "f4", external=[("/etc/passwd", 0, 72)])
    expect("external_storage.keras", archive(image=weights(external, kernel=None)), "malformed", "/layers/conv2d/vars/0")

    def virtual(file):
        layout = h5py.VirtualLayout((3, 3, 1, 2), "f4")
        layout[...] = h5py.VirtualSource("/etc/passwd", "x", (3, 3, 1, 2))
        file["layers/conv2d/vars"].create_virtual_dataset("0", layout)
    expect("virtual_dataset.keras", archive(image=weights(virtual, kernel=None)), "malformed", "/layers/conv2d/vars/0")

    def huge(file):
        file["layers/conv2d/vars"].create_dataset("0", (10**6, 10**6, 1, 2), "f4", chunks=(64, 64, 1, 2))
    expect("huge_dataset.keras", archive(image=weights(huge, kernel=None)), "malformed", "conv/kernel")

    def filtered(file):
        file["layers/conv2d/vars"].create_dataset("0", data=KERNEL, chunks=KERNEL.shape, compression="lzf")
    expect("lzf_filter.keras", archive(image=weights(filtered, kernel=None)), "unsupported", "/layers/conv2d/vars/0")

    bad = "malformed", "conv/kernel"
    expect("shape_differs.keras", archive(image=weights(kernel=KERNEL[:2])), *bad)
    expect("rank_differs.keras", archive(image=weights(kernel=KERNEL[0])), *bad)
    expect("swapped.keras", archive(image=weights(kernel=BIAS, bias=KERNEL)), *bad)
    expect("nan.keras", archive(image=weights(kernel=np.where(KERNEL > 0.9, np.nan, KERNEL))), *bad)
    expect("infinite.keras", archive(image=weights(kernel=np.where(KERNEL > 0.9, np.inf, KERNEL))), *bad)
    expect("missing_weight.keras", archive(image=weights(bias=None)), "malformed", "conv")
    expect("missing_layer_weights.keras", archive(image=weights(kernel=None, bias=None)), "malformed", "layers")
    expect("bool_weights.keras", archive(image=weights(kernel=KERNEL > 0)), "unsupported", "/layers/conv2d/vars/0")
    compound = np.zeros((3, 3, 1, 2), dtype=[("a", "f4"), ("b", "f4")])
    expect("compound_weights.keras", archive(image=weights(kernel=compound)), "unsupported", "/layers/conv2d/vars/0")

    variance = functional([image(), layer("BatchNormalization", "conv", "image", axis=-1)])
    def statistics(file):
        for place, value in enumerate([1, 0, 0, -1]):
            file[f"layers/batch_normalization/vars/{place}"] = np.array([value], "f4")
    expect("negative_variance.keras", archive(variance, weights(statistics)), "malformed", "conv")

    def names(value, path="model_weights", key="layer_names"):
        def edit(file):
            file[path].attrs[key] = value
        return edit
    expect("layer_names_missing.h5", legacy(lambda f: f["model_weights"].attrs.pop("layer_names")), "malformed", "model_weights")
    expect("layer_names_numbers.h5", legacy(names([1, 2])), "malformed", "/model_weights layer_names")
    expect("layer_names_absent_group.h5", legacy(names([b"image", b"nowhere"])), "malformed", "nowhere")
    expect("weight_names_outside.h5", legacy(names([b"../../x", b"conv/bias:0"], "model_weights/conv", "weight_names")),
           "malformed", "model_weights/conv/../../x")
    expect("weight_count.h5", legacy(names([b"conv/kernel:0"], "model_weights/conv", "weight_names")), "malformed", "conv")


def main():
    shutil.rmtree(ROOT, ignore_errors=True)
    ROOT.mkdir(parents=True)
    for part in [containers, kinds, documents, models, hdf5]:
        part()
    (ROOT / "good.keras").write_bytes(archive())
    (ROOT / "good.h5").write_bytes(legacy())

    def loop(file):
        file["layers/again"] = file["layers"]
    (ROOT / "good_hard_link_cycle.keras").write_bytes(archive(image=weights(loop)))
    (ROOT / "expected.json").write_text(json.dumps(EXPECTED, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
