import Graphs
import Ops
import Tensors

let productOperations: [OperationRule] = [
  OperationRule(
    "Conv", "inputs kernel strides padding data_format dilation_rate",
    tensorFlow: [
      "nn.conv2d": "input=inputs filters=kernel strides padding data_format dilations=dilation_rate",
      "compat.v1.nn.conv2d":
        "input=inputs filter=kernel strides padding use_cudnn_on_gpu= data_format dilations=dilation_rate",
    ], note: "of images with a kernel in the file"
  ) { (site) throws(KerasError) in
    let (window, kernel) = (try Window(site), try site.kernel())
    return try site.onImage("inputs") { (x) throws(KerasError) in
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
  ) { (site) throws(KerasError) in
    let (window, kernel) = (try Window(site), try site.kernel())
    return try site.onImage("inputs") { (x) throws(KerasError) in
      let op = DepthwiseConv2D(strides: window.strides, padding: window.padding, dilation: window.dilation)
      return (op, [x, kernel])
    }
  },
]

private struct Window {
  var strides: Pair, dilation: Pair, padding: Padding

  init(_ site: OperationSite) throws(KerasError) {
    strides = try site.window("strides", default: 1)
    dilation = try site.window("dilation_rate", default: 1)
    padding = try site.padding()
    guard strides == 1 || dilation == 1 else { throw site.config.unsupported("strides and dilation at once") }
  }
}

extension OperationSite {
  /// A kernel of four axes that the file holds.
  fileprivate func kernel() throws(KerasError) -> Value {
    let kernel = try tensor("kernel")
    guard site.builder.graph.constant(kernel) != nil, type(kernel).rank == 4 else {
      throw config.unsupported("a kernel that is computed, or not one of images")
    }
    return try float(kernel)
  }
}
