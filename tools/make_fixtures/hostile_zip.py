"""Writes Fixtures/malformed/zip: archives that must be refused, with expected.json, and Fixtures/containers/zip: archives
by different writers that hold the same model and must load.

Run from the root of the package, with Info-ZIP 3.0 and 7-Zip installed:  python tools/make_fixtures/hostile_zip.py
"""

import io
import json
import os
import pathlib
import shutil
import struct
import subprocess
import tempfile
import zipfile
import zlib

import keras_malformed as malformed
from zip_surgery import ALL, LONG, MEMBERS, Entry, build, directory, member, model, wide_extra

ROOT = malformed.ROOT.parent / "zip"
HONEST = malformed.ROOT.parents[1] / "containers" / "zip"
EXPECTED = {}


def expect(name, content, kind="malformed", site=None, says=()):
    """A site of None means the file itself."""
    name += ".keras"
    (ROOT / name).write_bytes(content)
    EXPECTED[name] = {"kind": kind, "says": list(says)} | ({"site": site} if site else {})


def ends():
    good = build(model())
    expect("end_cut", good[:-1])
    expect("end_missing", good[:-22])
    expect("end_comment_declared", build(model(), b"x" * 10, comment=9), says=["no end"])
    expect("end_trailing", good + b"\0" * 16, says=["no end"])
    other = build([member("config.json", b"{}")])
    expect("end_in_comment", build(model(), other[-22:]), says=["two ends"])
    expect("end_in_comment_cut", build(model(), b"PK\5\6"), says=["two ends"])
    # The end in the member leads to the directory of the member, at its place in the whole.
    entries = model()
    start = len(build(entries)) - 22 - len(directory(entries))
    inner = build([member("config.json", b"{}", method=0)])
    local = start + 30 + len("assets/a")
    inner = build([member("config.json", b"{}", method=0, offset=local)], offset=local + len(inner) - 22 - 46 - 11)
    expect("end_in_member", build(model(member("assets/a", inner, method=0))), says=["two ends"])


def names():
    for key, name in {"parent": b"../x", "deep_parent": b"a/../../x", "absolute": b"/etc/x", "drive": b"C:\\x", "backslash": b"a\\x",
                      "nul": b"a\0b", "empty": b"", "dot": b"./config.json", "escape": b"a\x1b[31mb"}.items():
        expect("name_" + key, build(model(member(name, b"x"))), site=name.decode().replace("\0", "\\0").replace("\x1b", "\\u{1B}") or "")
    expect("name_nul_hides", build(model(member(b"config.json\0.txt", b"{}"))), site="config.json\\0.txt")
    expect("duplicate", build(model(member("config.json", b"{}"))), site="config.json", says=["two members"])
    expect("case_duplicate", build(model(member("CONFIG.json", b"{}"))), site="CONFIG.json", says=["two members"])


def contradictions():
    for key, change in {"name": {"name": b"cONFIG.json"}, "size": {"size": 5}, "packed": {"packed": 5}, "checksum": {"crc": 5},
                        "method": {"method": 0}, "signature": {"signature": b"PK\3\5"}, "encryption": {"flags": 1},
                        "name_length": {"name": b"config.jsonx"}, "extra_beyond": {"extra_length": 65535}}.items():
        expect("local_" + key, build(model(config={"local": change})), site="config.json")
    expect("same_place", build(model(member("a", b"x", offset=lambda places: places[1]))), site="a")
    twice = build(model(member("config.json", MEMBERS[1][1], offset=lambda places: places[1])))
    expect("same_place_same_name", twice, says=["overlaps another"], site="config.json")
    # A member that holds the next one's header in its data, and one whose extra field does.
    inner = b"PK\3\4" + struct.pack("<HHHHHIIIHH", 45, 0, 0, 0, 33, zlib.crc32(b"x"), 1, 1, 1, 0) + b"bx"
    expect("within", build(model(member("a", inner, method=0), member("b", b"x", method=0, offset=lambda places: places[3] + 31))),
           site="b", says=["overlaps another"])
    quoted = struct.pack("<HH", 0x9999, len(inner)) + inner
    expect("quoted", build(model(member("a", method=0, local={"extra": quoted}),
                                 member("b", b"x", method=0, offset=lambda places: places[3] + 35))), site="b", says=["overlaps another"])
    expect("into_directory", build(model(weights={"method": 0, "local": {"packed": 60_000, "size": 60_000},
                                                  "central": {"packed": 60_000, "size": 60_000}})), site=LONG)
    expect("descriptor", build(model(config={"flags": 8, "local": {"crc": 0, "size": 0, "packed": 0},
                                             "behind": b"PK\7\x08" + bytes(12)})), site="config.json", says=["followed"])
    for key, change in {"count_less": {"count": 2}, "count_more": {"count": 4}, "offset": {"offset": 7}, "size": {"size": 50},
                        "offset_beyond": {"offset": 2**31}, "size_beyond": {"size": 2**24}}.items():
        expect("directory_" + key, build(model(), **change))
    expect("directory_signature", build(model(config={"central": {"signature": b"PK\1\3"}})))
    expect("offset_beyond", build(model(config={"offset": 2**31})), site="config.json")


