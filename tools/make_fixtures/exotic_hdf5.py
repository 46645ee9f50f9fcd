"""Writes Fixtures/containers/hdf5: the same weights in HDF5 files of every kind that can hold them. All must load as
default.keras does.

Run from the root of the package:  python tools/make_fixtures/exotic_hdf5.py
"""

import ctypes
import glob
import json
import os
import shutil
import struct
import zipfile

import h5py
import keras_malformed as malformed
import numpy as np
from hdf5_surgery import LAYOUT, Surgery
from keras_malformed import conv, functional, image, zipped

ROOT = malformed.ROOT.parents[1] / "containers" / "hdf5"
CONFIG = functional([image((None, 4, 5, 4)), conv("conv", "image", filters=32)])
# Numbers that every type of floating point holds exactly.
KERNEL = (((np.arange(1152) * 37) % 64 - 32) / 8).astype("f4").reshape(3, 3, 4, 32)
BIAS = ((np.arange(32) - 16) / 8).astype("f4")
GROUP = "layers/conv2d/vars"
LIBRARY = ctypes.CDLL(glob.glob(os.path.join(os.path.dirname(h5py.__file__), "..", "h5py.libs", "libhdf5-*.so*"))[0])
EARLY, LATEST = h5py.h5d.ALLOC_TIME_EARLY, ("latest", "latest")


def keep(name, weights):
    """Small ones are stored as they are, so that mutations reach them."""
    method = zipfile.ZIP_STORED if len(weights) < 11_000 else zipfile.ZIP_DEFLATED
    (ROOT / f"{name}.keras").write_bytes(zipped(
        [("metadata.json", '{"keras_version": "3.9.0"}'), ("config.json", json.dumps(CONFIG)), ("model.weights.h5", weights)], method))


def weights(versions=("earliest", "latest"), edit=None, kernel=True, bias=True, creation=None, prefix=0, **how):
    """`creation` sets up the properties of the file, `how` is how the kernel is kept."""
    properties = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    properties.set_obj_track_times(False)
    if prefix:
        properties.set_userblock(prefix)
    if creation:
        creation(properties)
    names = {"earliest": h5py.h5f.LIBVER_EARLIEST, "v108": h5py.h5f.LIBVER_V18, "v110": h5py.h5f.LIBVER_V110,
             "v112": h5py.h5f.LIBVER_V112, "v114": h5py.h5f.LIBVER_V114, "latest": h5py.h5f.LIBVER_LATEST}
    access = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
    access.set_libver_bounds(*[names[version] for version in versions])
    access.set_fapl_core(1 << 16, True)
    path = str(ROOT / "scratch")
    with h5py.File(h5py.h5f.create(path.encode(), h5py.h5f.ACC_TRUNC, properties, access)) as file:
        group = file.create_group(GROUP)
        if kernel:
            group.create_dataset("0", data=KERNEL, **how)
        if bias:
            group["1"] = BIAS
        if edit:
            edit(file)
    content = open(path, "rb").read()
    os.unlink(path)
    return content


def chunked(setup, chunk=(1, 1, 4, 8), largest=None):
    """A kernel whose creation properties are set by hand."""
    def edit(file):
        properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        properties.set_obj_track_times(False)
        if chunk:
            properties.set_chunk(chunk)
        setup(properties)
        space = h5py.h5s.create_simple(KERNEL.shape, largest)
        identity = h5py.h5d.create(file[GROUP].id, b"0", h5py.h5t.IEEE_F32LE, space, properties)
        identity.write(h5py.h5s.ALL, h5py.h5s.ALL, KERNEL)
    return edit


