public import Graphs
public import Tensors

/// A matrix product along the last axis, plus an optional bias, then an activation.
///
/// Inputs: x `[..., in]`, kernel `[in, out]`, optional bias `[out]`. On an image this is a convolution with a 1x1 kernel.
public struct Dense: Op {
  public static let name = "dense"

  public var activation: Activation

  public init(activation: Activation = .linear) { self.activation = activation }

  public var attributes: String { activation == .linear ? "" : "activation=\(activation)" }

  public func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 2...3)
    let x = try inputs.float(0)
    let kernel = try inputs.float(1, "kernel", rank: 2)
    guard let last = x.dims.last else { throw ShapeError("the input is a scalar") }
    if let last, let expected = kernel.dims[0], last != expected {
      throw ShapeError("expects \(expected) input channels for the kernel \(kernel), the input has \(last)")
    }
    try inputs.vector(2, "bias", count: kernel.dims[1])
    return [try checkedType(x.dims.dropLast() + [kernel.dims[1]])]
  }
}
