package import Graphs
package import Tensors

/// `Resize` of axes with scales, or sizes, that are the second input.
package struct DynamicResize: DeferredOp {
  package static let name = "dynamic_resize"

  /// In the order of the values.
  package var axes: [Int]
  package var isSizes: Bool
  package var rule: ResizeRule
  package var proportions: Resize.Proportions

  package init(axes: [Int], isSizes: Bool, rule: ResizeRule, proportions: Resize.Proportions = .stretch) {
    (self.axes, self.isSizes, self.rule, self.proportions) = (axes, isSizes, rule, proportions)
  }

  /// The rows and columns of NHWC images.
  package init(imagesBy rule: ResizeRule) { self.init(axes: [1, 2], isSizes: true, rule: rule) }

  package var attributes: String { "\(rule.method.rawValue) \(rule.coordinates.rawValue)" }

  package var dataInputs: Int { 1 }
  package var valueNames: [String] { [isSizes ? "sizes" : "scales"] }

  package func settle(_ data: [TensorType], _ values: [Tensor]) throws(ShapeError) -> any Op {
    let numbers = values[0].elements.doubles
    try check(count: numbers.count)
    var targets: [Resize.Axis] = []
    for (axis, number) in zip(axes, numbers) {
      let target: Resize.Target = isSizes ? .size(nearest(number)) : .scale(Float(number))
      let isSame = axis < data[0].rank && axis >= 0 && isSizes && data[0].dims[axis] == nearest(number)
      if !(isSame && proportions == .stretch) && target != .scale(1) { targets.append(Resize.Axis(axis, target)) }
    }
    return Resize(targets, rule: rule, proportions: proportions)
  }

  package func pendingTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    if inputs[1].rank == 1, let count = inputs[1].dims[0] { try check(count: count) }
    var dims = inputs[0].dims
    let known = isSizes && proportions == .stretch ? inputs[1].elements : nil
    for (place, axis) in axes.enumerated() {
      let axis = try resolveAxis(axis, rank: dims.count)
      dims[axis] = known.flatMap { place < $0.count ? $0[place] : nil }
    }
    return [try checkedType(dims, inputs[0].dataType)]
  }

  private func check(count: Int) throws(ShapeError) {
    guard count == axes.count else { throw ShapeError("needs \(axes.count) \(valueNames[0]), gets \(count)") }
  }
}
