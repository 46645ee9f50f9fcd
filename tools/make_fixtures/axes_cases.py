"""Makes tiny networks whose axes, class numbers and types are spelled in many ways, and the masks that they should give.

  python axes_cases.py torch FOLDER [NAME...]   with the packages of requirements-torch.txt
  python axes_cases.py onnx FOLDER [NAME...]    with those of requirements-onnx.txt
  python axes_cases.py keras FOLDER [NAME...]   with those of requirements.txt and tf2onnx==1.17.0

FOLDER is Fixtures/cases. A case is FOLDER/KIND/NAME.{onnx,keras}, the kind's scene.tif, NAME.expected.tif made of what ONNX Runtime or
Keras computes, and NAME.arguments where the command needs options.
"""

import pathlib
import struct
import sys

import numpy as np

HEIGHT, WIDTH = 24, 20


def scene(bands=3, height=HEIGHT, width=WIDTH, dtype=np.uint8):
    """Blocks, a gradient and some noise, with all of the type's range."""
    random = np.random.default_rng(bands * 1000 + height * 10 + width)
    most = np.iinfo(dtype).max
    y, x = np.mgrid[0:height, 0:width]
    image = np.empty((height, width, bands))
    for band in range(bands):
        blocks = random.random((4, 4))[y * 4 // height, x * 4 // width]
        wave = 0.5 + 0.5 * np.sin(y * (0.3 + 0.1 * band) + x * 0.4 * (-1) ** band)
        image[..., band] = 0.5 * blocks + 0.25 * wave + 0.25 * random.random((height, width))
    return np.clip(image * (most + 1), 0, most).astype(dtype)


def write_tiff(path, image):
    """An uncompressed TIFF of one strip, samples interleaved."""
    height, width, bands = image.shape
    bits = image.dtype.itemsize * 8
    entries = [
        (256, 4, [width]), (257, 4, [height]), (258, 3, [bits] * bands), (259, 3, [1]),
        (262, 3, [2 if bands == 3 else 1]), (273, 4, [0]), (277, 3, [bands]), (278, 4, [height]),
        (279, 4, [image.nbytes]), (284, 3, [1]),
    ]
    if bands not in (1, 3):
        entries.append((338, 3, [0] * (bands - 1)))
    entries.append((339, 3, [1] * bands))
    end = 8 + 2 + 12 * len(entries) + 4
    extra, table = b"", b""
    sizes = {3: "H", 4: "I"}
    # What does not fit into an entry lies behind the directory, the pixels behind that.
    for tag, kind, values in entries:
        data = struct.pack(f"<{len(values)}{sizes[kind]}", *values)
        if len(data) > 4:
            data, extra = struct.pack("<I", end + len(extra)), extra + data
        table += struct.pack("<HHI", tag, kind, len(values)) + data.ljust(4, b"\0")
    start = end + len(extra)
    table = table.replace(struct.pack("<HHII", 273, 4, 1, 0), struct.pack("<HHII", 273, 4, 1, start))
    path.write_bytes(
        b"II*\0" + struct.pack("<IH", 8, len(entries)) + table + struct.pack("<I", 0) + extra + image.tobytes())


def enlarged(image, factor):
    """Bilinear, half-pixel centres, the border repeated."""
    for axis in (0, 1):
        size = image.shape[axis]
        at = (np.arange(size * factor) + 0.5) / factor - 0.5
        low = np.floor(at).astype(int)
        part = (at - low).reshape([-1 if a == axis else 1 for a in range(image.ndim)])
        a, b = (np.take(image, np.clip(low + k, 0, size - 1), axis) for k in (0, 1))
        image = a * (1 - part) + b * part
    return image


def mask(output, axes, what, size):
    """The mask of an output.

    `axes` names its axes: N of size 1, C, H, W, and P for all pixels. `what` is "scores" (the first largest wins), "probability" (0.5 and
    above is 1) or "numbers".
    """
    output = np.asarray(output)
    assert output.ndim == len(axes), f"{output.shape} is not {axes}"
    if "P" in axes:
        place = axes.index("P")
        factor = round((size[0] * size[1] / output.shape[place]) ** 0.5)
        output = output.reshape(
            *output.shape[:place], size[0] // factor, size[1] // factor, *output.shape[place + 1:])
        axes = axes.replace("P", "HW")
    output = np.transpose(output, [axes.index(a) for a in "NHWC" if a in axes])
    if "N" in axes:
        output = output[0]
    if output.ndim == 2:
        output = output[..., None]
    factor = size[0] // output.shape[0]
    if what == "numbers":
        output = output.repeat(factor, 0).repeat(factor, 1)[..., 0]
        assert (output == output.astype(np.uint8)).all(), "class numbers that are none"
        return output.astype(np.uint8)
    output = enlarged(output.astype(np.float64), factor)
    if what == "probability":
        assert output.shape[-1] == 1
        check_margin(np.abs(output[..., 0] - 0.5))
        return (output[..., 0] >= 0.5).astype(np.uint8)
    ordered = np.sort(output, -1)
    check_margin((ordered[..., -1] - ordered[..., -2]) / np.abs(output).max())
    return output.argmax(-1).astype(np.uint8)


def check_margin(margin):
    assert margin.min() > 2e-6, f"a decision by {margin.min()} depends on rounding"


def write_case(folder, kind, name, suffix, model, mask, image, arguments=()):
    """`model` is the bytes of the model, or a function that writes it to a path."""
    assert len(np.unique(mask)) > 1 and (np.bincount(mask.ravel()) > mask.size / 50).sum() > 1, f"{name}: a dull mask"
    folder = pathlib.Path(folder) / kind
    folder.mkdir(parents=True, exist_ok=True)
    where = folder / "scene.tif"
    write_tiff(where, image)
    path = folder / f"{name}{suffix}"
    path.write_bytes(model) if isinstance(model, bytes) else model(path)
    write_tiff(folder / f"{name}.expected.tif", mask[..., None])
    if arguments:
        (folder / f"{name}.arguments").write_text("\n".join(arguments) + "\n")


def network_input(image, axes, dtype=np.float32):
    """The samples as a tensor of these axes: divided by their type's maximum for floats, as they are for integers."""
    values = image.astype(dtype)
    if np.issubdtype(dtype, np.floating):
        values = (image.astype(np.float32) / np.float32(np.iinfo(image.dtype).max)).astype(dtype)
    values = values[None]
    order = ["NHWC".index(a) for a in axes]
    left = [a for a in range(4) if a not in order]
    values = np.transpose(values, left + order)
    return values.reshape(values.shape[len(left):])


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in ("torch", "onnx", "keras"):
        sys.exit(__doc__)
    __import__(f"axes_{sys.argv[1]}").main(sys.argv[2], sys.argv[3:])
