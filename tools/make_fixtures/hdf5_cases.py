"""What the scripts share that write hostile HDF5 files: the file that is changed, and what is expected of it then."""

import io

import h5py
import keras_malformed as malformed
from hdf5_surgery import Surgery
from keras_malformed import BIAS, KERNEL, archive

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
