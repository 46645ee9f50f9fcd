"""The part of hostile_hdf5.py about datasets: chunks and their indexes, types, shapes."""

import zlib

import h5py
import numpy as np
from hdf5_cases import BIAS_PATH, FAR, GROUP, KERNEL_PATH, WRAPS, expect, image, patched
from hdf5_surgery import DATASPACE, DATATYPE, FILTERS, LAYOUT, UNDEFINED, Surgery
from keras_malformed import KERNEL


def chunks():
    def direct(*parts, count=None, **how):
        """Chunks of two filters each, written as they are given: bytes, and which filters were left out."""
        def edit(file):
            dataset = file[GROUP].create_dataset("0", (3, 3, 1, 2), "f4", chunks=(3, 3, 1, 1), **how)
            for place, part in enumerate(parts):
                if part is not None:
                    data, mask = part if isinstance(part, tuple) else (part, 0)
                    dataset.id.write_direct_chunk((0, 0, 0, place), data, mask)
        return edit
    good = [np.ascontiguousarray(KERNEL[..., part:part + 1]).tobytes() for part in range(2)]
    packed = [zlib.compress(part) for part in good]
    gzip = {"compression": "gzip"}
    for version in ["earliest", "latest"]:
        def case(name, *parts, kind="malformed", says=(), **how):
            expect(f"chunk_{name}_{version}", image(direct(*parts, **how), version, kernel=None), kind, says, "/" + KERNEL_PATH)
        case("bomb", zlib.compress(bytes(1 << 22), 9), packed[1], says=["unpack"], **gzip)
        case("longer", zlib.compress(good[0] + b"1234"), packed[1], says=["unpack"], **gzip)
        case("shorter", zlib.compress(good[0][:-4]), packed[1], says=["unpack"], **gzip)
        case("noise", b"\x78\x9c" + bytes(range(200, 230)), packed[1], says=["unpack"], **gzip)
        case("cut", packed[0][:-5], packed[1], says=["unpack"], **gzip)
        case("missing", packed[0], says=["1 chunks"], **gzip)
        case("left_out", (packed[0], 1), packed[1], says=["instead of 36"], **gzip)
        case("fletcher", good[0] + b"1234", good[1] + b"1234", says=["checksum"], fletcher32=True)
        case("fletcher_cut", b"ab", good[1], says=["checksum"], fletcher32=True)
        case("shuffled_cut", good[0][:-3], good[1], shuffle=True)
    plain = image(kernel=KERNEL, chunks=(3, 3, 1, 1), compression="gzip")
    tree = lambda s: s.find(b"TREE", 4)
    # A key: bytes, filters left out, five offsets; then the address.
    assert Surgery(plain).get(tree(Surgery(plain)) + 4, "B") == 1
    for name, (place, kind, value, says) in {
            "overlap": (24 + 48, "Q", None, "overlap"), "count": (24, "I", 5, ""), "count_huge": (24, "I", 2**32 - 1, ""),
            "mask": (28, "I", 1, "instead of"), "off_grid": (32, "Q", 1, "beside the grid"), "outside": (32, "Q", 3 * 2**40, ""),
            "offset_wraps": (32, "Q", 2**64 - 3, ""), "address": (72, "Q", FAR, "beyond the end"), "undefined": (72, "Q", UNDEFINED, "nowhere"),
            "cycle": (5, "B", 1, ""), "entries": (6, "H", 65535, "")}.items():
        def change(s):
            t = tree(s)
            s.put(t + place, kind, s.get(t + 24 + 56 + 48, "Q") if value is None else value)
        patched(f"chunk_{name}", plain, change, says=[says] if says else [])
    patched("chunk_twice", plain, lambda s: s.put(tree(s) + 24 + 56 + 8 + 24, "Q", 0), says=["chunks"])
    for name, value in {"0": 0, "most": 2**32 - 1, "other": 5}.items():
        patched(f"chunk_dimension_{name}", plain, lambda s: s.put(s.body(KERNEL_PATH, LAYOUT) + 11, "I", value))
        patched(f"chunk_element_{name}", plain, lambda s: s.put(s.body(KERNEL_PATH, LAYOUT) + 11 + 16, "I", value))
    patched("chunk_rank_0", plain, lambda s: s.put(s.body(KERNEL_PATH, LAYOUT) + 2, "B", 0))
    patched("chunk_rank_40", plain, lambda s: s.put(s.body(KERNEL_PATH, LAYOUT) + 2, "B", 40))
    for number, name in {4: "szip", 5: "nbit", 6: "scaleoffset", 32001: "blosc", 32004: "lz4", 32015: "zstd", 999: "999"}.items():
        patched(f"filter_{name}", plain, lambda s: s.put(s.body(KERNEL_PATH, FILTERS) + 8, "H", number), "unsupported", [name],
                "/" + KERNEL_PATH)
    patched("filter_count", plain, lambda s: s.put(s.body(KERNEL_PATH, FILTERS) + 1, "B", 33), says=["33 filters"])
    patched("filter_values", plain, lambda s: s.put(s.body(KERNEL_PATH, FILTERS) + 14, "H", 60000), says=["cut short"])
    indexes()


