"""Writes Fixtures/nodes: models as TensorFlow 2.0 to 2.3 saved them, with a `TensorFlowOpLayer` for each operation between layers, and
the outputs that TensorFlow computes for them. TensorFlow 2.15 still has that layer, but makes none by itself.

Run from the root of the package:  python tools/make_fixtures/keras_nodes.py   (with requirements-keras2.txt)
"""

import json
import shutil

import keras_saving as saving
import h5py
import numpy as np
import tensorflow as tf
from google.protobuf import json_format
from tensorflow.core.framework.node_def_pb2 import NodeDef
from tensorflow.python import keras
from tensorflow.python.keras.engine.base_layer import TensorFlowOpLayer

ROOT = saving.ROOT = saving.ROOT.parent / "nodes"
L = keras.layers
# That of TensorFlow 2.3, which the module has lost.
keras.__version__ = "2.4.0"
NAMES = set()


def nodes(function, *tensors):
    """`function` of tensors as one layer for each operation of its graph."""
    graph = tf.Graph()
    with graph.as_default():
        given = [tf.compat.v1.placeholder(t.dtype, t.shape) for t in tensors]
        results = tf.nest.flatten(function(*given))
    values = {place.ref(): tensor for place, tensor in zip(given, tensors)}
    for operation in graph.get_operations():
        if operation.type in ("Placeholder", "Const"):
            continue
        inputs, constants = [], {}
        for place, tensor in enumerate(operation.inputs):
            if tensor.ref() in values:
                inputs.append(values[tensor.ref()])
            else:
                constants[place] = tf.get_static_value(tensor)
        node, name = operation.node_def, operation.name.replace("/", "_")
        while name in NAMES:
            name += "_again"
        NAMES.add(name)
        node.name = name
        outputs = tf.nest.flatten(TensorFlowOpLayer(node.SerializeToString(), name, constants)(inputs[0] if len(inputs) == 1 else inputs))
        values |= {tensor.ref(): output for tensor, output in zip(operation.outputs, outputs)}
    results = [values[r.ref()] for r in results]
    return results[0] if len(results) == 1 else results


def unet():
    x = inputs = keras.Input((None, None, 3), name="image")
    x = nodes(lambda x: x / 127.5 - 1.0, x)
    skip = x = nodes(tf.nn.relu, L.Conv2D(4, 3, padding="same", name="down")(x))
    x = nodes(lambda x: tf.nn.max_pool2d(x, 2, 2, "SAME"), x)
    x = nodes(lambda x: tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], "REFLECT"), x)
    x = L.Conv2D(4, 3, name="middle")(x)
    x = nodes(lambda x: tf.nn.leaky_relu(x, 0.1) * tf.sigmoid(tf.reduce_mean(x, [1, 2], keepdims=True)), x)
    x = nodes(lambda x, skip: tf.compat.v1.image.resize_bilinear(x, tf.shape(skip)[1:3], half_pixel_centers=True), x, skip)
    x = nodes(lambda x, skip: tf.concat([x, skip], -1), x, skip)
    x = L.Conv2D(3, 1, name="head")(x)
    return keras.Model(inputs, nodes(tf.nn.softmax, x))


def parts():
    x = inputs = keras.Input((6, 4, 4), name="image")
    a, b = nodes(lambda x: tf.split(x, 2, 3), x)
    outputs = [
        nodes(lambda x: x[:, 1:5, ::-1, 2], x), nodes(lambda x: x[..., tf.newaxis, :2], x), nodes(lambda x: x[:, -1], x),
        nodes(lambda a, b: tf.add_n([tf.square(a - b), tf.maximum(a, b), tf.minimum(a, 0.25)]), a, b),
        nodes(lambda a, b: tf.stack([a, tf.abs(b)], 1), a, b),
        nodes(lambda x: tf.transpose(tf.reshape(x, [-1, 24, 4]), [0, 2, 1]), x),
        nodes(lambda x: tf.reshape(x, [tf.shape(x)[0], 12, -1]), x),
        nodes(lambda x: tf.nn.depth_to_space(x, 2), x), nodes(lambda x: tf.nn.avg_pool2d(x, 2, 2, "VALID"), x),
        nodes(lambda x: tf.cast(x > 0.0, tf.float32), x), nodes(lambda x: tf.where(x > 0.0, x, tf.exp(x)), x),
        nodes(lambda x: tf.squeeze(tf.reduce_max(x, 3, keepdims=True), [3]), x),
        nodes(lambda x: tf.nn.bias_add(tf.clip_by_value(x, -0.5, 1.0), [1.0, 2.0, 3.0, 4.0]), x),
        nodes(lambda x: tf.image.resize(x, [9, 7], "nearest"), x), nodes(lambda x: tf.pad(x, [[0, 0], [1, 0], [0, 2], [0, 0]]), x),
        nodes(lambda x: tf.gather(tf.tile(x, [1, 1, 2, 1]), [3, 0], axis=3), x),
        nodes(lambda x: tf.math.rsqrt(tf.math.squared_difference(x, 2.0) + 1.0), x), nodes(lambda x: 1.0 / (2.0 - tf.tanh(x)), x)]
    return keras.Model(inputs, outputs)


def message(node):
    """The message itself as text, where it can be: the layer takes that, too."""
    try:
        return json_format.ParseDict(node, NodeDef()).SerializeToString().decode()
    except UnicodeDecodeError:
        return json.dumps(node)


def edited(name, edit):
    """The same case with other nodes in its configuration, which mean the same."""
    shutil.copytree(ROOT / name.rsplit("_", 1)[0], ROOT / name)
    with h5py.File(ROOT / name / "model.h5", "a") as file:
        config = json.loads(file.attrs["model_config"])
        for layer in config["config"]["layers"]:
            if layer["class_name"] == "TensorFlowOpLayer":
                layer["config"]["node_def"] = edit(layer["config"]["node_def"])
        file.attrs["model_config"] = json.dumps(config)


def save(name, model, sizes=None):
    random = np.random.default_rng(len(name))
    model.set_weights([random.normal(0, 0.4, weight.shape) for weight in model.get_weights()])
    (ROOT / name).mkdir(parents=True)
    model.save(str(ROOT / name / "model.h5"), include_optimizer=False)
    saving.record(name, model, {"model": "model.h5"}, sizes)


def main():
    shutil.rmtree(ROOT, ignore_errors=True)
    for name, make in {"unet": unet, "parts": parts}.items():
        NAMES.clear()
        keras.backend.clear_session()
        save(name, make(), [6, 8] if name == "unet" else None)
        edited(f"{name}_message", message)


if __name__ == "__main__":
    main()
