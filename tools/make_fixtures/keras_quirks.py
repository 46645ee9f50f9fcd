"""Writes Fixtures/keras: small Keras models in every container, with inputs and the outputs that Keras computes for them.

Run from the root of the package:  python tools/make_fixtures/keras_quirks.py
"""

import json
import os
import pathlib
import shutil
import zipfile

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import h5py
import keras
import numpy as np
from keras import layers as L

ROOT = pathlib.Path(__file__).resolve().parents[2] / "Fixtures" / "keras"
CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def randomise(model, seed):
    """Gives every variable a value that shows when it is mistaken for another; variances stay positive."""
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        if "seed" in weight.path or "adapted" in weight.path:
            continue
        value = rng.normal(0, 0.4, weight.shape)
        if "variance" in weight.path:
            value = 0.5 + np.abs(value)
        weight.assign(value.astype("float32"))


def strip(path):
    """Removes dates, so that the same program makes the same bytes."""
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
        method = archive.infolist()[0].compress_type
    metadata = json.loads(members["metadata.json"])
    metadata["date_saved"] = "2026-01-01@00:00:00"
    members["metadata.json"] = json.dumps(metadata).encode()
    rewrite(path, members, method)


def rewrite(path, members, method=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)


def flat(outputs):
    """Tensors in the order of Keras, which is that of the keys in a dictionary."""
    if isinstance(outputs, dict):
        return [tensor for key in sorted(outputs) for tensor in flat(outputs[key])]
    return [tensor for part in outputs for tensor in flat(part)] if isinstance(outputs, (list, tuple)) else [outputs]


def record(name, model, files, sizes=None, seed=7):
    """Stores inputs, outputs and the description of one case."""
    directory = ROOT / name / "test_data_set_0"
    directory.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    inputs = []
    for place, tensor in enumerate(model.inputs):
        shape = [1] + list(tensor.shape[1:])
        if sizes:
            shape[1:3] = sizes
        inputs.append(rng.normal(0, 1, [s or 8 for s in shape]).astype("float32"))
        np.save(directory / f"input_{place}.npy", inputs[-1])
    outputs = model(inputs[0] if len(inputs) == 1 else inputs, training=False)
    for place, output in enumerate(flat(outputs)):
        np.save(directory / f"output_{place}.npy", np.asarray(output, dtype="float32"))
    (ROOT / name / "case.json").write_text(json.dumps(files, indent=1) + "\n")


def archive(name, model, sizes=None):
    randomise(model, len(name))
    directory = ROOT / name
    directory.mkdir(parents=True, exist_ok=True)
    model.save(directory / "model.keras")
    strip(directory / "model.keras")
    record(name, model, {"model": "model.keras"}, sizes)


def unet(channels=3, classes=3):
    x = inputs = keras.Input((None, None, channels), name="image")
    skips = []
    for level, width in enumerate([4, 6]):
        x = L.Conv2D(width, 3, padding="same", use_bias=False, name=f"enc{level}_conv")(x)
        x = L.BatchNormalization(name=f"enc{level}_bn")(x)
        x = L.ReLU(name=f"enc{level}_relu")(x)
        skips.append(x)
        x = L.MaxPooling2D(name=f"enc{level}_pool")(x)
    x = L.Conv2D(8, 3, padding="same", activation="relu")(x)
    x = L.Dropout(0.3)(x)
    for level in [1, 0]:
        x = L.Conv2DTranspose(4, 2, strides=2, padding="same", name=f"dec{level}_up")(x)
        x = L.Concatenate(name=f"dec{level}_cat")([x, skips[level]])
        x = L.Conv2D(4, 3, padding="same", activation="relu", name=f"dec{level}_conv")(x)
    return keras.Model(inputs, L.Conv2D(classes, 1, activation="softmax", name="classes")(x))


def block(name):
    x = inputs = keras.Input((None, None, 4))
    x = L.Conv2D(4, 3, padding="same", activation="relu", name="conv")(x)
    x = L.BatchNormalization(name="bn")(x)
    return keras.Model(inputs, L.Conv2D(4, 1, name="mix")(x), name=name)