def sizes():
    bomb = member("config.json", b"[" + b" " * (8 << 20) + b"]").content()
    both = lambda **change: {"local": change, "central": change}
    expect("declares_less", build(model(config={"packed": bomb} | both(size=100))), site="config.json", says=["checksum"])
    expect("declares_one_less", build(model(config=both(size=len(MEMBERS[1][1]) - 1))), site="config.json")
    expect("declares_one_more", build(model(config=both(size=len(MEMBERS[1][1]) + 1))), site="config.json")
    expect("stored_size", build(model(config={"method": 0} | both(size=5))), site="config.json")
    five = 5_000_000_000
    expect("bomb_weights", build(model(weights={"extra": wide_extra(five), **both(size=ALL)})), "limit", LONG, ["5000000000"])
    expect("bomb_config", build(model(config={"extra": wide_extra(five), **both(size=ALL)})), "limit", "config.json")
    expect("bomb_floor", build(model(weights=both(size=200 << 20))), "limit", LONG)
    for name in ["metadata.json", "config.json", LONG]:
        for method in [0, 8]:
            key = {"metadata.json": "metadata", "config.json": "config"}.get(name, "weights")
            expect(f"checksum_{key}_{method}", build(model(**{key: {"method": method} | both(crc=5)})), site=name, says=["checksum"])
    broken = member("config.json").content()
    expect("deflate_broken", build(model(config={"packed": b"\xff" + broken[1:]})), site="config.json")
    expect("deflate_cut", build(model(config={"packed": broken[:-9]})), site="config.json")


def features():
    both = lambda **change: {"local": change, "central": change}
    for method in [1, 6, 9, 12, 14, 93, 95, 98, 99]:
        expect(f"method_{method}", build(model(config=both(method=method))), "unsupported", "config.json", [f"method {method}"])
    expect("encrypted", build(model(weights={"flags": 1})), "unsupported", LONG, ["encrypted"])
    expect("encrypted_strongly", build(model(weights={"flags": 65})), "unsupported", LONG, ["encrypted"])
    for key, change in {"number": {"disk": 1}, "start": {"start": 1}, "count": {"here": 2}}.items():
        expect("disks_" + key, build(model(), **change), "unsupported", says=["several disks"])
    expect("disks_member", build(model(config={"central": {"disk": 1}})), "unsupported", "config.json", ["disk"])
    expect("wide_disks", build(model(), wide={"disks": 2}, count=0xFFFF), "unsupported")
    expect("wide_disk", build(model(), wide={"disk": 1}, count=0xFFFF), "unsupported")
    expect("wide_count_here", build(model(), wide={"here": 2}, count=0xFFFF), "unsupported")
    expect("wide_elsewhere", build(model(), wide={"place": 5}, count=0xFFFF), says=["zip64"])
    expect("wide_beyond", build(model(), wide={"place": 2**63}, count=0xFFFF))
    expect("wide_length", build(model(), wide={"length": 2**63 - 1}, count=0xFFFF), says=["zip64"])
    expect("wide_contradicts", build(model(), wide={"count": 2}), says=["contradict"])
    expect("wide_offset", build(model(), wide={"offset": 2**62}, offset=ALL))
    expect("wide_size", build(model(), wide={"size": 2**62}, size=ALL), "limit")
    expect("wide_overflow", build(model(), wide={"offset": 2**63 - 10}, offset=ALL))
    expect("wide_missing", build(model(), offset=ALL))
    expect("extra_missing", build(model(config={"central": {"size": ALL}})), site="config.json", says=["zip64"])
    expect("extra_short", build(model(config={"central": {"size": ALL, "extra": struct.pack("<HHI", 1, 4, 5)}})), site="config.json")
    expect("extra_twice", build(model(config={"extra": wide_extra(1) + wide_extra(2)} | both(size=ALL))), site="config.json")
    expect("extra_beyond", build(model(config={"central": {"extra": struct.pack("<HH", 7, 60)}})), site="config.json")
    expect("extra_huge", build(model(config={"extra": wide_extra(2**64 - 1), **both(size=ALL)})), site="config.json")
    expect("extra_offset", build(model(config={"offset": ALL, "central": {"extra": wide_extra(2**63)}})), site="config.json")
    expect("five_million", build(model(), wide={"count": 5_000_000}, count=0xFFFF), "limit", says=["5000000 members"])
    expect("most_members", build(model(), count=0xFFFF), "limit", says=["65535 members"])
    for key, mode in {"link": 0o120777, "characters": 0o020666, "block": 0o060666, "fifo": 0o010666, "socket": 0o140666}.items():
        expect("mode_" + key, build(model(member("a", b"/etc/passwd", attributes=mode << 16))), site="a", says=["link or a device"])
    expect("mode_config", build(model(config={"attributes": 0o120777 << 16})), site="config.json", says=["link or a device"])
    expect("mode_macos", build(model(config={"attributes": 0o120777 << 16, "system": 19})), site="config.json", says=["link or a device"])


