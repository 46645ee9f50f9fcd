"""Writes Fixtures/malformed/hdf5: archives whose HDF5 weights must be refused, with expected.json.

Run from the root of the package:  python tools/make_fixtures/hostile_hdf5.py
"""

import io
import json
import shutil
import struct
import zlib

import h5py
import keras_malformed as malformed
import numpy as np
from hdf5_surgery import ATTRIBUTE, CONTINUATION, DATASPACE, DATATYPE, FILTERS, LAYOUT, TABLE, UNDEFINED, Surgery
from keras_malformed import BIAS, KERNEL, archive, legacy

ROOT = malformed.ROOT.parent / "hdf5"
EXPECTED = {}
GROUP, KERNEL_PATH, BIAS_PATH = "layers/conv2d/vars", "layers/conv2d/vars/0", "layers/conv2d/vars/1"
FAR, WRAPS = 2**40, 2**64 - 16


def image(edit=None, version="earliest", kernel=KERNEL, bias=BIAS, **how):
    """The weights of one convolution; `how` is how the kernel is kept."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w", libver=(version, "latest")) as file:
        group = file.create_group(GROUP)
        if kernel is not None:
            group.create_dataset("0", data=kernel, **how)
        if bias is not None:
            group["1"] = bias
        if edit:
            edit(file)
    return buffer.getvalue()


def expect(name, weights, kind="malformed", says=(), site=None):
    name += ".keras"
    (ROOT / name).write_bytes(archive(image=weights))
    EXPECTED[name] = {"kind": kind, "says": list(says)} | ({"site": site} if site else {})


def patched(name, base, change, kind="malformed", says=(), site=None):
    """A file after an operation, its checksums right."""
    surgery = Surgery(base)
    change(surgery)
    expect(name, surgery.sealed(), kind, says, site)


def superblock():
    old, new = image(), image(version="latest")
    patched("signature", old, lambda s: s.put(0, "B", 0x88), says=["superblock"])
    patched("superblock_9", old, lambda s: s.put(8, "B", 9), says=["version 9"])
    for size in [0, 3, 16, 255]:
        patched(f"offset_size_{size}", old, lambda s: s.put(13, "B", size), says=[f"addresses of {size}"])
        patched(f"length_size_{size}", old, lambda s: s.put(14, "B", size), says=[f"lengths of {size}"])
        patched(f"latest_offset_size_{size}", new, lambda s: s.put(9, "B", size), says=[f"addresses of {size}"])
    wrong = bytearray(new)
    wrong[44] ^= 1
    expect("superblock_checksum", bytes(wrong), says=["checksum"])
    patched("user_block_beyond", old, lambda s: s.put(24, "Q", FAR))
    expect("user_block_cut", bytes(512) + old[:20])
    patched("end_beyond", old, lambda s: s.put(40, "Q", len(old) + 1), says=["shorter"])
    patched("end_undefined", old, lambda s: s.put(40, "Q", UNDEFINED))
    for name, address in {"beyond": FAR, "wraps": WRAPS, "undefined": UNDEFINED, "zero": 0, "last": len(old) - 4}.items():
        patched(f"root_{name}", old, lambda s: s.put(64, "Q", address))
        patched(f"latest_root_{name}", new, lambda s: s.put(36, "Q", address if address != len(old) - 4 else len(new) - 4))
    expect("empty", b"")
    for count in [8, 40, 95]:
        expect(f"cut_{count}", old[:count])


def headers():
    old, new = image(), image(version="latest")

    def continued(address, length):
        def change(s):
            free = s.free(KERNEL_PATH, 16)
            s.put(free.kind_at, "H", CONTINUATION).put(free.body, "QQ", address(s) if callable(address) else address, length)
        return change
    patched("continuation_loop", old, continued(lambda s: s.header(KERNEL_PATH) + 16, 200), says=["continues in itself"])
    patched("continuation_beyond", old, continued(FAR, 100))
    patched("continuation_wraps", old, continued(WRAPS, 100))
    patched("continuation_length", old, continued(2000, 2**63))
    patched("continuation_most", old, continued(0, len(old)))
    patched("continuation_nowhere", old, continued(UNDEFINED, 100))
    patched("message_size", old, lambda s: s.put(s.message(KERNEL_PATH, LAYOUT).size_at, "H", 0xFFF8), says=["cut short"])
    patched("message_version", old, lambda s: s.put(s.header(KERNEL_PATH), "B", 7), says=["version 7"])
    patched("header_size", old, lambda s: s.put(s.header(KERNEL_PATH) + 8, "I", 2**31))
    patched("two_layouts", old, lambda s: s.put(s.free(KERNEL_PATH, 8).kind_at, "H", LAYOUT), says=["two messages"])
    patched("latest_message_size", new, lambda s: s.put(s.message(KERNEL_PATH, LAYOUT).size_at, "H", 0xFFF8), says=["cut short"])
    patched("latest_message_unknown", new, lambda s: s.put(s.messages(KERNEL_PATH)[-1].kind_at, "BHB", 99, s.messages(KERNEL_PATH)[-1].size,
                                                          0x80), "unsupported", ["type 99"])
    wrong = Surgery(new)
    wrong.put(wrong.header(KERNEL_PATH) + 20, "B", 0x55)
    expect("latest_header_checksum", bytes(wrong.bytes), says=["checksum"])

    def attributes(file):
        for number in range(7):
            file[KERNEL_PATH].attrs[f"note{number}"] = "x" * 60
    long = image(attributes, "latest")

    def looped(s):
        block = s.find(b"OCHK")
        end = next(end for start, end in s.sums if start == block)
        place = block + 4
        s.put(place, "BHB", CONTINUATION, 16, 0).put(place + 4, "QQ", block, end + 4 - block)
        # What is left of the message that stood there.
        s.put(place + 20, "BHB", 0, end - place - 24, 0)
    patched("latest_continuation_loop", long, looped, says=["continues in itself"])
    for name, address in {"beyond": FAR, "wraps": WRAPS, "last": len(old) - 4}.items():
        patched(f"data_{name}", old, lambda s: s.put(s.body(KERNEL_PATH, LAYOUT) + 2, "Q", address), says=["beyond the end"])
    patched("data_size", old, lambda s: s.put(s.body(KERNEL_PATH, LAYOUT) + 10, "Q", 71), says=["cut short"])
    patched("layout_version", old, lambda s: s.put(s.body(KERNEL_PATH, LAYOUT), "B", 9), says=["version 9"])
    patched("layout_class", old, lambda s: s.put(s.body(KERNEL_PATH, LAYOUT) + 1, "B", 9), says=["class 9"])


def groups():
    old = image()
    tree, table, heap = b"TREE", b"SNOD", b"HEAP"
    for number, where in enumerate(["root", "middle"]):
        at = lambda s, signature, number=number: s.find(signature, number)
        patched(f"tree_cycle_{where}", old, lambda s: s.put(at(s, tree) + 5, "B", 0).put(at(s, tree) + 5, "B", 1)
                .put(at(s, tree) + 32, "Q", at(s, tree)), says=["B-tree"])
        patched(f"tree_depth_{where}", old, lambda s: s.put(at(s, tree) + 5, "B", 200), says=["wrong node"])
    patched("tree_level", old, lambda s: s.put(s.find(tree) + 5, "B", 1), says=["TREE"])
    patched("tree_entries", old, lambda s: s.put(s.find(tree) + 6, "H", 65535))
    patched("tree_kind", old, lambda s: s.put(s.find(tree) + 4, "B", 1), says=["wrong node"])
    patched("tree_child_undefined", old, lambda s: s.put(s.find(tree) + 32, "Q", UNDEFINED), says=["nowhere"])
    patched("tree_child_beyond", old, lambda s: s.put(s.find(tree) + 32, "Q", FAR), says=["beyond the end"])
    patched("tree_child_twice", old, lambda s: s.put(s.find(tree) + 6, "H", 2).put(s.find(tree) + 48, "Q", s.get(s.find(tree) + 32, "Q")),
            says=["twice"])
    patched("table_entries", old, lambda s: s.put(s.find(table) + 6, "H", 65535))
    patched("table_version", old, lambda s: s.put(s.find(table) + 4, "B", 3), says=["version"])
    patched("table_name_beyond", old, lambda s: s.put(s.find(table) + 8, "Q", 5000), says=["beyond the heap"])
    patched("table_name_wraps", old, lambda s: s.put(s.find(table) + 8, "Q", WRAPS), says=["beyond the heap"])
    patched("table_header_beyond", old, lambda s: s.put(s.find(table) + 16, "Q", FAR), says=["beyond the end"])
    patched("table_name_twice", old, lambda s: s.put(s.find(table, 3) + 48, "Q", s.get(s.find(table, 3) + 8, "Q")), says=["two members"])
    patched("heap_beyond", old, lambda s: s.put(s.find(heap) + 24, "Q", FAR), says=["beyond the end"])
    patched("heap_wraps", old, lambda s: s.put(s.find(heap) + 24, "Q", WRAPS))
    patched("heap_size", old, lambda s: s.put(s.find(heap) + 8, "Q", 2**63))
    patched("heap_version", old, lambda s: s.put(s.find(heap) + 4, "B", 5), says=["version"])

    def endless(s):
        place = s.get(s.find(heap) + 24, "Q")
        size = s.get(s.find(heap) + 8, "Q")
        s.bytes[place + 8:place + size] = b"x" * (size - 8)
    patched("name_endless", old, endless, says=["without an end"])

    def renamed(name):
        def change(s):
            place = s.get(s.find(heap) + 24, "Q") + s.get(s.find(table) + 8, "Q")
            s.bytes[place:place + len(name)] = name
        return change
    for name, text in {"slash": b"a/b\0", "dots": b"..\0", "dot": b".\0", "empty": b"\0"}.items():
        patched(f"name_{name}", old, renamed(text), says=["not a name"])


def trees():
    def many(file):
        for number in range(300):
            file[f"a{number:03}"] = file[KERNEL_PATH]
    few = image(lambda file: [file.create_group(f"g{number}") for number in range(12)], "latest")
    dense = image(many, "latest")
    for name, change in {
            "kind": lambda s, t: s.put(t + 5, "B", 9), "version": lambda s, t: s.put(t + 4, "B", 9), "record_0": lambda s, t: s.put(t + 10, "H", 0),
            "record_65535": lambda s, t: s.put(t + 10, "H", 65535), "record_5": lambda s, t: s.put(t + 10, "H", 5),
            "depth_60000": lambda s, t: s.put(t + 12, "H", 60000), "depth_60": lambda s, t: s.put(t + 12, "H", 60),
            "depth_1": lambda s, t: s.put(t + 12, "H", 1 + s.get(t + 12, "H")), "root_beyond": lambda s, t: s.put(t + 16, "Q", FAR),
            "root_wraps": lambda s, t: s.put(t + 16, "Q", WRAPS), "root_itself": lambda s, t: s.put(t + 16, "Q", t),
            "count_65535": lambda s, t: s.put(t + 24, "H", 65535), "count_less": lambda s, t: s.put(t + 24, "H", 1),
            "node_size": lambda s, t: s.put(t + 6, "I", 0)}.items():
        patched(f"records_{name}", few, lambda s: change(s, s.find(b"BTHD")))
        patched(f"deep_records_{name}", dense, lambda s: change(s, s.find(b"BTHD")))

    def child(address):
        def change(s):
            node = s.find(b"BTIN")
            count = s.get(s.find(b"BTHD") + 24, "H")
            s.put(node + 6 + 11 * count, "Q", address(s, node) if callable(address) else address)
        return change
    patched("records_cycle", dense, child(lambda s, node: node))
    patched("records_child_beyond", dense, child(FAR))
    patched("records_child_undefined", dense, child(UNDEFINED), says=["nowhere"])
    # The last leaf in the place of the first, which is then met twice.
    patched("records_child_twice", dense, child(lambda s, node: s.get(node + 6 + 11 * s.get(s.find(b"BTHD") + 24, "H") + 10, "Q")))

    for name, (place, kind, value) in {
            "version": (4, "B", 9), "width_0": (110, "H", 0), "width_3": (110, "H", 3), "width_65535": (110, "H", 65535),
            "start_0": (112, "Q", 0), "start_3": (112, "Q", 3), "start_huge": (112, "Q", 2**63), "direct_huge": (120, "Q", 2**62),
            "direct_0": (120, "Q", 0), "bits_0": (128, "H", 0), "bits_200": (128, "H", 200), "root_beyond": (132, "Q", FAR),
            "root_undefined": (132, "Q", UNDEFINED), "rows_65535": (140, "H", 65535), "rows_0": (140, "H", 0), "rows_60": (140, "H", 60)}.items():
        patched(f"heap_of_links_{name}", dense, lambda s: s.put(s.find(b"FRHP") + place, kind, value))
    patched("heap_of_links_filters", dense, lambda s: s.put(s.find(b"FRHP") + 7, "H", 8), "unsupported", ["compressed heap"])
    patched("heap_block_foreign", dense, lambda s: s.put(s.find(b"FHDB") + 5, "Q", 48), says=["another heap"])
    patched("heap_table_foreign", dense, lambda s: s.put(s.find(b"FHIB") + 5, "Q", 48), says=["another heap"])
    patched("heap_table_itself", dense, lambda s: s.put(s.find(b"FHIB") + 17, "Q", s.find(b"FHIB")))
    patched("heap_table_beyond", dense, lambda s: s.put(s.find(b"FHIB") + 17, "Q", FAR))
    for name, value in {"offset": b"\0\xff\xff\xff\xff\xff\xff", "kind": b"\x30" + bytes(6), "version": b"\x40" + bytes(6),
                        "tiny": b"\x2f" + bytes(6), "huge": b"\x10\xff" + bytes(5), "head": bytes(7)}.items():
        def change(s):
            leaf = s.find(b"BTLF")
            s.bytes[leaf + 10:leaf + 17] = value
        patched(f"heap_identifier_{name}", few, change)


def links():
    """Links that lead elsewhere, at each depth, in files of the newest kind; in one group that is small, and one that is large."""
    soft, outside = h5py.SoftLink("/elsewhere"), h5py.ExternalLink("/etc/passwd", "/x")
    places = {"root": "layers", "middle": "layers/conv2d", "leaf": KERNEL_PATH, "beside": "other"}
    for size, number in [("latest", 0), ("dense", 12)]:
        for where, path in places.items():
            for kind, link in [("soft", soft), ("external", outside)]:
                def edit(file):
                    if path in file:
                        del file[path]
                    parent = file[path.rpartition("/")[0] or "/"]
                    for place in range(number):
                        parent.create_group(f"g{place:02}")
                    file[path] = link
                expect(f"{kind}_link_{where}_{size}", image(edit, "latest"), says=["link"], site="/" + path)
    for where, path in places.items():
        name = path.rpartition("/")[2].encode()

        def edit(file):
            if path in file:
                del file[path]
            file[path] = outside

        def change(s):
            # Flags, the class of the link, how long its name is, and the name.
            flags = next(f for f in [0x08, 0x0C, 0x18, 0x1C] if (bytes([1, f, 64]) in s.bytes))
            s.put(s.bytes.index(bytes([1, flags, 64])) + 2, "B", 65)
        patched(f"user_link_{where}", image(edit, "latest"), change, says=["user-defined link (65)"], site="/" + path)
        if where == "beside":
            expect("external_link_beside_earliest", image(edit), says=["external"], site="/" + path)

    def external(file):
        file[GROUP].create_dataset("0", (3, 3, 1, 2), "f4", external=[("/etc/passwd", 0, 72)])

    def virtual(file):
        layout = h5py.VirtualLayout((3, 3, 1, 2), "f4")
        layout[...] = h5py.VirtualSource("/etc/passwd", "x", (3, 3, 1, 2))
        file[GROUP].create_virtual_dataset("0", layout)
    expect("external_storage_latest", image(external, "latest", kernel=None), says=["another file"], site="/" + KERNEL_PATH)
    # A message that names another virtual dataset has bytes at its end that were never set.
    loose = Surgery(image(virtual, "latest", kernel=None))
    expect("virtual_latest", loose.sealed(), says=["virtual"], site="/" + KERNEL_PATH)
    for place, path in {"model_weights": "model_weights", "layer": "model_weights/conv", "leaf": "model_weights/conv/conv/kernel:0"}.items():
        for kind, link in [("soft", soft), ("external", outside)]:
            def edit(file):
                del file[path]
                file[path] = link
            expect(f"legacy_{kind}_{place}", legacy(edit), says=["link"], site="/" + path)


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
    for name, dtype in {"int8": "i1", "uint64": "u8", "bool": "?", "complex": "c8", "text": "S4", "opaque": "V2", "opaque4": "V4"}.items():
        typed(name, dtype)
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


def names():
    """Lists of layers and weights, and where their text lies."""
    def case(name, edit=None, change=None, kind="malformed", says=(), site=None, base=None):
        content = base or legacy(edit)
        if change:
            surgery = Surgery(content)
            change(surgery)
            content = surgery.sealed()
        expect(name, content, kind, says, site)

    def listed(path, key, value):
        return lambda file: file[path].attrs.__setitem__(key, value)
    top, conv = "model_weights", "model_weights/conv"
    case("layer_names_empty", listed(top, "layer_names", np.zeros(0, "S1")), site="conv")
    case("layer_names_number", listed(top, "layer_names", 5), site="/model_weights layer_names")
    case("layer_names_itself", listed(top, "layer_names", [b"image", b"."]), site=".")
    case("layer_names_above", listed(top, "layer_names", [b"image", b"../model_weights/conv"]), site="../model_weights/conv")
    case("layer_names_nothing", listed(top, "layer_names", [b"image", b""]))

    def gaps(file):
        del file[top].attrs["layer_names"]
        file[top].attrs["layer_names0"] = [b"image"]
        file[top].attrs["layer_names2"] = [b"conv"]
    case("layer_names_gap", gaps, site="conv")
    for name, text in {"slash": b"/", "absolute": b"/etc/passwd", "above": b"../conv/kernel:0", "empty": b"", "group": b"conv",
                       "dots": b"conv/../conv/kernel:0", "double": b"conv//kernel:0", "trailing": b"conv/kernel:0/"}.items():
        case(f"weight_name_{name}", listed(conv, "weight_names", [text, b"conv/bias:0"]), says=["weight_names"])
    case("weight_names_twice", listed(conv, "weight_names", [b"conv/bias:0", b"conv/bias:0"]), site="conv/kernel")
    case("weight_names_swapped", listed(conv, "weight_names", [b"conv/bias:0", b"conv/kernel:0"]), site="conv/kernel")
    case("weight_names_many", listed(conv, "weight_names", [b"conv/bias:0"] * 500), site="conv")
    # 1 000 000 names in one attribute, of a length of one.
    million = io.BytesIO()
    with h5py.File(million, "w", libver="latest") as file:
        file.attrs["layer_names"] = np.full(1_000_000, b"x")
    expect("layer_names_million", million.getvalue(), site="x")

    text = legacy(listed(top, "layer_names", np.array(["image", "conv"], dtype=h5py.string_dtype())))
    collection = lambda s: s.find(b"GCOL")

    def reference(s):
        """Where a piece of text is referred to: its length, the address of the collection, its index."""
        m = next(m for m in s.messages(top) if m.kind == ATTRIBUTE and b"layer_names" in s.bytes[m.body:m.body + m.size])
        place = s.bytes.index(struct.pack("<Q", collection(s)), m.body)
        return place - 4
    for name, change in {
            "address": lambda s: s.put(reference(s) + 4, "Q", FAR), "address_wraps": lambda s: s.put(reference(s) + 4, "Q", WRAPS),
            "address_other": lambda s: s.put(reference(s) + 4, "Q", 0), "index_0": lambda s: s.put(reference(s) + 12, "I", 0),
            "index_other": lambda s: s.put(reference(s) + 12, "I", 77), "index_most": lambda s: s.put(reference(s) + 12, "I", 2**32 - 1),
            "length_more": lambda s: s.put(reference(s), "I", 500),
            "version": lambda s: s.put(collection(s) + 4, "B", 9), "size_0": lambda s: s.put(collection(s) + 8, "Q", 0),
            "size_huge": lambda s: s.put(collection(s) + 8, "Q", 2**63), "size_beyond": lambda s: s.put(collection(s) + 8, "Q", 100_000),
            "object_size": lambda s: s.put(collection(s) + 24, "Q", 2**62), "object_wraps": lambda s: s.put(collection(s) + 24, "Q", 2**64 - 1),
            "two_objects": lambda s: s.put(collection(s) + 16 + 16 + -(-s.get(collection(s) + 24, "Q") // 8) * 8, "H", s.get(collection(s) + 16, "H")),
            "ends_at_once": lambda s: s.put(collection(s) + 16, "H", 0)}.items():
        case(f"text_{name}", base=text, change=change)
    case("text_length", base=text, change=lambda s: s.put(reference(s), "I", 2**32 - 1), kind="limit")
    attribute = lambda s: s.message(top, ATTRIBUTE)
    case("attribute_version", base=text, change=lambda s: s.put(attribute(s).body, "B", 9), says=["version 9"])
    for name, place in {"name": 2, "type": 4, "space": 6}.items():
        case(f"attribute_{name}", base=text, change=lambda s: s.put(attribute(s).body + place, "H", 65535), says=["cut short"])


def main():
    shutil.rmtree(ROOT, ignore_errors=True)
    ROOT.mkdir(parents=True)
    for part in [superblock, headers, groups, trees, links, chunks, types, names]:
        part()
    (ROOT / "expected.json").write_text(json.dumps(EXPECTED, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
