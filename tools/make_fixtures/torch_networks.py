"""Exports PyTorch's segmentation networks with random weights, and records what ONNX Runtime computes for one image each.

  python torch_networks.py FOLDER [NAME...]     all of them, or those named
  python torch_networks.py --list               their names

A name is NETWORK_FORM, where the form says which exporter wrote the file: script (TorchScript, opset 17) or dynamo (opset 18,
weights in a file beside it), and with _any for images of any size. Each network is made in a process of its own, and a case
that exists is kept. Cases are directories as `seginfer verify` reads them; all together take several gigabytes and are not
committed. Packages: requirements-torch.txt.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import warnings

import numpy as np
import torch

FORMS = ["script", "script_any", "dynamo", "dynamo_any"]
CLASSES = 5
NETWORKS = {}
SIZES = {}


def provide_torchvision_operators():
    """Lets torchvision be imported where its compiled operators cannot be loaded; no network here uses them."""
    library = torch.library.Library("torchvision", "DEF")
    for name in ["nms", "qnms"]:
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    return library


def smp(kind, encoder, **options):
    def build():
        import segmentation_models_pytorch

        return getattr(segmentation_models_pytorch, kind)(encoder, encoder_weights=None, classes=CLASSES, **options)

    NETWORKS[f"{kind.lower()}_{encoder.replace('-', '')}"] = build
    # Pyramids of 1, 2, 3 and 6 bins, which TorchScript writes for maps that they divide.
    if kind in ("PSPNet", "UPerNet"):
        SIZES[build] = 192


def torchvision_network(name):
    class Scores(torch.nn.Module):
        """The first of the network's outputs, as a tensor."""

        def __init__(self, network):
            super().__init__()
            self.network = network

        def forward(self, image):
            return self.network(image)["out"]

    def build():
        import torchvision.models.segmentation as segmentation

        return Scores(getattr(segmentation, name)(weights=None, weights_backbone=None, num_classes=CLASSES))

    NETWORKS[name] = build


def plain(name, **options):
    def build():
        from torch_modules import UNet

        return UNet([32, 64, 128, 256], CLASSES, **options)

    NETWORKS[name] = build


for kind in ["Unet", "UnetPlusPlus", "FPN", "PSPNet", "Linknet", "DeepLabV3", "DeepLabV3Plus", "MAnet", "PAN", "UPerNet", "Segformer"]:
    for encoder in ["resnet18", "resnet34"]:
        smp(kind, encoder)
for kind in ["Unet", "FPN", "DeepLabV3Plus"]:
    for encoder in ["mobilenet_v2", "efficientnet-b0"]:
        smp(kind, encoder)
smp("Segformer", "mit_b0")
for name in ["deeplabv3_mobilenet_v3_large", "fcn_resnet50", "lraspp_mobilenet_v3_large"]:
    torchvision_network(name)
plain("plain_deconvolution", upsampling="deconvolution")
plain("plain_bilinear", upsampling="bilinear")
plain("plain_nearest", upsampling="nearest")


def pictures(count, size, generator):
    """Smooth surfaces with noise, different in every channel."""
    coarse = torch.rand((count, 3, 9, 9), generator=generator)
    smooth = torch.nn.functional.interpolate(coarse, (size, size), mode="bicubic", align_corners=True)
    return (smooth + 0.1 * torch.randn(smooth.shape, generator=generator)).clamp(0, 1)


@torch.no_grad()
def enliven(model, images, generator):
    """Draws the weights; batch normalisations take the statistics of the images, so that rounding is not amplified."""
    norms = []
    for module in model.modules():
        if isinstance(module, (torch.nn.Conv2d, torch.nn.ConvTranspose2d)):
            weight = module.weight
            is_transposed = isinstance(module, torch.nn.ConvTranspose2d)
            terms = weight[:, 0].numel() / np.prod(module.stride) if is_transposed else weight[0].numel()
            weight.copy_(torch.randn(weight.shape, generator=generator) * np.sqrt(2 / terms))
        elif isinstance(module, (torch.nn.BatchNorm2d, torch.nn.LayerNorm)):
            # Most rectifiers pass most of what they get: so rounding does not grow from layer to layer.
            module.weight.copy_(0.6 + 0.8 * torch.rand(module.weight.shape, generator=generator))
            module.bias.copy_(0.2 + 0.8 * torch.rand(module.bias.shape, generator=generator))
            if isinstance(module, torch.nn.BatchNorm2d):
                norms.append(module)
        if isinstance(getattr(module, "bias", None), torch.nn.Parameter) and module not in norms:
            module.bias.add_(0.1 * torch.randn(module.bias.shape, generator=generator))
    model.eval()
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.train()
        norm.momentum = 1.0
    model(images)
    for norm, momentum in zip(norms, momenta):
        norm.momentum = momentum
    model.eval()


