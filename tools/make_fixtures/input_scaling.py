"""Builds small networks that begin with every spelling of a rescaling in use, and what Keras or ONNX Runtime makes of one scene.

  python input_scaling.py keras     with the packages of requirements.txt
  python input_scaling.py tf2onnx   with those of requirements-tf2onnx.txt
  python input_scaling.py onnx      with those of requirements-onnx.txt
  python input_scaling.py torch     with those of requirements-torch.txt

Run from the root of the package. Models go to Fixtures/cases/keras_input_scaling and onnx_input_scaling, beside the scene that is there,
with `NAME.expected.tif`: the classes for the scene in the unit that the rescaling implies. Each network is one to which the unit matters:
in the other one, more than a quarter of its pixels are of another class.
"""

import pathlib
import struct
import sys

import numpy as np

CASES = pathlib.Path("Fixtures/cases")
# The classes' scores differ by at least this part of the largest, so that no order of sums changes a class.
MARGIN = 1e-3
SEEDS = range(400)


def scene(kind):
    """The bytes of the scene as [H, W, 3]: an uncompressed TIFF of one strip."""
    data = (CASES / kind / "scene.tif").read_bytes()
    start = struct.unpack_from("<I", data, 4)[0]
    tags = {}
    for entry in range(struct.unpack_from("<H", data, start)[0]):
        tag, form, count, value = struct.unpack_from("<HHII", data, start + 2 + 12 * entry)
        tags[tag] = value & 0xFFFF if form == 3 else value
    shape = tags[257], tags[256], tags[277]
    return np.frombuffer(data, np.uint8, int(np.prod(shape)), tags[273]).reshape(shape)


def write_mask(path, classes):
    """Classes as a TIFF of one uncompressed strip."""
    height, width = classes.shape
    tags = [(256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8 + 2 + 9 * 12 + 4),
            (277, 3, 1), (278, 4, height), (279, 4, width * height)]
    entries = b"".join(struct.pack("<HHII", tag, form, 1, value) for tag, form, value in tags)
    header = b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + struct.pack("<I", 0)
    path.write_bytes(header + classes.astype(np.uint8).tobytes())


def classes(scores, axis):
    """The class of each pixel, and whether all are clear."""
    scores = np.moveaxis(np.asarray(scores, np.float64)[0], axis - 1, -1)
    ordered = np.sort(scores, axis=-1)
    margin = (ordered[..., -1] - ordered[..., -2]).min() / np.abs(scores).max()
    return scores.argmax(-1), margin > MARGIN


def record(kind, name, unit, make, save, axis):
    """Takes the first random network to which the unit matters.

    `make(seed)` gives a model and a function from an image [1, H, W, 3] to its scores; `save(model, path without suffix)` writes it.
    """
    pixels = scene(kind)[None].astype(np.float32)
    images = {"samples": pixels, "unit": pixels / np.float32(255)}
    for seed in SEEDS:
        model, predict = make(seed)
        wanted, is_clear = classes(predict(images[unit]), axis)
        other, _ = classes(predict(images["unit" if unit == "samples" else "samples"]), axis)
        counts = np.bincount(wanted.ravel(), minlength=4)
        if is_clear and (wanted != other).mean() > 0.25 and (counts > 0).sum() > 2:
            break
    else:
        sys.exit(f"{kind}/{name}: no network to which the unit matters")
    save(model, CASES / kind / name)
    write_mask(CASES / kind / f"{name}.expected.tif", wanted)
    print(f"{kind}/{name}: seed {seed}, {(wanted != other).mean():.0%} differ in the other unit")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if sys.argv[1] == "keras":
        import input_scaling_keras as cases
    elif sys.argv[1] == "tf2onnx":
        import input_scaling_tf2onnx as cases
    elif sys.argv[1] == "onnx":
        import input_scaling_onnx as cases
    elif sys.argv[1] == "torch":
        import input_scaling_torch as cases
    else:
        sys.exit(__doc__)
    cases.write(record)


if __name__ == "__main__":
    main()
