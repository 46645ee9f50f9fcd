"""Builds the networks that people start from, with random weights, and records what Keras computes for one image each.

  python networks.py FOLDER [NAME...]     the networks that this installation of Keras can build, or those named
  python networks.py --list               their names

With the packages of requirements-keras.txt these are the backbones of keras.applications as `.keras` archives (names
start with k3_); with those of requirements-networks.txt the same backbones of Keras 2 as `.h5`, and the networks of
segmentation_models and keras-unet-collection. Each is built in a process of its own, and one that exists is kept. Cases
are directories as `seginfer verify` reads them; they take several gigabytes and are not committed.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ["SM_FRAMEWORK"] = "tf.keras"

import keras
import numpy as np

IS_KERAS_3 = keras.__version__.startswith("3.")
CLASSES = 5
NETWORKS = {}


class Network:
    """`build` makes the model; `formats` are the files to save; the image has `size` pixels a side and values below `top`."""

    def __init__(self, build, size=128, formats=("h5",), substitutions=None, top=1.0):
        self.build, self.size, self.formats = build, size, formats
        self.substitutions, self.top = substitutions, top


def application(name, size=128, top=1.0, **options):
    """Keras 3: the features, for images of any size where the network allows it; Keras 2: with the classifier on top."""

    def build():
        make = getattr(keras.applications, name)
        if IS_KERAS_3:
            return make(weights=None, include_top=False, input_shape=(None, None, 3), **options)
        return make(weights=None, include_top=True, classes=10, input_shape=(size, size, 3), **options)

    prefix, formats = ("k3_", ("keras",)) if IS_KERAS_3 else ("k2_", ("h5",))
    NETWORKS[prefix + name.lower()] = Network(build, size, formats, top=top)


def segmentation(kind, backbone, size=128, formats=("h5",), substitutions=None, **options):
    def build():
        import segmentation_models

        side = size if kind == "PSPNet" else None
        return getattr(segmentation_models, kind)(
            backbone, input_shape=(side, side, 3), classes=CLASSES, activation="softmax", encoder_weights=None, **options)

    name = "_".join(["sm", kind.lower(), backbone] + [f"{value}" for value in options.values()])
    NETWORKS[name] = Network(build, size, formats, substitutions)


def collection(kind, *arguments, size=128, formats=("h5", "keras"), suffix="", substitutions=None, **options):
    def build():
        import keras_unet_collection.models as models

        return getattr(models, kind)((size, size, 3), *arguments, n_labels=CLASSES, **options)

    NETWORKS["kuc_" + kind + suffix] = Network(build, size, formats, substitutions)


for name in ["ResNet50", "ResNet50V2", "VGG16", "VGG19", "MobileNet", "MobileNetV2", "DenseNet121", "Xception", "InceptionV3"]:
    application(name)
for name in ["MobileNetV3Small", "MobileNetV3Large", "EfficientNetB0", "EfficientNetV2B0", "ConvNeXtTiny"]:
    application(name, top=255.0)
application("InceptionResNetV2", size=160)
if not IS_KERAS_3:
    # Its cells fit together for images of 224 pixels only, and Keras 3 is asked for networks of any size.
    application("NASNetMobile", size=224)

if not IS_KERAS_3:
    for kind in ["Unet", "FPN", "Linknet", "PSPNet"]:
        side = 96 if kind == "PSPNet" else 128
        segmentation(kind, "resnet34", side, ("h5", "keras"))
        for backbone in ["mobilenetv2", "efficientnetb0"]:
            segmentation(kind, backbone, side)
    segmentation("Unet", "resnet34", decoder_block_type="transpose")
    segmentation("PSPNet", "resnet34", 144, psp_pooling_type="max")
    for backbone in ["vgg16", "seresnet18", "densenet121", "mobilenet", "inceptionv3", "seresnext50", "resnext50", "inceptionresnetv2"]:
        segmentation("Unet", backbone)

    WIDTHS = [8, 16, 32, 64]
    collection("unet_2d", WIDTHS, activation="ReLU", batch_norm=True)
    collection("unet_2d", WIDTHS, activation="GELU", batch_norm=True, pool=False, unpool="nearest", suffix="_gelu",
               substitutions={"GELU": "gelu(approximate=true)"})
    collection("vnet_2d", WIDTHS, activation="PReLU", batch_norm=True, pool=False, unpool=False)
    collection("unet_plus_2d", WIDTHS, batch_norm=True, pool="max", unpool=False, deep_supervision=True)
    collection("r2_unet_2d", WIDTHS, activation="LeakyReLU", batch_norm=True, pool="ave", unpool="nearest")
    collection("att_unet_2d", WIDTHS, activation="ELU", atten_activation="ReLU", batch_norm=True)
    collection("att_unet_2d", WIDTHS, attention="multiply", batch_norm=True, backbone="VGG16", weights=None, suffix="_vgg16")
    collection("resunet_a_2d", [8, 16, 32, 64, 128], dilation_num=[1, 3, 15, 31], aspp_num_down=64, aspp_num_up=32,
               output_activation="Sigmoid", substitutions={
                   "resunet_aspp_bottom_resize_b4": "resizing(height=8,width=8)",
                   "resunet_aspp_out_resize_b4": "resizing(height=128,width=128)"})
    collection("u2net_2d", filter_num_down=WIDTHS, batch_norm=True, deep_supervision=True)
    collection("unet_3plus_2d", filter_num_down=WIDTHS, batch_norm=True, unpool=False, deep_supervision=True)
    collection("transunet_2d", WIDTHS, embed_dim=32, num_mlp=64, num_heads=4, num_transformer=2, batch_norm=True, formats=("keras",))
    collection("swin_unet_2d", 16, depth=2, stack_num_down=2, stack_num_up=2, patch_size=(2, 2), num_heads=[2, 4],
               window_size=[4, 4], num_mlp=32, formats=("keras",))


def fan_in(layer, shape):
    """Terms in the sum that makes one element of the result."""
    kind = type(layer).__name__
    if "Depthwise" in kind:
        return shape[0] * shape[1]
    if "Transpose" in kind:
        return shape[0] * shape[1] * shape[3] / np.prod(layer.strides)
    return np.prod(shape[:-1])


def drawn(layer, variable, rng):
    """A new value for one variable, or None for those that calibration sets."""
    name, shape = getattr(variable, "path", variable.name).split("/")[-1].split(":")[0], tuple(variable.shape)
    if name.endswith("kernel") and len(shape) in (2, 4):
        terms = shape[0] * shape[1] if name == "depthwise_kernel" else fan_in(layer, shape)
        return rng.normal(0, np.sqrt(2 / terms), shape)
    if "gamma" in name or type(layer).__name__ == "LayerScale":
        return rng.uniform(0.6, 1.4, shape)
    if "beta" in name:
        # Most rectifiers pass most of what they get: so rounding does not grow from layer to layer, as it does in
        # networks that trained weights never make.
        return rng.uniform(0.2, 1.0, shape)
    if "bias" in name:
        return rng.normal(0, 0.1, shape)
    if "alpha" in name:
        return rng.uniform(0.1, 0.4, shape)
    return None


def enliven(model, images, rng):
    """Draws the weights; batch normalisations take the statistics of the images, so that rounding is not amplified."""
    layers = list({id(layer): layer for layer in model._flatten_layers(include_self=False)}.values())
    for layer in layers:
        for variable in layer.weights if not getattr(layer, "layers", None) else []:
            value = drawn(layer, variable, rng)
            if value is not None:
                variable.assign(value.astype("float32"))
    norms = [layer for layer in layers if type(layer).__name__ == "BatchNormalization"]
    momenta = [layer.momentum for layer in norms]
    for layer in norms:
        layer.momentum = 0.0
    model(images, training=True)
    for layer, momentum in zip(norms, momenta):
        layer.momentum = momentum
        assert all(np.isfinite(np.array(v)).all() for v in (layer.moving_mean, layer.moving_variance)), layer.name


def lambdas(model):
    """What stands for the Lambda layers of segmentation_models, told from their arguments."""
    found = {}
    for layer in model.layers:
        if type(layer).__name__ != "Lambda":
            continue
        arguments = layer.arguments
        if "scale" in arguments:
            found[layer.name] = f"CustomScaleLayer(scale={arguments['scale']})"
        elif "start" in arguments:
            # A slice of the channels: with channels first, cropping is of the last two axes.
            rest = layer.input_shape[-1] - arguments["stop"]
            found[layer.name] = f"Cropping2D(cropping=[[0,0],[{arguments['start']},{rest}]],data_format='channels_first')"
        elif "channels_axis" in arguments:
            found[layer.name] = "Reshape(target_shape=[1,1,-1])"
    return found


def pictures(count, size, top, rng):
    """Smooth surfaces with noise, different in every channel."""
    import tensorflow as tf

    coarse = rng.uniform(0, 1, (count, 9, 9, 3)).astype("float32")
    smooth = tf.image.resize(coarse, (size, size), method="bicubic").numpy()
    return (np.clip(smooth + rng.normal(0, 0.1, smooth.shape), 0, 1) * top).astype("float32")


def make(name, folder):
    network = NETWORKS[name]
    keras.utils.set_random_seed(7)
    rng = np.random.default_rng(list(name.encode()))
    model = network.build()
    images = pictures(4, network.size, network.top, rng)
    enliven(model, images, rng)
    image = images[:1]
    outputs = model(image, training=False)
    outputs = [np.array(y) for y in (outputs if isinstance(outputs, (list, tuple)) else [outputs])]
    for y in outputs:
        assert np.isfinite(y).all() and np.ptp(y) > 0.01 * np.abs(y).max() > 1e-6, f"{name}: dead or exploded, {y.min()} to {y.max()}"
    for suffix in network.formats:
        directory = folder / (name if suffix == network.formats[0] else f"{name}_{suffix}")
        part = directory.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        data = part / "test_data_set_0"
        data.mkdir(parents=True)
        model.save(part / f"model.{suffix}")
        np.save(data / "input_0.npy", image)
        for index, y in enumerate(outputs):
            np.save(data / f"output_{index}.npy", y)
        case = {"model": f"model.{suffix}"}
        substitutions = {**(network.substitutions or {}), **lambdas(model)}
        if substitutions:
            (part / "substitutions.json").write_text(json.dumps(substitutions))
            case["substitutions"] = "substitutions.json"
        (part / "case.json").write_text(json.dumps(case))
        part.rename(directory)
        shutil.rmtree(part, ignore_errors=True)


def main():
    if sys.argv[1:] == ["--list"]:
        print("\n".join(NETWORKS))
        return 0
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    if os.environ.get("SEGINFER_MAKE_ONE"):
        make(sys.argv[2], folder)
        return 0
    failed = 0
    folder.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[2:] or NETWORKS:
        if name not in NETWORKS:
            sys.exit(f"error: {name} is no network of Keras {keras.__version__}")
        if (folder / name).exists():
            continue
        command = [sys.executable, __file__, str(folder), name]
        result = subprocess.run(command, env={**os.environ, "SEGINFER_MAKE_ONE": "1"}, capture_output=True, text=True)
        last = (result.stderr.strip().splitlines() or [""])[-1]
        print(f"{name}: {'made' if result.returncode == 0 else 'not built: ' + last}", flush=True)
        failed += result.returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
