package import Graphs
package import Tensors

/// The mean of each window, channel by channel. Padding counts as zeros if `countPadding`, else it is left out of the mean.
package struct AveragePool2D: Op {
  package static let name = "average_pool2d"

  package var size: Pair
  package var strides: Pair
  package var padding: Padding
  package var dilation: Pair
  package var countPadding: Bool

  package init(size: Pair, strides: Pair, padding: Padding, countPadding: Bool = false, dilation: Pair = 1) {
    (self.size, self.strides, self.padding) = (size, strides, padding)
    (self.countPadding, self.dilation) = (countPadding, dilation)
  }

  package var attributes: String {
    "size=\(size) strides=\(strides) padding=\(padding)" + (countPadding ? " countPadding" : "")
      + (dilation == 1 ? "" : " dilation=\(dilation)")
  }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try pooledType(inputs, size: size, strides: strides, dilation: dilation, padding)
  }
}

extension AveragePool2D {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    [
      pool(inputs[0], size: size, strides: strides, dilation: dilation, padding) { window in
        let divisor = countPadding ? size.height * size.width : window.count
        return Float(window.reduce(0.0) { $0 + Double($1) } / Double(divisor))
      }
    ]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    pooledReach(inputs, size: size, strides: strides, dilation: dilation, padding)
  }
}
