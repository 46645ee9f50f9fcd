public import Graphs
public import Tensors

/// The largest element of each window, channel by channel. Padding never wins.
public struct MaxPool2D: Op {
  public static let name = "max_pool2d"

  public var size: Pair
  public var strides: Pair
  public var padding: Padding

  public init(size: Pair, strides: Pair, padding: Padding) {
    (self.size, self.strides, self.padding) = (size, strides, padding)
  }

  public var attributes: String { "size=\(size) strides=\(strides) padding=\(padding)" }

  public func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try pooledType(inputs, size: size, strides: strides, padding)
  }
}

extension MaxPool2D {
  public func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    [pool(inputs[0], size: size, strides: strides, padding) { window in window.reduce(-.infinity, Swift.max) }]
  }

  public func reach(_ inputs: [TensorType]) -> [Reach] {
    pooledReach(inputs, size: size, strides: strides, padding)
  }
}
