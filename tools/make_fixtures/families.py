"""Tiny networks of the three families with whole and per-layer references, computed by Keras.

  python families.py --out ../../Fixtures/families

Each case: model.keras or model.h5, test_data_set_0/{input_0,output_0}.npy, test_data_set_0/layers/<layer>.npy ("/" in
a name becomes "__"; layers that do nothing at inference are left out), and case.json. Weights are drawn with fixed
seeds, scaled so that no layer dies or explodes.
"""
import argparse
import json
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras
import numpy as np
from keras import layers as L

CLASSES = 5


def double_conv(x, width, name):
    for k in (1, 2):
        x = L.Conv2D(width, 3, padding="same", activation="relu", name=f"{name}_conv{k}")(x)
    return x


def simple():
    """Two double convolutions around one pooling and one nearest upsampling."""
    image = keras.Input((None, None, 3), name="image")
    x = double_conv(image, 8, "encoder")
    x = L.MaxPooling2D(2, name="pool")(x)
    x = double_conv(x, 16, "middle")
    x = L.UpSampling2D(2, name="up")(x)
    return keras.Model(image, L.Conv2D(CLASSES, 1, activation="softmax", name="classes")(x), name="simple")


def unet(base=4, depth=4):
    """The capstone's U-Net, thin."""
    image = keras.Input((None, None, 3), name="image")
    x, skips = image, []
    for level in range(depth):
        skips.append(double_conv(x, base << level, f"down{level}"))
        x = L.MaxPooling2D(2, name=f"down{level}_pool")(skips[-1])
        x = L.Dropout(0.3, name=f"down{level}_dropout")(x)
    x = double_conv(x, base << depth, "bottom")
    for level in reversed(range(depth)):
        x = L.Conv2DTranspose(base << level, 3, strides=2, padding="same", name=f"up{level}_transpose")(x)
        x = L.concatenate([x, skips[level]], name=f"up{level}_concat")
        x = L.Dropout(0.3, name=f"up{level}_dropout")(x)
        x = double_conv(x, base << level, f"up{level}")
    x = L.Conv2D(CLASSES, 1, padding="same", activation="softmax", name="classes")(x)
    return keras.Model(image, x, name="unet")


def strided():
    """SAME convolutions of stride 2 on odd sizes, where the padding is uneven and depends on the size."""
    image = keras.Input((None, None, 3), name="image")
    x = L.Conv2D(8, 3, strides=2, padding="same", activation="relu", name="stem")(image)
    x = L.Conv2D(12, 5, strides=2, padding="same", activation="relu", name="wide")(x)
    x = L.DepthwiseConv2D(3, strides=2, padding="same", activation="relu", name="depthwise")(x)
    x = L.MaxPooling2D(3, strides=2, padding="same", name="pool")(x)
    x = L.Conv2DTranspose(8, 3, strides=2, padding="same", activation="relu", name="transpose_same")(x)
    x = L.Conv2DTranspose(8, 4, strides=3, padding="valid", activation="relu", name="transpose_valid")(x)
    x = L.AveragePooling2D(3, strides=2, padding="same", name="average")(x)
    return keras.Model(image, L.Conv2D(CLASSES, 1, activation="softmax", name="classes")(x), name="strided")


def bottleneck(x, width, stride, project, name):
    """The residual block of ResNet50 as keras.applications writes it."""
    shortcut = x
    if project:
        shortcut = L.Conv2D(4 * width, 1, strides=stride, name=f"{name}_0_conv")(x)
        shortcut = L.BatchNormalization(epsilon=1.001e-5, name=f"{name}_0_bn")(shortcut)
    for k, (kernel, out, step) in enumerate(((1, width, stride), (3, width, 1), (1, 4 * width, 1)), 1):
        padding = "same" if kernel == 3 else "valid"
        x = L.Conv2D(out, kernel, strides=step, padding=padding, name=f"{name}_{k}_conv")(x)
        x = L.BatchNormalization(epsilon=1.001e-5, name=f"{name}_{k}_bn")(x)
        if k < 3:
            x = L.Activation("relu", name=f"{name}_{k}_relu")(x)
    x = L.Add(name=f"{name}_add")([shortcut, x])
    return L.Activation("relu", name=f"{name}_out")(x)