def files():
    keep("default", weights())
    keep("superblock_1", weights(creation=lambda p: LIBRARY.H5Pset_istore_k(ctypes.c_int64(p.id), ctypes.c_uint(8))))
    keep("superblock_2", weights(("v108", "v108")))
    for version in ["v110", "v112", "v114", "latest"]:
        keep(f"superblock_3_{version}", weights((version, version)))
    for offset, length in [(2, 2), (4, 4), (8, 4), (4, 8), (2, 8)]:
        for name, versions in {"": ("earliest", "latest"), "_latest": LATEST}.items():
            try:
                keep(f"sizes_{offset}_{length}{name}", weights(versions, creation=lambda p: p.set_sizes(offset, length)))
            except Exception as error:
                print(f"sizes {offset} {length}{name}: {error}")
    for size in [512, 2048]:
        keep(f"user_block_{size}", weights(prefix=size))
        keep(f"user_block_{size}_latest", weights(LATEST, prefix=size))
    for name, strategy in {"page": h5py.h5f.FSPACE_STRATEGY_PAGE, "none": h5py.h5f.FSPACE_STRATEGY_NONE}.items():
        keep(f"space_{name}", weights(LATEST, creation=lambda p: p.set_file_space_strategy(strategy, True, 1)))


def groups():
    def links(count, text="x"):
        return lambda file: [file[GROUP].__setitem__(f"{text}{number}", file[GROUP]["1"]) for number in range(count)]

    def others(count, text="other"):
        return lambda file: [file.__setitem__(f"{text}{number}", file[GROUP]["1"]) for number in range(count)]
    for name, versions in {"": ("earliest", "latest"), "_latest": LATEST}.items():
        keep(f"links_20{name}", weights(versions, others(20)))
        keep(f"links_700{name}", weights(versions, others(700, "a_long_name_of_a_link_" * 3)))
        keep(f"cycle{name}", weights(versions, lambda file: file.__setitem__("layers/again", file["layers"])))
    keep("links_in_order", weights(LATEST, others(20), creation=lambda p: p.set_link_creation_order(
        h5py.h5p.CRT_ORDER_TRACKED | h5py.h5p.CRT_ORDER_INDEXED)))

    def attributes(count, size, place=GROUP):
        def edit(file):
            for number in range(count):
                file[place].attrs[f"note{number}"] = "x" * size
            file[place].attrs["name"] = "conv"
        return edit
    for name, versions in {"": ("earliest", "latest"), "_latest": LATEST}.items():
        keep(f"attributes_30{name}", weights(versions, attributes(30, 40)))
        keep(f"attributes_of_kernel{name}", weights(versions, attributes(30, 40, GROUP + "/0")))
    keep("attributes_400_latest", weights(LATEST, attributes(400, 300)))
    keep("attributes_huge_latest", weights(LATEST, lambda file: [file[GROUP].attrs.__setitem__(f"big{n}", np.full(80_000, b"x")) for n in range(3)]))
    keep("attribute_null", weights(edit=lambda file: file[GROUP].attrs.__setitem__("nothing", h5py.Empty("f4"))))


