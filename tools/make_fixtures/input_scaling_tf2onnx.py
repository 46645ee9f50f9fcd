"""Some spellings of input_scaling_keras.py as tf2onnx exports them from a SavedModel; the answer is Keras' own for the network."""

import pathlib
import subprocess
import sys
import tempfile

import input_scaling_keras as spellings

NAMES = ["applications_mobilenet_v2", "applications_densenet", "applications_vgg16", "rescaling", "normalization_01",
         "batchnorm_learned_01", "unstack_and_stack", "channels_taken", "padded_first", "side_branch"]


def save(model, path):
    with tempfile.TemporaryDirectory() as folder:
        model.export(folder, verbose=False)
        subprocess.run([sys.executable, "-m", "tf2onnx.convert", "--saved-model", folder, "--opset", "17", "--output",
                        str(pathlib.Path(f"{path}.onnx").resolve())], check=True, capture_output=True)


def write(record):
    for name, unit, function in spellings.CASES:
        if name in NAMES:
            record("onnx_input_scaling", f"tf2onnx_{name}", unit,
                   lambda seed: spellings.network(function, seed), save, axis=3)
