"""Writes Fixtures/malformed/hdf5: archives whose HDF5 weights must be refused, with expected.json.

Run from the root of the package:  python tools/make_fixtures/hostile_hdf5.py
"""

import io
import json
import shutil
import struct

import h5py
import hostile_hdf5_data as data
import numpy as np
from hdf5_cases import EXPECTED, FAR, GROUP, KERNEL_PATH, ROOT, WRAPS, expect, image, patched
from hdf5_surgery import ATTRIBUTE, CONTINUATION, LAYOUT, UNDEFINED, Surgery
from keras_malformed import legacy


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
    for part in [superblock, headers, groups, trees, links, data.chunks, data.types, names]:
        part()
    (ROOT / "expected.json").write_text(json.dumps(EXPECTED, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
