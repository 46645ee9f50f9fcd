public import Graphs
public import Tensors

/// Adds rows and columns of a constant around an NHWC image.
public struct Pad2D: Op {
  public static let name = "pad2d"

  public var top: Int, bottom: Int, left: Int, right: Int
  public var value: Float

  public init(top: Int, bottom: Int, left: Int, right: Int, value: Float = 0) {
    (self.top, self.bottom, self.left, self.right, self.value) = (top, bottom, left, right, value)
  }

  public var attributes: String { "\(top),\(bottom),\(left),\(right)" + (value == 0 ? "" : " value=\(value)") }

  public func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    let image = try inputs.image()
    try Padding.explicit(top: top, bottom: bottom, left: left, right: right).check()
    return [
      try checkedType([
        image.dims[0], image.dims[1].map { $0 + top + bottom }, image.dims[2].map { $0 + left + right }, image.dims[3],
      ])
    ]
  }
}
