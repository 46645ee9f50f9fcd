"""ONNX graphs whose sizes allow several readings of their axes."""

import numpy as np

from axes_onnx import case, number, to_first, to_last


def add_sizes():
    def square(b, x):
        return b.add("Mul", b.add("Add", x, b.weights(8, 1, 1)), b.weights(8, 1, 1))
    # What is added and multiplied looks like a rescaling of bytes.
    unit = "--scale=0.00392156862745098"
    for text, argument in (("plain", ()), ("said", ("--input-layout=nchw", "--output-layout=nchw"))):
        case("onnx_cube_8", f"first_{text}", square, "NCHW", bands=8, size=(8, 8), arguments=(*argument, unit))
    case("onnx_cube_8", "last_said", lambda b, x: b.add("Mul", b.add("Add", x, b.weights(8)), b.weights(8)), "NHWC",
         inputs="NHWC", bands=8, size=(8, 8), arguments=("--input-layout=nhwc", "--output-layout=nhwc", unit))
    case("onnx_cube_8", "first_in_last_out", lambda b, x: to_last(b, square(b, x)), "NHWC",
         bands=8, size=(8, 8), arguments=("--input-layout=nchw", unit))
    case("onnx_cube_8", "first_in_last_out_unsaid", lambda b, x: to_last(b, square(b, x)), "NHWC", bands=8, size=(8, 8),
         arguments=(unit,))
    case("onnx_cube_8", "conv_says", lambda b, x: to_last(b, b.conv(to_first(b, x), 8, 4)), "NHWC",
         inputs="NHWC", bands=8, size=(8, 8))
    case("onnx_cube_8", "conv_says_first", lambda b, x: b.conv(x, 8, 8), "NCHW", bands=8, size=(8, 8))
    for bands, size in ((12, (16, 16)), (4, (24, 20)), (1, (24, 20))):
        classes = 5
        kind = f"onnx_bands_{bands}"
        def first(b, x, n=bands):
            return b.add("MatMul", b.weights(classes, n), b.add("Reshape", x, b.ints(1, n, -1)))
        case(kind, "conv_last", lambda b, x, n=bands: to_last(b, b.conv(to_first(b, x), n, classes)), "NHWC", inputs="NHWC",
             bands=bands, size=size)
        case(kind, "conv_first_open", lambda b, x, n=bands: b.conv(x, n, classes), bands=bands, size=size,
             shape=["N", bands, None, None])
        if bands == 1:
            continue
        case(kind, "matmul_flat", first, "NCP", bands=bands, size=size)
        case(kind, "matmul_last", lambda b, x, n=bands: b.add("MatMul", x, b.weights(n, classes)), "NHWC", inputs="NHWC",
             bands=bands, size=size)
        case(kind, "matmul_last_open", lambda b, x, n=bands: b.add("MatMul", x, b.weights(n, classes)), "NHWC", inputs="NHWC",
             bands=bands, size=size, shape=[1, None, None, bands])
        case(kind, "einsum_first", lambda b, x, n=bands: b.add("Einsum", x, b.weights(classes, n), equation="nchw,dc->ndhw"),
             bands=bands, size=size)
        case(kind, "einsum_to_last", lambda b, x, n=bands: b.add(
            "Einsum", x, b.weights(classes, n), equation="nchw,dc->nhwd"), "NHWC", bands=bands, size=size)
        case(kind, "bands_weighted", lambda b, x, n=bands: b.add(
            "Sigmoid", b.add("ReduceSum", b.add("Mul", x, b.weights(n, 1, 1, scale=2)), b.ints(1), keepdims=0)), "NHW", "probability",
            bands=bands, size=size)
    case("onnx_mixtures", "first_to_last_elementwise", lambda b, x: to_last(b, b.add(
        "Mul", x, b.weights(3, 1, 1, scale=1))), "NHWC")
    case("onnx_mixtures", "last_to_first_elementwise", lambda b, x: to_first(b, b.add("Mul", x, b.weights(3, scale=1))),
         inputs="NHWC")
    case("onnx_mixtures", "last_elementwise", lambda b, x: b.add("Mul", x, b.weights(3, scale=1)), "NHWC", inputs="NHWC")
    case("onnx_mixtures", "last_elementwise_open", lambda b, x: b.add("Mul", x, b.weights(3, scale=1)), "NHWC", inputs="NHWC",
         shape=["N", "H", "W", 3])
    case("onnx_mixtures", "turned_and_back", lambda b, x: b.add("Transpose", b.conv(b.add(
        "Transpose", x, perm=[0, 1, 3, 2]), 3, 4), perm=[0, 1, 3, 2]))
    def space(b, x):
        return b.add("DepthToSpace", b.conv(b.add("SpaceToDepth", x, blocksize=2), 12, 16, 1), blocksize=2, mode="CRD")
    case("onnx_mixtures", "depth_and_space", space)
    def shapes(b, x):
        """The sizes as Shape, Gather, Unsqueeze and Concat, as older exporters write them."""
        y = b.conv(x, 3, 4)
        n, c, h, w = (b.add("Unsqueeze", b.add("Gather", b.add("Shape", y), number(b, k, np.int64), axis=0), b.ints(0))
                      for k in range(4))
        flat = b.add("Softmax", b.add("Reshape", y, b.add("Concat", n, c, b.tensor(np.array([-1])), axis=0)), axis=1)
        return b.add("Reshape", flat, b.add("Concat", n, c, h, w, axis=0))
    case("onnx_mixtures", "sizes_computed", shapes, shape=["N", 3, "H", "W"])
    def split_sequence(b, x):
        parts = b.add("Split", x, outputs=3, axis=1)
        return b.conv(b.add("Concat", *reversed(parts), axis=1), 3, 4)
    case("onnx_mixtures", "split_without_sizes", split_sequence, opset=13)
    def mean_of_all(b, x):
        return b.conv(b.add("Div", x, b.add("ReduceMax", x, keepdims=0)), 3, 4)
    case("onnx_mixtures", "over_scalar_maximum", mean_of_all)
    def instance(b, x):
        return b.conv(b.add("InstanceNormalization", x, b.floats(1, 1, 1), b.floats(0, 0, 0)), 3, 4)
    case("onnx_mixtures", "instance_norm_first", instance)
    def mvn(b, x):
        return b.conv(b.add("MeanVarianceNormalization", x, axes=[0, 2, 3]), 3, 4)
    case("onnx_mixtures", "mean_variance", mvn)
    def lrn(b, x):
        return b.conv(b.add("LRN", b.conv(x, 3, 6), size=3, alpha=0.1, beta=0.75, bias=1.0), 6, 4)
    case("onnx_mixtures", "response_norm", lrn)


add_sizes()