def nested():
    inputs = keras.Input((8, 8, 4), name="image")
    inner = block("block")
    head = keras.Sequential([keras.Input((8, 8, 4)), L.Conv2D(2, 1, name="last")], name="head")
    return keras.Model(inputs, head(inner(inner(inputs))), name="outer")


@case
def functional_unet(name):
    archive(name, unet(), [12, 16])


@case
def sequential(name):
    archive(name, keras.Sequential([
        keras.Input((8, 8, 2)), L.Rescaling(1 / 3, offset=-0.5), L.Conv2D(3, 3), L.LeakyReLU(), L.Flatten(),
        L.Dense(5, activation="tanh"), L.Dense(4, activation="softmax")]))


@case
def nested_twice(name):
    archive(name, nested())


@case
def nested_twice_as_outputs(name):
    inputs = keras.Input((8, 8, 4), name="image")
    inner = block("block")
    first = inner(inputs)
    archive(name, keras.Model(inputs, [first, inner(first)]))


@case
def shared_layer(name):
    a, b = keras.Input((8, 8, 2), name="a"), keras.Input((8, 8, 2), name="b")
    conv, plain = L.Conv2D(3, 3, padding="same", name="shared"), L.Conv2D(3, 1, name="plain")
    archive(name, keras.Model([a, b], L.Subtract()([L.Add()([conv(a), plain(a)]), conv(b)])))


@case
def shared_between_models(name):
    conv = L.Conv2D(2, 3, padding="same", name="shared")
    i = keras.Input((8, 8, 2))
    left = keras.Model(i, L.Activation("relu")(conv(i)), name="left")
    j = keras.Input((8, 8, 2))
    right = keras.Model(j, L.Conv2D(2, 1, name="own")(conv(j)), name="right")
    x = keras.Input((8, 8, 2), name="image")
    archive(name, keras.Model(x, L.Multiply()([left(x), right(x)])))


@case
def same_padding_odd_sizes(name):
    x = inputs = keras.Input((None, None, 2), name="image")
    x = L.Conv2D(3, 3, strides=2, padding="same", name="half")(x)
    x = L.AveragePooling2D(3, strides=2, padding="same")(x)
    x = L.MaxPooling2D(2, strides=2, padding="same")(x)
    archive(name, keras.Model(inputs, x), [15, 13])


@case
def transposed(name):
    inputs = keras.Input((5, 6, 2), name="image")
    archive(name, keras.Model(inputs, [
        L.Conv2DTranspose(3, 3, strides=2, padding="same", name="same")(inputs),
        L.Conv2DTranspose(3, 3, strides=2, padding="valid", name="valid")(inputs),
        L.Conv2DTranspose(2, 2, strides=3, padding="valid", name="gaps")(inputs),
        L.Conv2DTranspose(2, 4, strides=2, padding="same", use_bias=False, name="even")(inputs),
        L.Conv2DTranspose(2, 3, strides=2, padding="same", output_padding=1, activation="relu", name="padded")(inputs)]))


@case
def separable(name):
    x = inputs = keras.Input((9, 8, 3), name="image")
    x = L.SeparableConv2D(4, 3, strides=2, padding="same", depth_multiplier=2, activation="relu")(x)
    x = L.DepthwiseConv2D(3, padding="same", depth_multiplier=2, dilation_rate=2)(x)
    x = L.Conv2D(4, 1, groups=2)(x)
    archive(name, keras.Model(inputs, x))


@case
def resampling(name):
    x = inputs = keras.Input((7, 6, 2), name="image")
    up = L.UpSampling2D((2, 3))(x)
    smooth = L.UpSampling2D((2, 3), interpolation="bilinear")(x)
    x = L.Concatenate()([up, smooth])
    x = L.ZeroPadding2D(((1, 0), (2, 1)))(x)
    x = L.Cropping2D(((0, 2), (1, 0)))(x)
    archive(name, keras.Model(inputs, [x, L.Resizing(5, 9)(x), L.Resizing(9, 5, interpolation="nearest")(x)]))