def normalised(x, width, kernel, rate, name, bias=False):
    x = L.Conv2D(width, kernel, dilation_rate=rate, padding="same", use_bias=bias, name=f"{name}_conv")(x)
    x = L.BatchNormalization(name=f"{name}_bn")(x)
    return L.ReLU(name=f"{name}_relu")(x)


def deeplabv3plus(height, width, thin=4):
    """DeepLabV3+ on a thin ResNet50: stages of two bottlenecks, ASPP rates 1, 6, 12, 18, bilinear decoder."""
    image = keras.Input((height, width, 3), name="image")
    x = L.ZeroPadding2D(3, name="conv1_pad")(image)
    x = L.Conv2D(thin, 7, strides=2, name="conv1_conv")(x)
    x = L.BatchNormalization(epsilon=1.001e-5, name="conv1_bn")(x)
    x = L.Activation("relu", name="conv1_relu")(x)
    x = L.ZeroPadding2D(1, name="pool1_pad")(x)
    x = L.MaxPooling2D(3, strides=2, name="pool1_pool")(x)
    low = None
    for stage, stride in enumerate((1, 2, 2)):
        for block in range(2):
            first = block == 0
            x = bottleneck(x, thin << stage, stride if first else 1, first, f"conv{stage + 2}_block{block + 1}")
        low = x if low is None else low

    _, h, w, _ = x.shape
    pooled = L.AveragePooling2D((h, w), name="aspp_pool")(x)
    pooled = normalised(pooled, 16, 1, 1, "aspp_image", bias=True)
    branches = [L.UpSampling2D((h, w), interpolation="bilinear", name="aspp_image_up")(pooled)]
    branches += [normalised(x, 16, 1 if rate == 1 else 3, rate, f"aspp_{rate}") for rate in (1, 6, 12, 18)]
    x = L.Concatenate(name="aspp_concat")(branches)
    x = normalised(x, 16, 1, 1, "aspp_project")
    x = L.UpSampling2D(4, interpolation="bilinear", name="decoder_up")(x)
    x = L.Concatenate(name="decoder_concat")([x, normalised(low, 8, 1, 1, "decoder_low")])
    for k in (1, 2):
        x = normalised(x, 16, 3, 1, f"decoder_{k}")
    x = L.UpSampling2D(4, interpolation="bilinear", name="out_up")(x)
    return keras.Model(image, L.Conv2D(CLASSES, 1, padding="same", name="classes")(x), name="deeplabv3plus")


def draw_weights(model, image, seed):
    """He-scaled kernels, small biases, and batch norms whose statistics fit `image`, layer after layer."""
    rng = np.random.default_rng(seed)
    for layer in model.layers:
        for variable in layer.weights:
            kind, shape = variable.path.split("/")[-1], tuple(variable.shape)
            if kind == "kernel":
                if isinstance(layer, L.Conv2DTranspose):
                    fan = np.prod(shape[:2]) * shape[3] / np.prod(layer.strides)
                elif isinstance(layer, L.DepthwiseConv2D):
                    fan = np.prod(shape[:2])
                else:
                    fan = np.prod(shape[:3])
                value = rng.standard_normal(shape) * np.sqrt(2.0 / fan)
            elif kind == "gamma":
                value = rng.uniform(0.7, 1.3, shape)
            else:
                value = rng.standard_normal(shape) * 0.05
            if kind != "moving_variance":
                variable.assign(value.astype("f4"))
    for layer in [l for l in model.layers if isinstance(l, L.BatchNormalization)]:
        y = np.asarray(keras.Model(model.input, layer.input)(image, training=False))
        channels = y.shape[-1]
        layer.moving_mean.assign(0.3 * y.mean((0, 1, 2)) + 0.02 * rng.standard_normal(channels).astype("f4"))
        # by the root mean square: dividing by a much smaller spread would amplify rounding errors layer after layer
        layer.moving_variance.assign(((y ** 2).mean() * rng.uniform(0.8, 1.2, channels) + 1e-3).astype("f4"))
    balance_classes(model, image)


