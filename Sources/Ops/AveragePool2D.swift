public import Graphs
public import Tensors

/// The mean of each window, channel by channel. Padding counts as zeros if `countPadding`, else it is left out of the mean.
public struct AveragePool2D: Op {
  public static let name = "average_pool2d"

  public var size: Pair
  public var strides: Pair
  public var padding: Padding
  public var dilation: Pair
  public var countPadding: Bool

  public init(size: Pair, strides: Pair, padding: Padding, countPadding: Bool = false, dilation: Pair = 1) {
    (self.size, self.strides, self.padding) = (size, strides, padding)
    (self.countPadding, self.dilation) = (countPadding, dilation)
  }

  public var attributes: String {
    "size=\(size) strides=\(strides) padding=\(padding)" + (countPadding ? " countPadding" : "")
      + (dilation == 1 ? "" : " dilation=\(dilation)")
  }

  public func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try pooledType(inputs, size: size, strides: strides, dilation: dilation, padding)
  }
}

extension AveragePool2D {
  public func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    [
      pool(inputs[0], size: size, strides: strides, dilation: dilation, padding) { window in
        let divisor = countPadding ? size.height * size.width : window.count
        return Float(window.reduce(0.0) { $0 + Double($1) } / Double(divisor))
      }
    ]
  }

  public func reach(_ inputs: [TensorType]) -> [Reach] {
    pooledReach(inputs, size: size, strides: strides, dilation: dilation, padding)
  }
}
