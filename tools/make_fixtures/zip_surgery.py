"""Archives of one small model, of which any field can be wrong."""

import dataclasses
import json
import struct
import zlib

import keras_malformed as malformed

LONG, ALL = "model.weights.h5", 0xFFFFFFFF
MEMBERS = [("metadata.json", json.dumps({"keras_version": "3.9.0"}).encode()),
           ("config.json", json.dumps(malformed.GOOD).encode()), (LONG, malformed.weights())]


@dataclasses.dataclass
class Entry:
    """A member; what is in `local` or `central` stands there instead of the truth."""
    name: bytes
    data: bytes
    method: int = 8
    flags: int = 0
    extra: bytes = b""
    system: int = 3
    attributes: int = 0o100644 << 16
    offset: int | None = None
    packed: bytes | None = None
    behind: bytes = b""
    local: dict = dataclasses.field(default_factory=dict)
    central: dict = dataclasses.field(default_factory=dict)

    def content(self):
        if self.packed is not None:
            return self.packed
        if self.method != 8:
            return self.data
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        return packer.compress(self.data) + packer.flush()

    def fields(self, changes):
        truth = {"crc": zlib.crc32(self.data), "packed": len(self.content()), "size": len(self.data), "name": self.name,
                 "flags": self.flags, "method": self.method, "extra": self.extra, "disk": 0, "signature": None}
        return truth | changes


def member(name, data=None, **how):
    """One of the model's members, or another one."""
    return Entry(name.encode() if isinstance(name, str) else name, dict(MEMBERS).get(name, b"x") if data is None else data, **how)


def model(*extra, **changes):
    """The model's members, with changes to those that are named by the last letters before the dot, and more of them."""
    short = {"metadata": "metadata.json", "config": "config.json", "weights": LONG}
    return [member(name, **changes.get(key, {})) for key, name in short.items()] + list(extra)


def build(entries, text=b"", prefix=b"", wide=None, **end):
    """The bytes of an archive. `wide` is what the end of zip64 says differently; None leaves it out."""
    result, places = bytearray(prefix), []
    for entry in entries:
        places.append(len(result))
        f = entry.fields(entry.local)
        result += f["signature"] or b"PK\3\4"
        result += struct.pack("<HHHHHIIIHH", 45, f["flags"], f["method"], 0, 33, f["crc"], f["packed"], f["size"],
                              len(f["name"]), f.get("extra_length", len(f["extra"])))
        result += f["name"] + f["extra"] + entry.content() + entry.behind
    start = len(result)
    for entry, place in zip(entries, places):
        f = entry.fields(entry.central)
        offset = place if entry.offset is None else entry.offset(places) if callable(entry.offset) else entry.offset
        result += f["signature"] or b"PK\1\2"
        result += struct.pack("<BBHHHHHIIIHHHHHII", 45, entry.system, 45, f["flags"], f["method"], 0, 33, f["crc"], f["packed"],
                              f["size"], len(f["name"]), len(f["extra"]), 0, f["disk"], 0, entry.attributes, offset)
        result += f["name"] + f["extra"]
    size, count = len(result) - start, len(entries)
    if wide is not None:
        w = {"disk": 0, "count": count, "here": None, "size": size, "offset": start, "place": len(result), "disks": 1, "length": 44} | wide
        result += b"PK\6\6" + struct.pack("<QHHIIQQQQ", w["length"], 45, 45, w["disk"], 0, w["count"] if w["here"] is None else w["here"],
                                          w["count"], w["size"], w["offset"])
        result += b"PK\6\7" + struct.pack("<IQI", 0, w["place"], w["disks"])
    e = {"disk": 0, "start": 0, "here": None, "count": count, "size": size, "offset": start, "comment": len(text)} | end
    result += b"PK\5\6" + struct.pack("<HHHHIIH", e["disk"], e["start"], e["count"] if e["here"] is None else e["here"], e["count"],
                                      e["size"], e["offset"], e["comment"])
    return bytes(result + text)


def wide_extra(*values):
    return struct.pack("<HH", 1, 8 * len(values)) + b"".join(struct.pack("<Q", v) for v in values)


def directory(entries):
    whole = build(entries)
    size, offset = struct.unpack_from("<II", whole, len(whole) - 10)
    return whole[offset:offset + size]