def balance_classes(model, image):
    """Scales and centres the last layer so that the logits spread by about 1.5 and every class wins somewhere."""
    last = model.layers[-1]
    features = np.asarray(keras.Model(model.input, last.input)(image, training=False))
    kernel = np.asarray(last.kernel)
    logits = features @ kernel[0, 0]
    gain = 1.5 / logits.std((0, 1, 2))
    last.kernel.assign(kernel * gain)
    last.bias.assign(-(logits * gain).mean((0, 1, 2)))


def picture(height, width, seed):
    """A smooth coloured image with some noise, [1, height, width, 3], values 0..1."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width] / 16.0
    waves = [np.sin(rng.uniform(-2, 2) * x + rng.uniform(-2, 2) * y + rng.uniform(0, 6)) for _ in range(3)]
    values = 0.5 + 0.3 * np.stack(waves, -1) + 0.1 * rng.standard_normal((height, width, 3))
    return np.clip(values, 0, 1)[None].astype("f4")


def write_case(folder, model, image, note, suffix="keras", per_layer=True, shared=None):
    """Saves what the model gives for `image`, and the model unless it is `shared` (a path relative to `folder`)."""
    data = os.path.join(folder, "test_data_set_0")
    os.makedirs(os.path.join(data, "layers") if per_layer else data, exist_ok=True)
    if not shared:
        model.save(os.path.join(folder, f"model.{suffix}"))
    case = {"by": f"keras {keras.__version__} {keras.backend.backend()}", "note": note,
            "model": shared or f"model.{suffix}", "input_names": [model.layers[0].name]}
    layers = [l for l in model.layers if not isinstance(l, (L.InputLayer, L.Dropout))]
    outputs = [np.asarray(o) for o in keras.Model(model.input, [l.output for l in layers])(image, training=False)]
    for layer, output in zip(layers, outputs):
        live = float((output > 0).mean())
        if not np.isfinite(output).all() or live < 0.02:
            raise SystemExit(f"{folder}: {layer.name} is dead: {live:.3f} of it positive")
    np.save(os.path.join(data, "input_0.npy"), image)
    np.save(os.path.join(data, "output_0.npy"), outputs[-1])
    if per_layer:
        case["layers"] = {}
        for layer, output in zip(layers, outputs):
            file = "layers/" + layer.name.replace("/", "__") + ".npy"
            np.save(os.path.join(data, file), output)
            case["layers"][layer.name] = file
    with open(os.path.join(folder, "case.json"), "w") as f:
        json.dump(case, f, indent=1)
        f.write("\n")
    votes = np.bincount(outputs[-1].argmax(-1).ravel(), minlength=CLASSES)
    print(f"{folder}: {model.count_params()} weights, output {outputs[-1].shape}, classes {votes.tolist()}")


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--out", required=True)
    a = p.parse_args()

    def case(name, model, size, seed, note, **options):
        image = picture(*size, seed)
        draw_weights(model, image, seed)
        write_case(os.path.join(a.out, name), model, image, note, **options)
        return model, image

    case("simple", simple(), (32, 32), 1, "simple encoder-decoder, thin; every layer")
    net, image = case("unet", unet(), (32, 32), 2, "U-Net of depth 4, thin; every layer")
    write_case(os.path.join(a.out, "unet_h5"), net, image, "the weights of unet as a full HDF5 file", "h5",
               per_layer=False)
    write_case(os.path.join(a.out, "unet_wide"), net, picture(48, 80, 5), "the weights of unet on another size",
               per_layer=False, shared="../unet/model.keras")
    case("deeplabv3plus", deeplabv3plus(32, 48), (32, 48), 3, "DeepLabV3+ on a thin ResNet50; every layer")
    case("deeplabv3plus_wide", deeplabv3plus(112, 112), (112, 112), 6,
         "DeepLabV3+, taps of the dilated branches inside the map", per_layer=False)
    case("strided_odd", strided(), (37, 29), 4, "stride 2 with SAME padding on odd sizes; every layer")


if __name__ == "__main__":
    main()
