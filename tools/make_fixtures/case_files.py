"""Scenes and masks of Fixtures/cases as small TIFF files, written without any other library than NumPy."""

import pathlib
import struct
import zipfile

import numpy as np

CASES = pathlib.Path(__file__).resolve().parents[2] / "Fixtures" / "cases"


def write_tiff(path, pixels):
    """Bytes, rows x columns or rows x columns x 3, uncompressed, in one strip."""
    pixels = np.ascontiguousarray(pixels, np.uint8)
    rows, columns = pixels.shape[:2]
    bands = 1 if pixels.ndim == 2 else pixels.shape[2]
    entries = [
        (256, 4, 1, columns), (257, 4, 1, rows), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1 if bands == 1 else 2),
        (273, 4, 1, 0), (277, 3, 1, bands), (278, 4, 1, rows), (279, 4, 1, pixels.size), (284, 3, 1, 1)]
    start = 8 + 2 + 12 * len(entries) + 4 + 8
    if bands > 1:
        entries[2] = (258, 3, bands, start - 8)
    entries[5] = (273, 4, 1, start)
    directory = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    bits = struct.pack("<4H", 8, 8, 8, 8)
    header = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(entries)) + directory + struct.pack("<I", 0) + bits
    pathlib.Path(path).write_bytes(header + pixels.tobytes())


def scene(rows, columns, seed):
    """Three bands of smooth patches with some noise."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:rows, :columns].astype(np.float64)
    bands = []
    for _ in range(3):
        waves = sum(np.sin(random.uniform(0.05, 0.4) * y + random.uniform(0.05, 0.4) * x + random.uniform(0, 6))
                    for _ in range(4))
        bands.append(128 + 28 * waves + random.normal(0, 12, (rows, columns)))
    return np.clip(np.stack(bands, -1), 0, 255).astype(np.uint8)


def classes(scores, axis=-1):
    """The class of every pixel; the scores must tell them apart by more than rounding does, and show at least two."""
    ordered = np.sort(scores, axis=axis)
    margin = np.take(ordered, -1, axis=axis) - np.take(ordered, -2, axis=axis)
    spread = scores.max() - scores.min()
    assert np.isfinite(scores).all() and margin.min() > 1e-5 * spread, f"undecided: {margin.min()} of {spread}"
    result = scores.argmax(axis=axis).astype(np.uint8)
    shares = np.bincount(result.ravel()) / result.size
    assert (shares > 0.02).sum() >= 2, f"hardly more than one class: {shares}"
    return result


def deflate(path):
    """Makes an archive smaller; other files stay."""
    path = pathlib.Path(path)
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)


class Kind:
    """A folder of Fixtures/cases with its scene."""

    def __init__(self, name, rows, columns, seed):
        self.folder = CASES / name
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "scene.tif"
        self.image = scene(rows, columns, seed)
        write_tiff(path, self.image)

    def write(self, name, mask, arguments=()):
        write_tiff(self.folder / f"{name}.expected.tif", mask)
        if arguments:
            (self.folder / f"{name}.arguments").write_text("\n".join(arguments) + "\n")
