import Graphs
import ModelFiles
import Ops
import Tensors

let productOperations: [OperationRule] = [
  OperationRule(
    "Matmul", "x1 x2 transpose_a transpose_b",
    tensorFlow: [
      "linalg.matmul matmul":
        "a=x1 b=x2 transpose_a transpose_b adjoint_a=transpose_a adjoint_b=transpose_b a_is_sparse= b_is_sparse= "
        + "output_type="
    ], note: "of the last two axes, those before them broadcast"
  ) { (site) throws(ImportError) in
    var operands = try site.operands("x1", "x2")
    for (place, key) in ["transpose_a", "transpose_b"].enumerated() where try site.bool(key) {
      let rank = site.type(operands[place]).rank
      guard rank >= 2 else { throw site.error(key, "false for \(site.type(operands[place]))") }
      let order = Array(0..<rank - 2) + [rank - 1, rank - 2]
      operands[place] = try site.add(Transpose(permutation: order), [operands[place]], part: key)
    }
    return [try site.add(MatMul(), operands)]
  },
  OperationRule("Einsum", "subscripts operands", note: "sums of products") { (site) throws(ImportError) in
    let subscripts = try site.string("subscripts", default: "")
    return [try site.add(Einsum(subscripts), try site.tensors("operands"))]
  },
  OperationRule(
    "Conv", "inputs kernel strides padding data_format dilation_rate",
    tensorFlow: [
      "nn.conv2d": "input=inputs filters=kernel strides padding data_format dilations=dilation_rate",
      "compat.v1.nn.conv2d":
        "input=inputs filter=kernel strides padding use_cudnn_on_gpu= data_format dilations=dilation_rate",
    ], note: "of images with a kernel in the file"
  ) { (site) throws(ImportError) in
    let (window, kernel) = (try Window(site), try site.kernel())
    return try site.onImage("inputs") { (x) throws(ImportError) in
      guard let channels = site.type(x).dims[3], let inputs = site.type(kernel).dims[2], inputs > 0,
        channels % inputs == 0
      else { throw site.config.unsupported("of \(site.type(x)) with \(site.type(kernel))") }
      let op = Conv2D(
        strides: window.strides, padding: window.padding, dilation: window.dilation, groups: channels / inputs)
      return (op, [x, kernel])
    }
  },
  OperationRule(
    "DepthwiseConv", "inputs kernel strides padding data_format dilation_rate",
    tensorFlow: [
      "nn.depthwise_conv2d": "input=inputs filter=kernel strides padding data_format dilations=dilation_rate",
      "compat.v1.nn.depthwise_conv2d":
        "input=inputs filter=kernel strides padding rate=dilation_rate name= data_format dilations=",
    ], note: "of images with a kernel in the file"
  ) { (site) throws(ImportError) in
    let (window, kernel) = (try Window(site), try site.kernel())
    return try site.onImage("inputs") { (x) throws(ImportError) in
      let op = DepthwiseConv2D(strides: window.strides, padding: window.padding, dilation: window.dilation)
      return (op, [x, kernel])
    }
  },
]

private struct Window {
  var strides: Pair, dilation: Pair, padding: Padding

  init(_ site: OperationSite) throws(ImportError) {
    strides = try site.window("strides", default: 1)
    dilation = try site.window("dilation_rate", default: 1)
    padding = try site.padding()
    guard strides == 1 || dilation == 1 else { throw site.config.unsupported("strides and dilation at once") }
  }
}

extension OperationSite {
  /// A kernel of four axes that the file holds.
  fileprivate func kernel() throws(ImportError) -> Value {
    let kernel = try tensor("kernel")
    guard site.builder.graph.constant(kernel) != nil, type(kernel).rank == 4 else {
      throw config.unsupported("a kernel that is computed, or not one of images")
    }
    return try float(kernel)
  }
}
