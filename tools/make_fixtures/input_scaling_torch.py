"""The spellings of input_scaling.py in PyTorch, exported by both exporters: modules on the image, and the unit that they imply."""

import io

import onnx
import segmentation_models_pytorch as smp
import torch
from torch import nn
from torchvision.transforms import v2

from input_scaling_onnx import predict, save

MEAN, DEVIATION = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
CASES = []


def case(unit):
    def add(function):
        CASES.append((function.__name__, unit, function))
        return function
    return add


class Standardised(nn.Module):
    """Preprocessing by the parameters of an encoder of segmentation_models_pytorch, from buffers."""

    def __init__(self, encoder):
        super().__init__()
        parameters = smp.encoders.get_preprocessing_params(encoder)
        self.swaps = parameters["input_space"] == "BGR"
        self.divides = parameters["input_range"] == [0, 1]
        for name in ("mean", "std"):
            self.register_buffer(name, torch.tensor(parameters[name], dtype=torch.float32).view(1, 3, 1, 1))

    def forward(self, x):
        if self.swaps:
            x = x[:, [2, 1, 0]]
        if self.divides:
            x = x / 255
        return (x - self.mean) / self.std


class Function(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


@case("samples")
def torchvision_bytes():
    return nn.Sequential(Function(lambda x: x / 255.0), v2.Normalize(MEAN, DEVIATION))


@case("unit")
def torchvision_unit():
    return nn.Sequential(v2.Normalize(MEAN, DEVIATION))


@case("samples")
def torchvision_bytes_normalized():
    return nn.Sequential(v2.Normalize([m * 255 for m in MEAN], [d * 255 for d in DEVIATION]))


@case("samples")
def smp_resnet():
    return Standardised("tu-resnet34")


@case("samples")
def smp_inception():
    return Standardised("tu-inception_resnet_v2")


@case("samples")
def permuted_and_flipped():
    mean = torch.tensor([103.939, 116.779, 123.68]).view(1, 3, 1, 1)
    return Function(lambda x: x.flip(1) - mean)


@case("samples")
def unbound_and_stacked():
    def function(x):
        red, green, blue = x.unbind(1)
        return torch.stack([blue - 103.939, green - 116.779, red - 123.68], 1)
    return Function(function)


@case("samples")
def clamped_and_converted():
    return Function(lambda x: x.clamp(0, 255).to(torch.float32).mul(1 / 127.5).sub(1))


@case("samples")
def batchnorm():
    layer = nn.BatchNorm2d(3, affine=False)
    layer.running_mean.copy_(torch.tensor(MEAN) * 255)
    layer.running_var.copy_((torch.tensor(DEVIATION) * 255) ** 2)
    return layer


def network(make, seed, dynamo):
    torch.manual_seed(seed)
    head = nn.Conv2d(3, 4, 3, padding=1)
    nn.init.normal_(head.weight, std=0.5)
    nn.init.normal_(head.bias, std=0.2)
    model = exported(nn.Sequential(make(), head).eval(), dynamo)
    return model, lambda x: predict(model, x.transpose(0, 3, 1, 2))


def exported(module, dynamo):
    image, file = torch.rand(1, 3, 16, 16), io.BytesIO()
    if dynamo:
        sizes = {2: torch.export.Dim("H"), 3: torch.export.Dim("W")}
        torch.onnx.export(module, (image,), file, dynamo=True, input_names=["image"], dynamic_shapes=(sizes,), verbose=False)
    else:
        torch.onnx.export(module, (image,), file, dynamo=False, input_names=["image"], opset_version=17,
                          dynamic_axes={"image": {2: "H", 3: "W"}})
    model = onnx.load_from_string(file.getvalue())
    # Where in somebody's files the code was does not belong to the model.
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for function in model.functions:
        for node in function.node:
            del node.metadata_props[:]
            node.doc_string = ""
    del model.graph.metadata_props[:]
    for value in [*model.graph.value_info, *model.graph.input, *model.graph.output, *model.graph.initializer]:
        del value.metadata_props[:]
    return model


def write(record):
    for name, unit, make in CASES:
        for kind, dynamo in [("torchscript", False), ("dynamo", True)]:
            record("onnx_input_scaling", f"{kind}_{name}", unit, lambda seed: network(make, seed, dynamo),
                   save, axis=1)
