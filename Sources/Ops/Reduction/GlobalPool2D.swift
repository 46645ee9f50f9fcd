package import Graphs
package import Tensors

/// The mean or the largest element over all pixels, channel by channel: `[N, H, W, C]` to `[N, C]`, or `[N, 1, 1, C]` with `keepDims`.
package struct GlobalPool2D: Op {
  package enum Kind: String, Sendable, Hashable { case average, max }

  package static let name = "global_pool2d"

  package var kind: Kind
  package var keepDims: Bool

  package init(kind: Kind, keepDims: Bool = false) { (self.kind, self.keepDims) = (kind, keepDims) }

  package var attributes: String { kind.rawValue + (keepDims ? " keepDims" : "") }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    let image = try inputs.image()
    guard image.dims[1] != 0, image.dims[2] != 0 else { throw ShapeError("the image has no pixels: \(image)") }
    return [try checkedType(keepDims ? [image.dims[0], 1, 1, image.dims[3]] : [image.dims[0], image.dims[3]])]
  }
}

extension GlobalPool2D {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    Reduce(kind: kind == .max ? .max : .mean, axes: [1, 2], keepDims: keepDims).evaluate(inputs)
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    isOnePixel(inputs[0]) ? pointwiseReach(count: 1) : globalReach(count: 1)
  }
}
