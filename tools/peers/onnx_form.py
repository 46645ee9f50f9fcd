"""Keras model -> ONNX in NCHW, layer for layer: the form that all peers take without transposing anything."""

import numpy as np
import onnx
from keras import layers as L
from onnx import TensorProto, helper, numpy_helper


def same_padding(size, kernel, stride, dilation=1):
    total = max((-(-size // stride) - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
    return total // 2, total - total // 2


class Writer:
    """`crop`: writes a transposed convolution without padding and cuts its output, for readers that ignore the former."""

    def __init__(self, crop):
        self.crop, self.nodes, self.weights, self.count = crop, [], [], 0

    def node(self, op, inputs, **attributes):
        self.count += 1
        name = f"{op.lower()}_{self.count}"
        self.nodes.append(helper.make_node(op, inputs, [name], **attributes))
        return name

    def constant(self, values):
        self.count += 1
        name = f"constant_{self.count}"
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def bias(self, layer):
        return [self.constant(layer.bias.numpy())] if layer.use_bias else []

    def activated(self, x, layer):
        name = layer.activation.__name__
        if name == "linear":
            return x
        return self.node("Softmax", [x], axis=1) if name == "softmax" else self.node({"relu": "Relu"}[name], [x])

    def convolution(self, layer, x, source, target):
        pads = [(0, 0)] * 2
        if layer.padding == "same":
            pads = [same_padding(source[1 + a], layer.kernel_size[a], layer.strides[a], layer.dilation_rate[a])
                    for a in (0, 1)]
        kernel = self.constant(layer.kernel.numpy().transpose(3, 2, 0, 1))
        y = self.node("Conv", [x, kernel] + self.bias(layer), strides=layer.strides, dilations=layer.dilation_rate,
                      pads=[pads[0][0], pads[1][0], pads[0][1], pads[1][1]], group=layer.groups)
        return self.activated(y, layer)

    def transposed(self, layer, x, source, target):
        assert layer.padding == "same" and layer.kernel_size == (3, 3) and layer.strides == (2, 2), layer.name
        inputs = [x, self.constant(layer.kernel.numpy().transpose(3, 2, 0, 1))] + self.bias(layer)
        if self.crop:
            y = self.node("ConvTranspose", inputs, strides=(2, 2))
            starts, ends, axes = (self.constant(np.array(v, "i8")) for v in ((0, 0), target[1:3], (2, 3)))
            y = self.node("Slice", [y, starts, ends, axes])
        else:
            y = self.node("ConvTranspose", inputs, strides=(2, 2), pads=(0, 0, 1, 1))
        return self.activated(y, layer)

    def normalised(self, layer, x, source, target):
        values = (layer.gamma, layer.beta, layer.moving_mean, layer.moving_variance)
        return self.node(
            "BatchNormalization", [x] + [self.constant(v.numpy()) for v in values], epsilon=float(layer.epsilon))

    def pooled(self, op):
        def write(layer, x, source, target):
            assert layer.padding == "valid", layer.name
            return self.node(op, [x], kernel_shape=layer.pool_size, strides=layer.strides)
        return write

    def resized(self, layer, x, source, target):
        scales = self.constant(np.array((1, 1) + tuple(layer.size), "f4"))
        nearest = layer.interpolation == "nearest"
        rules = ({"mode": "nearest", "nearest_mode": "floor", "coordinate_transformation_mode": "asymmetric"} if nearest
                 else {"mode": "linear", "coordinate_transformation_mode": "half_pixel"})
        return self.node("Resize", [x, "", scales], **rules)

    def padded(self, layer, x, source, target):
        (top, bottom), (left, right) = layer.padding
        amounts = self.constant(np.array((0, 0, top, left, 0, 0, bottom, right), "i8"))
        return self.node("Pad", [x, amounts, self.constant(np.array(0, "f4"))], mode="constant")

    def write(self, layer, inputs, source, target):
        if isinstance(layer, L.Concatenate):
            return self.node("Concat", inputs, axis=1)
        if isinstance(layer, L.Add):
            return self.node("Add", inputs)
        kinds = {
            L.Dropout: lambda layer, x, *_: x, L.ReLU: lambda layer, x, *_: self.node("Relu", [x]),
            L.Activation: lambda layer, x, *_: self.activated(x, layer),
            L.Conv2DTranspose: self.transposed, L.Conv2D: self.convolution, L.BatchNormalization: self.normalised,
            L.MaxPooling2D: self.pooled("MaxPool"), L.AveragePooling2D: self.pooled("AveragePool"),
            L.UpSampling2D: self.resized, L.ZeroPadding2D: self.padded,
        }
        return kinds[type(layer)](layer, inputs[0], source, target)


def to_onnx(model, path, crop=False):
    """Writes a functional model of fixed size, one input `image` and one output `scores`."""
    writer, names = Writer(crop), {id(model.inputs[0]): "image"}
    for layer in model.operations:
        if isinstance(layer, L.InputLayer):
            continue
        node = layer._inbound_nodes[0]
        inputs, output = node.input_tensors, node.outputs[0]
        names[id(output)] = writer.write(layer, [names[id(t)] for t in inputs], inputs[0].shape, output.shape)
    writer.nodes.append(helper.make_node("Identity", [names[id(model.outputs[0])]], ["scores"]))
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, (1, t.shape[3], t.shape[1], t.shape[2]))
              for name, t in (("image", model.inputs[0]), ("scores", model.outputs[0]))]
    graph = helper.make_graph(writer.nodes, "network", values[:1], values[1:], writer.weights)
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(proto)
    onnx.save(proto, path)