class Stream(io.RawIOBase):
    """What cannot be sought, so that sizes follow the members."""

    def __init__(self):
        self.bytes = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self.bytes += data
        return len(data)


def python(method, target=None, wide=False):
    target = io.BytesIO() if target is None else target
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in MEMBERS:
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            with archive.open(info, "w", force_zip64=wide) as file:
                file.write(data)
    return bytes(target.bytes if isinstance(target, Stream) else target.getvalue())


def program(*command, feeds_back=False):
    """What a program packs from a directory that holds the members."""
    with tempfile.TemporaryDirectory() as place:
        for name, data in MEMBERS:
            pathlib.Path(place, name).write_bytes(data)
            os.utime(pathlib.Path(place, name), (10**9, 10**9))
        run = subprocess.run([part.replace("OUT", place + "/out.zip") for part in command] + [name for name, _ in MEMBERS],
                             cwd=place, capture_output=True, check=True)
        return run.stdout if feeds_back else pathlib.Path(place, "out.zip").read_bytes()


def honest():
    def keep(name, content):
        (HONEST / (name + ".keras")).write_bytes(content)
    both = lambda **change: {"local": change, "central": change}
    keep("python_stored", python(zipfile.ZIP_STORED))
    keep("python_stream", python(zipfile.ZIP_DEFLATED, Stream()))
    keep("python_stream_stored", python(zipfile.ZIP_STORED, Stream()))
    keep("python_stream_zip64", python(zipfile.ZIP_DEFLATED, Stream(), wide=True))
    keep("python_zip64", python(zipfile.ZIP_DEFLATED, wide=True))
    keep("infozip", program("zip", "-q", "-X", "OUT"))
    keep("infozip_stream", program("zip", "-q", "-X", "-", feeds_back=True))
    keep("infozip_zip64", program("zip", "-q", "-X", "-fz", "OUT"))
    keep("infozip_times", program("zip", "-q", "OUT"))
    keep("sevenzip", program("7z", "a", "-tzip", "-bd", "OUT"))
    keep("sevenzip_stored", program("7z", "a", "-tzip", "-mx0", "-bd", "OUT"))
    # As by the Explorer of Windows, by macOS, and by aligning tools.
    fat = {"system": 0, "attributes": 0x20}
    keep("windows", build(model(weights=fat, config=fat, metadata=fat)))
    entries = model(Entry(b"assets/", b"", method=0, attributes=0o040755 << 16), Entry(b"__MACOSX/._config.json", b"x" * 9))
    for entry in entries[:3]:
        entry.flags, entry.local = 8, {"crc": 0, "size": 0, "packed": 0}
        entry.behind = b"PK\7\x08" + struct.pack("<III", zlib.crc32(entry.data), len(entry.content()), len(entry.data))
    keep("macos", build(entries))
    keep("aligned", build(model(weights={"method": 0, "local": {"extra": bytes(3)}})))
    keep("apart", build(model(config={"behind": bytes(100)})))
    keep("reversed", build(model()[::-1]))
    keep("comment", build(model(), b"A comment." * 20))
    keep("nested", build(model(member("assets/inner.zip", build([member("config.json", b"{}", method=0)]), method=0))))
    keep("prefix", build(model(), prefix=b"#!/bin/sh\nexit 0\n"))
    keep("zip64_end", build(model(), wide={}, count=0xFFFF, here=0xFFFF, size=ALL, offset=ALL))
    keep("zip64_end_plain", build(model(), wide={}))
    size = len(MEMBERS[1][1])
    keep("zip64_sizes", build(model(config={"extra": wide_extra(size, len(member("config.json").content())), **both(size=ALL, packed=ALL)})))


def main():
    for folder in [ROOT, HONEST]:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    for part in [ends, names, contradictions, sizes, features, honest]:
        part()
    (ROOT / "expected.json").write_text(json.dumps(EXPECTED, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