def indexes():
    """The indexes of chunks since version 1.10."""
    flat = np.ascontiguousarray(KERNEL)
    fixed = image(version="latest", chunks=(1, 1, 1, 2))
    filtered = image(version="latest", chunks=(1, 1, 1, 2), compression="gzip")
    growing = image(version="latest", chunks=(1, 1, 1, 2), maxshape=(None, 3, 1, 2))
    tree = image(version="latest", chunks=(1, 1, 1, 2), maxshape=(None, None, 1, 2))
    single = image(version="latest", chunks=(3, 3, 1, 2), compression="gzip")
    assert flat.size == 18
    for name, base, signature, fields in [
            ("fixed", fixed, b"FAHD", {"client": (5, "B", 1), "entry_0": (6, "B", 0), "entry_255": (6, "B", 255), "count": (8, "Q", 2**40),
                                      "count_wraps": (8, "Q", 2**63), "page_0": (7, "B", 0), "page_255": (7, "B", 255),
                                      "block": (16, "Q", FAR), "block_undefined": (16, "Q", UNDEFINED), "version": (4, "B", 3)}),
            ("filtered", filtered, b"FAHD", {"client": (5, "B", 0), "entry_8": (6, "B", 8), "entry_30": (6, "B", 30)}),
            ("growing", growing, b"EAHD", {"client": (5, "B", 1), "entry": (6, "B", 255), "bits": (7, "B", 255), "bits_0": (7, "B", 0),
                                          "index": (8, "B", 255), "smallest_0": (9, "B", 0), "smallest_3": (9, "B", 3),
                                          "pointers_0": (10, "B", 0), "pointers_128": (10, "B", 128), "page_0": (11, "B", 0),
                                          "page_255": (11, "B", 255), "used": (44, "Q", 2**40), "used_0": (44, "Q", 0),
                                          "block": (60, "Q", FAR), "block_itself": (60, "Q", None)}),
            ("tree", tree, b"BTHD", {"kind": (5, "B", 11), "record": (10, "H", 9), "record_0": (10, "H", 0), "root": (16, "Q", FAR),
                                     "count": (24, "H", 3), "count_0": (24, "H", 0)})]:
        for field, (place, kind, value) in fields.items():
            patched(f"index_{name}_{field}", base, lambda s: s.put(s.find(signature) + place, kind, s.find(signature) if value is None else value),
                    site="/" + KERNEL_PATH)
    for name, base, signature, place in [("fixed", fixed, b"FADB", 14), ("growing", growing, b"EAIB", 14), ("tree", tree, b"BTLF", 6)]:
        for what, value in {"beyond": FAR, "wraps": WRAPS, "undefined": UNDEFINED}.items():
            patched(f"entry_{name}_{what}", base, lambda s: s.put(s.find(signature) + place, "Q", value), site="/" + KERNEL_PATH)
    patched("entry_fixed_overlap", fixed, lambda s: s.put(s.find(b"FADB") + 14, "Q", s.get(s.find(b"FADB") + 22, "Q")), says=["overlap"])
    patched("entry_tree_place", tree, lambda s: s.put(s.find(b"BTLF") + 14, "Q", 2**62))
    patched("entry_single_size", single, lambda s: s.put(s.body(KERNEL_PATH, LAYOUT) + 11, "Q", 2**62)
            if s.get(s.body(KERNEL_PATH, LAYOUT), "B") else None)