@case
def squeeze_excite(name):
    x = inputs = keras.Input((8, 8, 4), name="image")
    s = L.GlobalAveragePooling2D()(x)
    s = L.Dense(2, activation="silu")(s)
    s = L.Dense(4, activation="sigmoid")(s)
    deep = L.Multiply()([x, L.Reshape((1, 1, 4))(s)])
    flat = L.Multiply()([x, s])
    peak = L.GlobalMaxPooling2D(keepdims=True)(x)
    archive(name, keras.Model(inputs, L.Average()([deep, L.Maximum()([flat, x]), L.Minimum()([peak, x])])))


@case
def activations(name):
    inputs = keras.Input((4, 4, 3), name="image")
    names = ["linear", "relu", "relu6", "leaky_relu", "elu", "selu", "celu", "softplus", "softsign", "sigmoid", "tanh",
             "exponential", "silu", "hard_silu", "hard_sigmoid", "gelu", "mish", "softmax", "log_sigmoid", "hard_tanh"]
    outputs = [L.Activation(n, name="f_" + n)(inputs) for n in names]
    outputs += [L.ReLU(max_value=1.0, negative_slope=0.1, threshold=0.2)(inputs), L.ReLU(max_value=float("inf"))(inputs),
                L.LeakyReLU(negative_slope=0.05)(inputs), L.ELU(0.7)(inputs), L.Softmax(axis=2)(inputs),
                L.PReLU(shared_axes=[1, 2])(inputs), L.Conv2D(2, 1, activation=L.ReLU(max_value=2.0))(inputs)]
    archive(name, keras.Model(inputs, outputs))


@case
def normalization(name):
    x = inputs = keras.Input((6, 6, 3), name="image")
    given = L.Normalization(mean=[0.1, 0.2, 0.3], variance=[1.0, 2.0, 0.0])(x)
    back = L.Normalization(mean=[0.1, 0.2, 0.3], variance=[1.0, 2.0, 4.0], invert=True)(x)
    adapted = L.Normalization(name="adapted")
    adapted.adapt(np.random.default_rng(3).normal(2, 3, (4, 6, 6, 3)).astype("float32"))
    bare = L.BatchNormalization(scale=False, center=False, epsilon=0.01)(x)
    archive(name, keras.Model(inputs, [L.Rescaling([1.0, 2.0, 3.0], offset=[0.5, 0.0, -1.0])(given), back, adapted(x), bare]))


@case
def reshaping(name):
    x = inputs = keras.Input((4, 6, 2), name="image")
    x = L.Permute((2, 1, 3))(x)
    x = L.Reshape((-1, 4))(x)
    archive(name, keras.Model(inputs, L.Softmax()(x)))


@case
def dictionary_outputs(name):
    inputs = keras.Input((6, 6, 2), name="image")
    archive(name, keras.Model(inputs, {"mask": L.Conv2D(1, 1, activation="sigmoid")(inputs), "edges": L.Conv2D(2, 3)(inputs)}))


@case
def mixed_precision(name):
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    model = unet()
    keras.mixed_precision.set_global_policy("float32")
    archive(name, model)
    plain = unet()
    plain.set_weights(model.get_weights())
    record(name, plain, {"model": "model.keras"}, [8, 8])


@case
def bfloat16_weights(name):
    model = keras.Sequential([keras.Input((6, 6, 2)), L.Conv2D(3, 3, dtype="bfloat16"), L.Conv2D(2, 1, dtype="float16")])
    archive(name, model)
    plain = keras.Sequential([keras.Input((6, 6, 2)), L.Conv2D(3, 3), L.Conv2D(2, 1)])
    plain.set_weights([np.asarray(w).astype("float32") for w in model.get_weights()])
    record(name, plain, {"model": "model.keras"})


@case
def deflated(name):
    model = unet()
    archive(name, model, [8, 8])
    with zipfile.ZipFile(ROOT / name / "model.keras") as source:
        members = {info.filename: source.read(info) for info in source.infolist()}
    rewrite(ROOT / name / "model.keras", members, zipfile.ZIP_DEFLATED)


@case
def unpacked_directory(name):
    model = unet()
    archive(name, model, [8, 8])
    with zipfile.ZipFile(ROOT / name / "model.keras") as source:
        source.extractall(ROOT / name / "model")
    (ROOT / name / "model.keras").unlink()
    record(name, model, {"model": "model"}, [8, 8])


