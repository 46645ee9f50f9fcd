package import Graphs
package import Tensors

/// `Resize2D` to rows and columns that are the second input.
package struct DynamicResize2D: DeferredOp {
  package static let name = "dynamic_resize2d"

  package var method: Resize2D.Method
  package var coordinates: Resize2D.Coordinates
  package var antialias: Bool

  package init(method: Resize2D.Method, coordinates: Resize2D.Coordinates = .halfPixel, antialias: Bool = false) {
    (self.method, self.coordinates, self.antialias) = (method, coordinates, antialias)
  }

  package var attributes: String { method.rawValue }

  package var dataInputs: Int { 1 }
  package var valueNames: [String] { ["size"] }

  package func settle(_ data: [TensorType], _ values: [Tensor]) throws(ShapeError) -> any Op {
    let size = values[0].attributeValues
    guard size.count == 2 else { throw ShapeError("needs a height and a width, gets \(size.count) numbers") }
    return Resize2D(
      method: method, target: .size(Pair(size[0], size[1])), coordinates: coordinates, antialias: antialias)
  }

  package func pendingTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let image = try inputs.image()
    let size = try inputs[1].vectorElements("size")
    guard size.count == 2 else { throw ShapeError("needs a height and a width, gets \(size.count) numbers") }
    return [try checkedType([image.dims[0], size[0], size[1], image.dims[3]])]
  }
}
