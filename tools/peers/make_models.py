"""Makes the networks of the comparison and converts them for the peers.

  python make_models.py FOLDER unet_512 simple_512 ...

Per case NAME_SIZE: .keras (of any size where the network allows it), .onnx (NCHW), _in.npy and _out.npy (NHWC, the reference by Keras), and what the converters
make of the ONNX file: .ncnn.param, .ncnn.bin, .mnn. What exists already stays.
"""

import importlib.util
import os
import subprocess
import sys

os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1")

import numpy as np


def make(stem, name, size):
    import networks
    from onnx_form import to_onnx

    model = networks.BUILDERS[name](size)
    image = np.random.default_rng(size).random((1, size, size, 3), dtype="f4")
    networks.fill(model)
    networks.calibrate(model, image)
    np.save(stem + "_in.npy", image)
    np.save(stem + "_out.npy", model.predict(image, verbose=0))
    to_onnx(model, stem + "_crop.onnx", crop=True)
    to_onnx(model, stem + ".onnx")
    if name != "deeplabv3plus":
        weights = model.get_weights()
        model = networks.BUILDERS[name](None)
        model.set_weights(weights)
    model.save(stem + ".keras")


def convert(target, package, program, arguments):
    """Runs a package's converter, if it is installed. `program` is given the package's folder."""
    spec = importlib.util.find_spec(package)
    if os.path.exists(target) or spec is None:
        return
    command = [program(spec.submodule_search_locations[0])] + arguments
    result = subprocess.run(command, cwd=os.path.dirname(target), capture_output=True, text=True)
    if not os.path.exists(target):
        print(f"tools/bench: {package} made no {os.path.basename(target)}\n{result.stderr[-500:]}", file=sys.stderr)


def main():
    folder = os.path.abspath(sys.argv[1])
    os.makedirs(folder, exist_ok=True)
    for case in sys.argv[2:]:
        name, size = case.rsplit("_", 1)
        stem = os.path.join(folder, case)
        if not os.path.exists(stem + ".keras"):
            print(f"tools/bench: making {case}", file=sys.stderr, flush=True)
            make(stem, name, int(size))
        # The program itself: its launcher beside the interpreter imports torch.
        convert(stem + ".ncnn.bin", "pnnx", lambda folder: os.path.join(folder, "pnnx"), [
            stem + "_crop.onnx", f"inputshape=[1,3,{size},{size}]", "fp16=0", f"ncnnparam={stem}.ncnn.param",
            f"ncnnbin={stem}.ncnn.bin"])
        convert(stem + ".mnn", "MNN", lambda folder: os.path.join(os.path.dirname(sys.executable), "mnnconvert"), [
            "-f", "ONNX", "--modelFile", stem + ".onnx", "--MNNModel", stem + ".mnn", "--bizCode", "MNN"])


if __name__ == "__main__":
    main()
