import Graphs
import Ops
import Tensors

extension Graph {
  /// The node that makes a value as its first result, if its operator is of this type.
  func producer<T: Op>(_ value: Value, as type: T.Type) -> (index: Int, node: Node, op: T)? {
    guard value.result == 0, let op = nodes[value.node].op as? T else { return nil }
    return (value.node, nodes[value.node], op)
  }
}

extension Graph {
  /// True for a convolution that reads, for each output pixel, one pixel of every source.
  func isPointwise(_ op: Conv2D, _ node: Node) -> Bool {
    let kernel = self[node.inputs[op.sources]].dims
    return kernel[0] == 1 && kernel[1] == 1 && (op.padding == .same || op.padding.isNone)
  }
}

/// Operators that apply an elementwise function to what they compute.
protocol ActivatedOp: Op {
  var activation: Activation { get set }
}

/// Linear operators whose result channels can be scaled and shifted through kernel and bias.
protocol WeightedOp: ActivatedOp {
  /// Position of the kernel among the inputs; the optional bias follows it.
  var kernelInput: Int { get }
  /// How the elements of a kernel of this shape belong to the result channels.
  func channels(of kernel: Shape) -> ChannelRuns
}

/// Consecutive elements of a kernel that belong to one result channel: `length` for the first channel, as many for the
/// next, and from the first again after `count` channels.
struct ChannelRuns {
  var count: Int
  var length: Int
}

extension Conv2D: WeightedOp {
  var kernelInput: Int { sources }
  func channels(of kernel: Shape) -> ChannelRuns { ChannelRuns(count: kernel[3], length: 1) }
}

extension DepthwiseConv2D: WeightedOp {
  var kernelInput: Int { 1 }
  func channels(of kernel: Shape) -> ChannelRuns { ChannelRuns(count: kernel[2] * kernel[3], length: 1) }
}

extension Conv2DTranspose: WeightedOp {
  var kernelInput: Int { 1 }
  func channels(of kernel: Shape) -> ChannelRuns { ChannelRuns(count: kernel[2], length: kernel[3]) }
}

extension Dense: WeightedOp {
  var kernelInput: Int { 1 }
  func channels(of kernel: Shape) -> ChannelRuns { ChannelRuns(count: kernel[1], length: 1) }
}

extension Binary: ActivatedOp {}
extension BatchNorm: ActivatedOp {}
extension GroupNorm: ActivatedOp {}
