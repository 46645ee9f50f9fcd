"""Exports small PyTorch networks with random weights and records what ONNX Runtime computes for one image each.

  python torch_models.py FOLDER        with the packages of requirements-torch.txt; FOLDER is Fixtures/onnx

Cases are directories as `seginfer verify` reads them. Each has something that one of the exporters writes in its own way.
"""

import json
import pathlib
import shutil
import sys
import warnings

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn
from torch_modules import UNet


class Tokens(nn.Module):
    """Rows and columns as one axis, attention over all of them, and an image again; group normalisation and several gates."""

    def __init__(self, channels, heads):
        super().__init__()
        self.stem = nn.Conv2d(3, channels, 3, stride=2, padding=1)
        self.group = nn.GroupNorm(2, channels)
        self.norm = nn.LayerNorm(channels)
        self.query, self.both, self.out = (nn.Linear(channels, n * channels) for n in (1, 2, 1))
        self.depthwise = nn.Conv2d(channels, channels, 5, padding=2, groups=channels)
        self.head = nn.Conv2d(channels, 2, 1)
        self.heads = heads

    def forward(self, image):
        x = nn.functional.silu(self.group(self.stem(image)))
        batch, channels, rows, columns = x.shape
        tokens = x.flatten(2).transpose(1, 2)
        normed = self.norm(tokens)
        query = self.query(normed).reshape(batch, -1, self.heads, channels // self.heads).permute(0, 2, 1, 3)
        both = self.both(normed).reshape(batch, -1, 2, self.heads, channels // self.heads).permute(2, 0, 3, 1, 4)
        weights = ((query @ both[0].transpose(-2, -1)) * (channels // self.heads) ** -0.5).softmax(dim=-1)
        mixed = (weights @ both[1]).transpose(1, 2).reshape(batch, -1, channels)
        tokens = tokens + nn.functional.gelu(self.out(mixed))
        x = tokens.transpose(1, 2).reshape(batch, channels, rows, columns)
        x = x + nn.functional.hardswish(self.depthwise(x))
        return nn.functional.interpolate(self.head(x), size=image.shape[2:], mode="bilinear", align_corners=False)


CASES = {
    "torch_script_unet": (lambda: UNet([2, 3, 4], 2, "deconvolution"), "script", False),
    "torch_script_unet_any": (lambda: UNet([2, 3, 4], 2, "bilinear"), "script", True),
    "torch_dynamo_unet_any": (lambda: UNet([2, 3, 4], 2, "nearest"), "dynamo", True),
    "torch_script_tokens": (lambda: Tokens(4, 2), "script", False),
    "torch_dynamo_tokens_any": (lambda: Tokens(4, 2), "dynamo", True),
}


def export(model, image, exporter, is_any, path):
    names = dict(input_names=["image"], output_names=["scores"])
    if exporter == "script":
        axes = {name: {2: "height", 3: "width"} for name in ["image", "scores"]} if is_any else None
        torch.onnx.export(model, (image,), str(path), dynamo=False, opset_version=17, dynamic_axes=axes, **names)
        return
    shapes = ({2: torch.export.Dim.DYNAMIC, 3: torch.export.Dim.DYNAMIC},) if is_any else None
    torch.onnx.export(
        model, (image,), str(path), dynamo=True, opset_version=18, dynamic_shapes=shapes, external_data=True, verbose=False, **names)


def without_origins(path):
    """Leaves out where in which source file each node comes from, which differs from machine to machine."""
    model = onnx.load(str(path), load_external_data=False)
    graphs = [model.graph, *model.functions]
    for graph in graphs:
        for part in [graph, *graph.node, *getattr(graph, "input", []), *getattr(graph, "output", []), *graph.value_info]:
            if hasattr(part, "metadata_props"):
                del part.metadata_props[:]
        del graph.value_info[:]
    path.write_bytes(model.SerializeToString(deterministic=True))


def main(folder):
    warnings.simplefilter("ignore")
    for name, (build, exporter, is_any) in CASES.items():
        generator = torch.Generator().manual_seed(5)
        torch.manual_seed(5)
        model = build()
        with torch.no_grad():
            for module in model.modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.running_mean.normal_(0, 0.2, generator=generator)
                    module.running_var.uniform_(0.5, 1.5, generator=generator)
        model.eval()
        image = torch.randn((1, 3, 16, 24), generator=generator)
        directory = folder / name
        shutil.rmtree(directory, ignore_errors=True)
        data = directory / "test_data_set_0"
        data.mkdir(parents=True)
        path = directory / "model.onnx"
        export(model, image, exporter, is_any, path)
        without_origins(path)
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        np.save(data / "input_0.npy", image.numpy())
        for index, output in enumerate(session.run(None, {"image": image.numpy()})):
            np.save(data / f"output_{index}.npy", output)
        description = {"model": "model.onnx", "by": f"onnxruntime {onnxruntime.__version__}, torch {torch.__version__}"}
        (directory / "case.json").write_text(json.dumps(description, indent=1) + "\n")


main(pathlib.Path(sys.argv[1]))