def layouts():
    keep("compact", weights(kernel=False, edit=chunked(lambda p: p.set_layout(h5py.h5d.COMPACT), None)))
    keep("compact_latest", weights(LATEST, kernel=False, edit=chunked(lambda p: p.set_layout(h5py.h5d.COMPACT), None)))
    filters = {"": {}, "_gzip": {"compression": "gzip"}, "_all": {"compression": "gzip", "shuffle": True, "fletcher32": True}}
    for suffix, how in filters.items():
        for name, (chunk, largest) in {
                "tree": ((1, 1, 1, 8), None), "tree_uneven": ((2, 2, 3, 5), None), "tree_growing": ((1, 3, 4, 8), (None, 3, None, 32))}.items():
            keep(f"chunks_{name}{suffix}", weights(chunks=chunk, maxshape=largest, **how))
        for name, (chunk, largest) in {
                "single": ((3, 3, 4, 32), None), "fixed": ((1, 3, 4, 8), None), "fixed_uneven": ((2, 2, 3, 5), None),
                "fixed_larger": ((1, 2, 3, 8), (7, 5, 4, 40)), "fixed_paged": ((1, 1, 1, 1), None),
                "growing": ((1, 3, 4, 8), (None, 3, 4, 32)), "growing_last": ((1, 2, 3, 5), (3, 3, 4, None)),
                "growing_many": ((1, 1, 1, 1), (3, None, 4, 32)), "records": ((1, 3, 4, 8), (None, None, 4, 32)),
                "records_many": ((1, 1, 1, 1), (None, 3, 4, None))}.items():
            for version in ["v110", "latest"]:
                if version == "v110" and suffix == "_all" or (version == "latest" and "many" in name and suffix == "_all"):
                    continue
                keep(f"chunks_{name}{suffix}_{version}", weights((version, version), chunks=chunk, maxshape=largest, **how))
    keep("chunks_implicit", weights(LATEST, kernel=False, edit=chunked(lambda p: p.set_alloc_time(EARLY))))
    keep("chunks_implicit_larger", weights(LATEST, kernel=False, edit=chunked(lambda p: p.set_alloc_time(EARLY), (2, 2, 3, 5), (5, 4, 6, 40))))

    def partial(properties):
        properties.set_deflate(6)
        # Chunks at the edges are not filtered.
        assert LIBRARY.H5Pset_chunk_opts(ctypes.c_int64(properties.id), ctypes.c_uint(2)) >= 0
    keep("chunks_plain_edges", weights(LATEST, kernel=False, edit=chunked(partial, (2, 2, 3, 5))))
    keep("chunks_plain_edges_growing", weights(LATEST, kernel=False, edit=chunked(partial, (2, 2, 3, 5), (h5py.h5s.UNLIMITED, 3, 4, 32))))

    def filled(file):
        dataset = file[GROUP].create_dataset("0", KERNEL.shape, "f4", fillvalue=-4, chunks=KERNEL.shape)
        dataset[...] = KERNEL
    keep("fill_value", weights(kernel=False, edit=filled))

    def masked(file):
        dataset = file[GROUP].create_dataset("0", KERNEL.shape, "f4", chunks=(3, 3, 4, 16), compression="gzip")
        for part in range(2):
            dataset.id.write_direct_chunk((0, 0, 0, 16 * part), np.ascontiguousarray(KERNEL[..., 16 * part:16 * part + 16]).tobytes(), 1)
    keep("chunks_left_as_they_are", weights(kernel=False, edit=masked))

    # Versions 1 and 2 of the layout, which nothing has written since 2004.
    for version in [1, 2]:
        for name, base, body in [
                ("contiguous", weights(), lambda s, place: struct.pack("<BBB5xQ5I", version, 5, 1, s.get(place + 2, "Q"), 3, 3, 4, 32, 4)),
                ("chunks", weights(chunks=(1, 3, 4, 8)), lambda s, place: struct.pack("<BBB5xQ5I", version, 5, 2, s.get(place + 3, "Q"), 1, 3, 4, 8, 4))]:
            surgery = Surgery(base)
            path = GROUP + "/0"
            keep(f"layout_{version}_{name}", surgery.rewrite(path, LAYOUT, body(surgery, surgery.body(path, LAYOUT))).sealed())


def types():
    for dtype in ["<f2", ">f2", ">f4", "<f8", ">f8"]:
        name = {"<": "little", ">": "big"}[dtype[0]] + "_" + dtype[1:]
        keep(f"type_{name}", weights(dtype=dtype))
        keep(f"type_{name}_chunks", weights(LATEST, dtype=dtype, chunks=(2, 2, 3, 5), compression="gzip", shuffle=True))

    def bfloat16(file):
        words = (KERNEL.view("u4") >> 16).astype("<u2")
        assert ((words.astype("u4") << 16).view("f4") == KERNEL).all()
        dataset = file[GROUP].create_dataset("0", data=words.view("V2"))
        dataset.attrs["dtype"] = "bfloat16"
    keep("type_bfloat16", weights(kernel=False, edit=bfloat16))
    keep("type_bfloat16_latest", weights(LATEST, kernel=False, edit=bfloat16))

    def committed(file):
        file["type"] = np.dtype("f4")
        file[GROUP].create_dataset("0", data=KERNEL, dtype=file["type"])
        file[GROUP].attrs.create("note", 1.0, dtype=file["type"])
    keep("type_committed", weights(kernel=False, edit=committed))
    keep("type_committed_latest", weights(LATEST, kernel=False, edit=committed))


def main():
    shutil.rmtree(ROOT, ignore_errors=True)
    ROOT.mkdir(parents=True)
    for part in [files, groups, layouts, types]:
        part()


if __name__ == "__main__":
    main()
