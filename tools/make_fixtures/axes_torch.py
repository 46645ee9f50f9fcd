"""The cases of axes_cases.py that PyTorch exports: modules whose axes are spelled in many ways."""

import io
import warnings

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from torch import nn

from axes_cases import HEIGHT, WIDTH, mask, network_input, scene, write_case

CASES = []
warnings.filterwarnings("ignore")


class Spelled(nn.Module):
    """A function of an image and layers."""

    def __init__(self, function, *layers):
        super().__init__()
        self.layers = nn.ModuleList(layers)
        self.function = function

    def forward(self, x):
        return self.function(x, *self.layers)


# Exports of a case, and the kinds of cases.
ALL, SCRIPT = ("fixed", "open_dynamo"), ("fixed", "open")
LOCAL, GLOBAL = "torch_local_spellings", "torch_global_spellings"
FLAT, NUMBERS, INPUTS = "torch_flat_outputs", "torch_class_numbers", "torch_input_axes"


def case(kind, axes="NCHW", what="scores", inputs="NCHW", exports=("fixed", "dynamo"), bands=3, dtype=np.float32,
         image_dtype=np.uint8, size=(HEIGHT, WIDTH), seed=1):
    """Adds the case of a function that makes the module. `exports` are by TorchScript at a fixed or open size, or by torch.export."""
    def add(make):
        CASES.append((make, dict(
            kind=kind, axes=axes, what=what, inputs=inputs, exports=exports, bands=bands, dtype=dtype,
            image_dtype=image_dtype, size=size, seed=seed)))
        return make
    return add


def conv(a, b, size=3, **options):
    return nn.Conv2d(a, b, size, padding=size // 2, **options)


def exported(module, x, export, inputs):
    file = io.BytesIO()
    open_axes = {inputs.index("H"): "height", inputs.index("W"): "width"} if export.startswith("open") else None
    if export.endswith("dynamo"):
        shapes = None
        if open_axes:
            shapes = {"x": {axis: torch.export.Dim.DYNAMIC for axis in open_axes}}
        program = torch.onnx.export(
            module, (x,), dynamo=True, verbose=False, input_names=["image"], output_names=["mask"],
            dynamic_shapes=[{axis: torch.export.Dim.DYNAMIC for axis in open_axes}] if shapes else None)
        model = program.model_proto
        # Where each node came from is longer than the model.
        for node in model.graph.node:
            del node.metadata_props[:]
            node.doc_string = ""
        for value in list(model.graph.value_info) + list(model.graph.input) + list(model.graph.output):
            del value.metadata_props[:]
        for function in model.functions:
            del function.metadata_props[:]
            for node in function.node:
                del node.metadata_props[:]
        return model.SerializeToString()
    torch.onnx.export(
        module, (x,), file, dynamo=False, opset_version=17, input_names=["image"], output_names=["mask"],
        dynamic_axes={"image": open_axes} if open_axes else None)
    return file.getvalue()


def make(folder, function, options, export, name):
    seed = options["seed"]
    image = scene(options["bands"], *options["size"], options["image_dtype"])
    x = network_input(image, options["inputs"], options["dtype"])
    for attempt in range(20):
        torch.manual_seed(seed + attempt)
        module = function().eval()
        # Scores that differ from pixel to pixel.
        with torch.no_grad():
            for p in module.parameters():
                p *= 2
        try:
            with torch.no_grad():
                mask_of(module(torch.from_numpy(x)).numpy(), options)
            break
        except AssertionError:
            if attempt == 19:
                raise
    data = exported(module, torch.from_numpy(x), export, options["inputs"])
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    output = session.run(None, {session.get_inputs()[0].name: x})[0]
    write_case(folder, options["kind"], name, ".onnx", data, mask_of(output, options), image)


def mask_of(output, options):
    result = mask(output, options["axes"], options["what"], options["size"])
    assert (np.bincount(result.ravel()) > result.size / 50).sum() > 1, "a dull mask"
    return result


def main(folder, names):
    for function, options in CASES:
        for export in options["exports"]:
            name = f"{function.__name__}_{export}"
            if names and not any(n in name for n in names):
                continue
            try:
                make(folder, function, options, export, name)
            except Exception as error:
                print(f"{name}: {type(error).__name__} {str(error)[:300]}")


# Everything else is in tables of modules.
import axes_torch_bands  # noqa: E402,F401
import axes_torch_ends  # noqa: E402,F401
import axes_torch_numbers  # noqa: E402,F401
import axes_torch_spellings  # noqa: E402,F401
