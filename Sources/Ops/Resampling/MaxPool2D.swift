package import Graphs
package import Tensors

/// The largest element of each window, channel by channel. Padding never wins.
package struct MaxPool2D: Op {
  package static let name = "max_pool2d"

  package var size: Pair
  package var strides: Pair
  package var padding: Padding
  package var dilation: Pair

  package init(size: Pair, strides: Pair, padding: Padding, dilation: Pair = 1) {
    (self.size, self.strides, self.padding, self.dilation) = (size, strides, padding, dilation)
  }

  package var attributes: String {
    "size=\(size) strides=\(strides) padding=\(padding)" + (dilation == 1 ? "" : " dilation=\(dilation)")
  }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try pooledType(inputs, size: size, strides: strides, dilation: dilation, padding)
  }
}

extension MaxPool2D {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    [
      pool(inputs[0], size: size, strides: strides, dilation: dilation, padding) { window in
        window.reduce(-.infinity, Swift.max)
      }
    ]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    pooledReach(inputs, size: size, strides: strides, dilation: dilation, padding)
  }
}
