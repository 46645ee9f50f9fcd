"""Savers of keras_writer_cases.py: each writes a model into a directory and returns the names of the files for case.json."""

import ntpath
import zipfile

import h5py
import numpy as np

from keras_writer import HDF5_ONLY, IS_KERAS3, WRITER, keras, saving_lib

if not IS_KERAS3:
    import tensorflow as tf


def save(model, directory):
    """The format that this Keras recommends."""
    if HDF5_ONLY:
        return hdf5(model, directory)
    if WRITER == "keras2.12":
        model.save(str(directory / "model.keras"), save_format="keras_v3")
    else:
        model.save(str(directory / "model.keras"))
    return {"model": "model.keras"}


def hdf5(model, directory):
    model.save(str(directory / "model.h5"))
    return {"model": "model.h5"}


def misnamed(model, directory):
    """Before archives were the default, this extension stood for HDF5."""
    model.save(str(directory / "model.keras"))
    return {"model": "model.keras"}


def unzipped(model, directory):
    model.save(str(directory / "model"), zipped=False)
    return {"model": "model"}


def weights(model, directory):
    model.save_weights(str(directory / "model.weights.h5"))
    (directory / "model.json").write_text(model.to_json())
    return {"model": "model.weights.h5", "architecture": "model.json"}


def hdf5_weights(model, directory):
    model.save_weights(str(directory / "model.h5"))
    (directory / "model.json").write_text(model.to_json())
    return {"model": "model.h5", "architecture": "model.json"}


def sharded(model, directory):
    """Shards so small that one layer lies in two of them."""
    for size in range(432, 2000, 16):
        for old in directory.glob("*"):
            old.unlink()
        model.save_weights(str(directory / "model.weights.json"), max_shard_size=size / 1024**3)
        layers = []
        for shard in directory.glob("*.h5"):
            with h5py.File(shard, "r") as file:
                layers += [name for name, group in file["layers"].items() if len(group["vars"])]
        if len(set(layers)) < len(layers):
            (directory / "model.json").write_text(model.to_json())
            return {"model": "model.weights.json", "architecture": "model.json"}
    raise ValueError("no layer lies in two shards")


def rewritten(path, change=lambda path: None, method=zipfile.ZIP_STORED):
    """Writes an archive anew, with `change` made to its weights file."""
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    loose = path.with_name("loose.h5")
    loose.write_bytes(members["model.weights.h5"])
    change(loose)
    members["model.weights.h5"] = loose.read_bytes()
    loose.unlink()
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def pack(path):
    """Chunks, deflate, shuffle and checksums, as h5repack makes them."""
    whole = path.with_name("whole.h5")
    path.rename(whole)
    with h5py.File(whole, "r") as source, h5py.File(path, "w") as target:
        def copy(name, item):
            if isinstance(item, h5py.Dataset):
                options = {} if item.shape == () else {"chunks": True, "compression": "gzip", "shuffle": True, "fletcher32": True}
                new = target.create_dataset(name, data=item[()], **options)
            else:
                new = target.require_group(name)
            for key, value in item.attrs.items():
                new.attrs[key] = value
        for key, value in source.attrs.items():
            target.attrs[key] = value
        source.visititems(copy)
    whole.unlink()


def packed(model, directory):
    files = save(model, directory)
    path = directory / files["model"]
    pack(path) if path.suffix == ".h5" else rewritten(path, pack)
    return files


def latest(model, directory):
    """The newest structures that HDF5 has, instead of the oldest."""
    original = h5py.File

    class Latest(original):
        def __init__(self, name, mode="r", **options):
            super().__init__(name, mode, libver="latest", **options)

    h5py.File = Latest
    try:
        return hdf5(model, directory) if WRITER == "keras2.15" else save(model, directory)
    finally:
        h5py.File = original


def windows(model, directory):
    """Links as the same code names them on Windows."""
    place = saving_lib.tf.io.gfile
    original, place.join = place.join, ntpath.join
    try:
        files = save(model, directory)
    finally:
        place.join = original
    rewritten(directory / files["model"], check_backslashes)
    return files


def check_backslashes(path):
    with h5py.File(path, "r") as file:
        assert any("\\" in name for name in file), list(file)


def compiled(model, directory):
    """Trained for one step, by a loss and a metric of its own."""
    def dice(truth, scores):
        return 1 - keras.ops.mean(truth * scores) if IS_KERAS3 else 1 - tf.reduce_mean(truth * scores)

    def share(truth, scores):
        return keras.ops.mean(scores) if IS_KERAS3 else tf.reduce_mean(scores)

    model.compile(optimizer="adam", loss=dice, metrics=[share])
    values = model.get_weights()
    image, truth = np.ones((2, 8, 8, 3), "float32"), np.ones((2, 8, 8, 3), "float32")
    model.train_on_batch(image, truth)
    model.set_weights(values)
    return hdf5(model, directory) if WRITER == "keras2.14" else save(model, directory)
