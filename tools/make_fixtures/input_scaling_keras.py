"""The spellings of input_scaling.py in Keras: functions of the image, and the unit that they imply."""

import json
import os
import zipfile

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import applications, layers as L, ops

MEAN, DEVIATION = np.array([0.485, 0.456, 0.406], "float32"), np.array([0.229, 0.224, 0.225], "float32")
CAFFE = np.array([103.939, 116.779, 123.68], "float32")
SWAP = np.eye(3, dtype="float32")[::-1]
CASES = []


def case(unit):
    def add(function):
        CASES.append((function.__name__, unit, function))
        return function
    return add


def fixed(layer, x, *weights):
    """A layer with these weights applied to a value."""
    y = layer(x)
    layer.set_weights(list(weights))
    return y


# keras.applications: the three modes, by networks that use them.
for module, unit in [("mobilenet_v2", "samples"), ("densenet", "samples"), ("vgg16", "samples"), ("xception", "samples"),
                     ("nasnet", "samples"), ("resnet_v2", "samples"), ("inception_resnet_v2", "samples")]:
    CASES.append((f"applications_{module}", unit, getattr(applications, module).preprocess_input))


@case("samples")
def rescaling(x):
    return L.Rescaling(1 / 255)(x)


@case("samples")
def rescaling_symmetric(x):
    return L.Rescaling(1 / 127.5, offset=-1)(x)


@case("samples")
def rescaling_per_channel(x):
    return L.Rescaling(list(1 / (255 * DEVIATION)), offset=list(-MEAN / DEVIATION))(x)


@case("unit")
def rescaling_to_bytes(x):
    return L.Rescaling(255.0)(x)[..., ::-1] - CAFFE


@case("samples")
def normalization_255(x):
    return L.Normalization(mean=MEAN * 255, variance=(DEVIATION * 255) ** 2)(x)


@case("unit")
def normalization_01(x):
    return L.Normalization(mean=MEAN, variance=DEVIATION ** 2)(x)


@case("samples")
def batchnorm_bare_255(x):
    return fixed(L.BatchNormalization(scale=False, center=False), x, MEAN * 255, (DEVIATION * 255) ** 2)


@case("unit")
def batchnorm_learned_01(x):
    gamma, beta = np.array([40, 30, 50], "float32"), np.array([3, -4, 5], "float32")
    return fixed(L.BatchNormalization(), x, gamma, beta, MEAN, DEVIATION ** 2)


@case("unit")
def batchnorm_untrained(x):
    return L.BatchNormalization()(x)


@case("samples")
def batchnorm_after_rescaling(x):
    return fixed(L.BatchNormalization(scale=False), L.Rescaling(1 / 255)(x), np.zeros(3, "float32"), MEAN, DEVIATION ** 2)


@case("samples")
def batchnorm_untrained_after_rescaling(x):
    return L.BatchNormalization()(L.Rescaling(1 / 127.5, offset=-1)(x))


@case("unit")
def twice_minus_one(x):
    return x * 2.0 - 1.0


@case("unit")
def minus_half(x):
    return x - 0.5


@case("samples")
def operator_divide(x):
    return x / 255.0


@case("samples")
def operator_multiply(x):
    return x * 0.003921569


@case("samples")
def divided_for_sentinel(x):
    return ops.divide(x, 10000.0)


@case("samples")
def inverted(x):
    return (255.0 - x) / 255.0


@case("samples")
def clipped(x):
    return ops.clip(x, 0.0, 255.0) / 255.0


@case("samples")
def cast(x):
    return ops.cast(x, "float32") / 127.5 - 1.0


@case("samples")
def split_and_concatenate(x):
    red, green, blue = ops.split(x, 3, axis=-1)
    return ops.concatenate([blue - 103.939, green - 116.779, red - 123.68], axis=-1)


@case("samples")
def unstack_and_stack(x):
    red, green, blue = ops.unstack(x, 3, axis=-1)
    return ops.stack([blue, green, red], axis=-1) - CAFFE


@case("samples")
def stacked_after_arithmetic(x):
    return ops.stack([x[..., 2] - 103.939, x[..., 1] - 116.779, x[..., 0] - 123.68], axis=-1)


@case("samples")
def channels_taken(x):
    return ops.take(x, [2, 1, 0], axis=-1) - CAFFE


@case("samples")
def channels_flipped(x):
    return ops.flip(x, axis=-1) - CAFFE


@case("samples")
def channels_by_einsum(x):
    return ops.einsum("bhwc,cd->bhwd", x, SWAP) - CAFFE


@case("samples")
def channels_by_product(x):
    return ops.matmul(x, SWAP) - CAFFE


@case("samples")
def channels_by_convolution(x):
    return fixed(L.Conv2D(3, 1), x, SWAP[None, None], -CAFFE)


@case("samples")
def scaled_by_depthwise(x):
    scale = (1 / (255 * DEVIATION)).reshape(1, 1, 3, 1)
    return fixed(L.DepthwiseConv2D(1), x, scale, -MEAN / DEVIATION)


@case("samples")
def padded_first(x):
    return L.Cropping2D(1)(L.Rescaling(1 / 255)(L.ZeroPadding2D(1)(x)))


@case("samples")
def two_encoders(x):
    return L.Concatenate()([L.Rescaling(1 / 255)(x), L.Rescaling(1 / 255)(x)[..., ::-1]])


@case("unit")
def side_branch(x):
    """A rescaled image beside the image itself says nothing."""
    features = L.Conv2D(2, 3, padding="same", kernel_initializer="ones", name="side")(L.Rescaling(1 / 255)(x))
    return L.Concatenate()([x, features])


@case("samples")
def model_in_model(x):
    inner = keras.Sequential([keras.Input((None, None, 3)), L.Rescaling(1 / 255), L.Dropout(0.2)], name="preprocessing")
    return inner(x)


@case("samples")
def first_convolution_then_batchnorm(x):
    """The batch normalisation is of features, the division in front of it of the image."""
    y = L.Conv2D(4, 3, padding="same", kernel_initializer=keras.initializers.RandomNormal(seed=3))(x / 255.0)
    return fixed(L.BatchNormalization(), y, *[np.full(4, v, "float32") for v in (1, 0, 0.1, 0.5)])


def network(function, seed):
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    image = keras.Input((None, None, 3), name="image")
    features = function(image)
    head = L.Conv2D(4, 3, padding="same", name="scores")
    model = keras.Model(image, head(features))
    random = np.random.default_rng(seed)
    kernel, bias = head.get_weights()
    head.set_weights([random.normal(0, 0.5, kernel.shape), random.normal(0, 0.2, bias.shape)])
    return model, lambda x: model(x, training=False)


def save(model, path):
    """Without dates, deflated."""
    path = str(path) + ".keras"
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    metadata = json.loads(members["metadata.json"])
    metadata["date_saved"] = "2026-01-01@00:00:00"
    members["metadata.json"] = json.dumps(metadata).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def write(record):
    for name, unit, function in CASES:
        record("keras_input_scaling", name, unit, lambda seed: network(function, seed), save, axis=3)
    name, unit, function = next(one for one in CASES if one[0] == "batchnorm_bare_255")
    record("keras_input_scaling", "batchnorm_legacy", unit, lambda seed: network(function, seed),
           lambda model, path: model.save(str(path) + ".h5", include_optimizer=False), axis=3)