def types():
    old = image()
    site = "/" + KERNEL_PATH
    body = lambda s: s.body(KERNEL_PATH, DATATYPE)

    def typed(name, dtype, kind="unsupported"):
        def edit(file):
            space = h5py.h5s.create_simple((3, 3, 1, 2))
            identity = dtype if isinstance(dtype, h5py.h5t.TypeID) else h5py.h5t.py_create(np.dtype(dtype), logical=True)
            properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
            properties.set_obj_track_times(False)
            h5py.h5d.create(file[GROUP].id, b"0", identity, space, properties)
        expect(f"type_{name}", image(edit, kernel=None), kind, ["float16, bfloat16, float32 or float64"], site)
    deep = h5py.h5t.NATIVE_FLOAT
    for _ in range(1000):
        deep = h5py.h5t.vlen_create(deep)
    typed("deep", deep)
    typed("compound", [("a", "f4"), ("b", [("c", "f4"), ("d", "i8", 3)])])
    for name, dtype in {"bool": "?", "complex": "c8", "text": "S4", "opaque": "V2", "opaque4": "V4"}.items():
        typed(name, dtype)
    for name, size, precision in [("int24", 3, 24), ("int_padded", 4, 20)]:
        integer = h5py.h5t.STD_I32LE.copy()
        integer.set_precision(precision)
        integer.set_size(size)
        typed(name, integer)
    typed("reference", h5py.ref_dtype)
    typed("region", h5py.regionref_dtype)
    typed("enumeration", h5py.enum_dtype({"a": 1, "b": 2}))
    typed("variable_text", h5py.string_dtype())
    array = h5py.h5t.array_create(h5py.h5t.IEEE_F32LE, (2,))
    typed("array", array)
    # Class and version, bits, size, offset and precision, exponent and mantissa, bias.
    for name, (place, kind, value) in {
            "mantissa_0": (15, "B", 0), "exponent_0": (13, "B", 0), "bias": (16, "I", 0), "precision": (10, "H", 64), "offset": (8, "H", 1),
            "sign": (2, "B", 5), "vax": (1, "B", 0x61), "no_implied_bit": (1, "B", 0), "size_8": (4, "I", 8), "size_3": (4, "I", 3)}.items():
        patched(f"float_{name}", old, lambda s: s.put(body(s) + place, kind, value), "unsupported", site=site)
    patched("float_size_0", old, lambda s: s.put(body(s) + 4, "I", 0), says=["0 bytes"], site=site)
    patched("float_size_huge", old, lambda s: s.put(body(s) + 4, "I", 2**31), "unsupported", site=site)
    for number in [12, 13, 14, 15]:
        patched(f"class_{number}", old, lambda s: s.put(body(s), "B", 0x10 | number), says=[f"class {number}"])
    patched("class_time", old, lambda s: s.put(body(s), "B", 0x12), "unsupported")
    patched("class_bits", old, lambda s: s.put(body(s), "B", 0x14), "unsupported")
    patched("type_version_0", old, lambda s: s.put(body(s), "B", 0x01), says=["version 0"])
    patched("type_version_9", old, lambda s: s.put(body(s), "B", 0x91), says=["version 9"])

    def commit(file):
        file["type"] = np.dtype("f4")
        file[GROUP].create_dataset("0", data=KERNEL, dtype=file["type"])
    shared = image(commit, kernel=None)
    for name, address in {"beyond": FAR, "undefined": UNDEFINED, "itself": None}.items():
        patched(f"shared_type_{name}", shared, lambda s: s.put(body(s) + 2, "Q", s.header(KERNEL_PATH)
                                                               if address is None else address), site=site)
    patched("shared_type_version", shared, lambda s: s.put(body(s), "B", 9), site=site)

    space = lambda s, path=KERNEL_PATH: s.body(path, DATASPACE)
    patched("rank_33", old, lambda s: s.put(space(s) + 1, "B", 33), says=["33 dimensions"], site=site)
    patched("rank_32", old, lambda s: s.put(space(s) + 1, "B", 32), site=site)
    patched("rank_255", old, lambda s: s.put(space(s) + 1, "B", 255), site=site)
    patched("space_version", old, lambda s: s.put(space(s), "B", 7), says=["version 7"], site=site)
    latest = image(version="latest")
    for name, kind in {"scalar": 0, "null": 2}.items():
        patched(f"space_{name}_of_rank_4", latest, lambda s: s.put(space(s) + 3, "B", kind), says=["4 dimensions", "none"],
                site=site)
        patched(f"space_{name}_of_rank_1", latest, lambda s: s.put(space(s, BIAS_PATH) + 3, "B", kind),
                says=["1 dimensions", "none"], site="/" + BIAS_PATH)
    patched("dimension_0", old, lambda s: s.put(space(s) + 8, "Q", 0), site="conv/kernel")
    patched("dimension_huge", old, lambda s: s.put(space(s) + 8, "Q", 2**64 - 1).put(space(s) + 40, "Q", 2**64 - 1), site=site)
    patched("dimension_unlike_maximum", old, lambda s: s.put(space(s) + 8, "Q", 2**64 - 1), says=["larger than it may"], site=site)
    patched("dimensions_overflow", old, lambda s: s.put(space(s) + 8, "8Q", *[2**31 - 1] * 8), site="conv/kernel")
    patched("dimensions_3_gigabytes", old, lambda s: s.put(space(s) + 32, "Q", 2**27).put(space(s) + 64, "Q", 2**27), says=["134217728"], site="conv/kernel")
    patched("maximum_less", old, lambda s: s.put(space(s) + 2, "B", 1).put(space(s) + 40, "Q", 1), site=site)
    expect("scalar_bias", image(bias=np.float32(1)), site="conv/bias")
    expect("null_bias", image(lambda file: file[GROUP].create_dataset("1", data=h5py.Empty("f4")), bias=None), site="conv/bias")
    expect("empty_kernel", image(kernel=KERNEL[:, :, :0]), site="conv/kernel")
    expect("transposed_kernel", image(kernel=KERNEL.transpose(3, 2, 0, 1)), site="conv/kernel")
    expect("flat_kernel", image(kernel=KERNEL.ravel()), site="conv/kernel")
    expect("group_for_kernel", image(lambda file: file.create_group(KERNEL_PATH), kernel=None))
    expect("nan_bias", image(bias=np.array([0, np.nan], "f4")), site="conv/bias")
    expect("infinite_double", image(kernel=np.full(KERNEL.shape, 1e300)), site="conv/kernel")
