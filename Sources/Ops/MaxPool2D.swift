public import Graphs
public import Tensors

/// The largest element of each window, channel by channel. Padding never wins.
public struct MaxPool2D: Op {
  public static let name = "max_pool2d"

  public var size: Pair
  public var strides: Pair
  public var padding: Padding
  public var dilation: Pair

  public init(size: Pair, strides: Pair, padding: Padding, dilation: Pair = 1) {
    (self.size, self.strides, self.padding, self.dilation) = (size, strides, padding, dilation)
  }

  public var attributes: String {
    "size=\(size) strides=\(strides) padding=\(padding)" + (dilation == 1 ? "" : " dilation=\(dilation)")
  }

  public func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try pooledType(inputs, size: size, strides: strides, dilation: dilation, padding)
  }
}

extension MaxPool2D {
  public func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    [
      pool(inputs[0], size: size, strides: strides, dilation: dilation, padding) { window in
        window.reduce(-.infinity, Swift.max)
      }
    ]
  }

  public func reach(_ inputs: [TensorType]) -> [Reach] {
    pooledReach(inputs, size: size, strides: strides, dilation: dilation, padding)
  }
}