def legacy(name, model, sizes=None):
    randomise(model, len(name))
    (ROOT / name).mkdir(parents=True, exist_ok=True)
    model.save(ROOT / name / "model.h5", include_optimizer=False)
    record(name, model, {"model": "model.h5"}, sizes)


@case
def legacy_unet(name):
    legacy(name, unet(), [8, 12])


@case
def legacy_nested_frozen(name):
    model = nested()
    model.get_layer("block").get_layer("conv").trainable = False
    legacy(name, model)


@case
def legacy_split_attributes(name):
    """Lists of names cut into `layer_names0`, `layer_names1`, as Keras does above 64512 bytes."""
    model = unet()
    legacy(name, model, [8, 8])
    with h5py.File(ROOT / name / "model.h5", "a") as file:
        group = file["model_weights"]
        names = list(group.attrs["layer_names"])
        del group.attrs["layer_names"]
        group.attrs["layer_names0"] = names[:5]
        group.attrs["layer_names1"] = names[5:]
        group["image"].attrs["weight_names"] = np.zeros(0, dtype="float64")


@case
def legacy_packed(name):
    """Chunked, shuffled, deflated, big-endian and double-precision datasets, and fixed-length attribute strings."""
    model = unet()
    legacy(name, model, [8, 8])
    with h5py.File(ROOT / name / "model.h5", "a") as file:
        config = file.attrs["model_config"]
        del file.attrs["model_config"]
        file.attrs["model_config"] = np.bytes_(config)
        for index, path in enumerate(["enc0_conv/enc0_conv/kernel", "classes/classes/kernel", "dec0_conv/dec0_conv/kernel"]):
            path = "model_weights/" + path
            value = file[path][()]
            del file[path]
            file.create_dataset(path, data=value.astype([">f4", "<f8", ">f8"][index]), chunks=True, compression="gzip",
                                shuffle=True, fletcher32=True)


@case
def weights_and_architecture(name):
    model = unet()
    randomise(model, 5)
    (ROOT / name).mkdir(parents=True, exist_ok=True)
    model.save_weights(ROOT / name / "model.weights.h5")
    (ROOT / name / "model.json").write_text(model.to_json())
    record(name, model, {"model": "model.weights.h5", "architecture": "model.json"}, [8, 8])


@case
def keras2_unet(name):
    """The configuration and weight names as Keras 2 wrote them, from the same model."""
    model = unet()
    legacy(name, model, [8, 12])
    with h5py.File(ROOT / name / "model.h5", "a") as file:
        config = json.loads(file.attrs["model_config"])
        config["class_name"], inner = "Model", config["config"]
        for key in ["input_layers", "output_layers"]:
            inner[key] = [inner[key]]
        for layer in inner["layers"]:
            for key in ["module", "registered_name", "build_config"]:
                layer.pop(key, None)
            c = layer["config"]
            c["dtype"] = "float32"
            if "batch_shape" in c:
                c["batch_input_shape"] = c.pop("batch_shape")
            nodes = []
            for node in layer["inbound_nodes"]:
                arguments = node["args"][0] if isinstance(node["args"][0], list) else [node["args"][0]]
                nodes.append([a["config"]["keras_history"] + [{}] for a in arguments])
            layer["inbound_nodes"] = nodes
        file.attrs["model_config"] = json.dumps(config)
        file.attrs["keras_version"] = file["model_weights"].attrs["keras_version"] = "2.3.1"
        for layer in file["model_weights"]:
            group = file["model_weights"][layer]
            renamed = []
            for old in list(group.attrs.get("weight_names", [])):
                old = old.decode() if isinstance(old, bytes) else old
                group.move(old, old + ":0")
                renamed.append((old + ":0").encode())
            if renamed:
                group.attrs["weight_names"] = renamed


def main():
    shutil.rmtree(ROOT, ignore_errors=True)
    for name, make in CASES.items():
        keras.backend.clear_session()
        keras.utils.set_random_seed(1)
        make(name)
        print(name)


if __name__ == "__main__":
    main()