def export(model, image, form, path):
    options = dict(input_names=["image"], output_names=["scores"], verbose=False)
    exporter, is_any = form.split("_")[0], form.endswith("_any")
    if exporter == "script":
        if is_any:
            options["dynamic_axes"] = {name: {2: "height", 3: "width"} for name in ["image", "scores"]}
        torch.onnx.export(model, (image,), str(path), dynamo=False, opset_version=17, **options)
    else:
        if is_any:
            auto = torch.export.Dim.DYNAMIC
            options["dynamic_shapes"] = ({2: auto, 3: auto},)
        torch.onnx.export(model, (image,), str(path), dynamo=True, opset_version=18, external_data=True, **options)


def make(network, names, folder):
    import onnxruntime

    seed = int.from_bytes(network.encode(), "big") % (1 << 31)
    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    model = NETWORKS[network]()
    images = pictures(4, SIZES.get(NETWORKS[network], 256), generator)
    enliven(model, images, generator)
    image = images[:1]
    with torch.no_grad():
        expected = model(image).numpy()
    assert np.isfinite(expected).all() and np.ptp(expected) > 0.01 * np.abs(expected).max() > 1e-6, f"{network}: dead or exploded"
    failed = 0
    for name in names:
        directory, part = folder / name, folder / f"{name}.part"
        shutil.rmtree(part, ignore_errors=True)
        (part / "test_data_set_0").mkdir(parents=True)
        try:
            export(model, image, name[len(network) + 1:], part / "model.onnx")
            session = onnxruntime.InferenceSession(str(part / "model.onnx"), providers=["CPUExecutionProvider"])
            outputs = session.run(None, {session.get_inputs()[0].name: image.numpy()})
            error = np.abs(outputs[0] - expected).max() / np.abs(expected).max()
            assert error < 1e-3, f"ONNX Runtime and PyTorch differ by {error:.1e} of the largest value"
        except Exception as problem:
            print(f"{name}: not exported: {' '.join(str(problem).split())[:300]}", flush=True)
            failed += 1
            shutil.rmtree(part, ignore_errors=True)
            continue
        np.save(part / "test_data_set_0" / "input_0.npy", image.numpy())
        for index, output in enumerate(outputs):
            np.save(part / "test_data_set_0" / f"output_{index}.npy", output)
        (part / "case.json").write_text(json.dumps({"model": "model.onnx"}))
        part.rename(directory)
        print(f"{name}: made", flush=True)
    return 1 if failed else 0


def main():
    # TorchScript writes pyramids of bins for images of known size alone.
    cases = {
        f"{network}_{form}": network
        for network in NETWORKS
        for form in FORMS
        if form != "script_any" or NETWORKS[network] not in SIZES
    }
    if sys.argv[1:] == ["--list"]:
        print("\n".join(cases))
        return 0
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    if os.environ.get("SEGINFER_MAKE_ONE"):
        warnings.simplefilter("ignore")
        library = provide_torchvision_operators()
        status = make(cases[sys.argv[2]], sys.argv[2:], folder)
        del library
        return status
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {}
    for name in sys.argv[2:] or cases:
        if name not in cases:
            sys.exit(f"error: {name} is no network of this program's; --list names them")
        if not (folder / name).exists():
            wanted.setdefault(cases[name], []).append(name)
    failed = 0
    for network, names in wanted.items():
        command = [sys.executable, __file__, str(folder), *names]
        result = subprocess.run(command, env={**os.environ, "SEGINFER_MAKE_ONE": "1"}, capture_output=True, text=True)
        lines = [line for line in result.stdout.splitlines() if any(line.startswith(f"{name}: ") for name in names)]
        print("\n".join(lines) or f"{network}: not built: {(result.stderr.strip().splitlines() or [''])[-1]}", flush=True)
        failed += result.returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
