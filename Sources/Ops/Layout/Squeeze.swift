package import Graphs
package import Tensors

/// Removes axes of size 1.
package struct Squeeze: Op {
  package static let name = "squeeze"

  /// Count from the end if negative. Without them, all axes that are known to have size 1.
  package var axes: [Int]?

  package init(axes: [Int]? = nil) { self.axes = axes }

  package var attributes: String { axes.map { "axes=[" + $0.map(String.init).joined(separator: ",") + "]" } ?? "" }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    let input = inputs[0]
    guard let axes else { return [moving(inputs, TensorType(input.dataType, input.dims.filter { $0 != 1 }))] }
    var removed: Set<Int> = []
    for axis in axes {
      let place = try resolveAxis(axis, rank: input.rank)
      guard input.dims[place].map({ $0 == 1 }) ?? true else {
        throw ShapeError("axis \(axis) of \(input) does not have size 1")
      }
      removed.insert(place)
    }
    let kept = input.dims.indices.filter { !removed.contains($0) }
    return [moving(inputs, TensorType(input.dataType, kept.map { input.dims[$0] }))]
  }
}

extension Squeeze {
  package var repeatsOneNumber: Bool { true }

  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let dims = inputs[0].shape.dims
    let removed =
      axes.map { Set($0.map { $0 < 0 ? $0 + dims.count : $0 }) } ?? Set(dims.indices.filter { dims[$0] == 1 })
    let kept = dims.indices.filter { !removed.contains($0) }
    return [inputs[0].reshaped(Shape(kept.map { dims[$0] }))]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    guard let output = try? outputTypes(inputs)[0] else { return globalReach(count: 1) }
    return relabellingReach(inputs[0], output)
  }
}

/// The reach of an operator that keeps the elements in their order under another shape.
func relabellingReach(_ input: TensorType, _ output: TensorType) -> [Reach] {
  let keepsPixels = output == input || (isOnePixel(output) && isOnePixel(input))
  return keepsPixels ? pointwiseReach(count: 1) : globalReach(count: 1)
}

extension Squeeze {
  package func compile(_ site: CompileSite) -> any Step { relabellingStep(self, site) }
}
