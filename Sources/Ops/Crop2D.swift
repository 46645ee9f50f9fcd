public import Graphs
public import Tensors

/// Removes rows and columns at the borders of an NHWC image; at least one of each must remain.
public struct Crop2D: Op {
  public static let name = "crop2d"

  public var top: Int, bottom: Int, left: Int, right: Int

  public init(top: Int, bottom: Int, left: Int, right: Int) {
    (self.top, self.bottom, self.left, self.right) = (top, bottom, left, right)
  }

  public var attributes: String { "\(top),\(bottom),\(left),\(right)" }

  public func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    let image = try inputs.image()
    try Padding.explicit(top: top, bottom: bottom, left: left, right: right).check()
    let height = try remaining(image.dims[1], top + bottom, "rows")
    let width = try remaining(image.dims[2], left + right, "columns")
    return [try checkedType([image.dims[0], height, width, image.dims[3]])]
  }

  private func remaining(_ size: Int?, _ dropped: Int, _ what: String) throws(ShapeError) -> Int? {
    guard let size else { return nil }
    guard size > dropped else { throw ShapeError("cropping \(dropped) of \(size) \(what) leaves nothing") }
    return size - dropped
  }
}
