package import Graphs
package import Tensors

/// Every `step`-th index of some axes from a start to a stop, by Python's rules.
package struct Slice: Op {
  /// The indices taken along one axis.
  ///
  /// Start and stop count from the end if negative and are then clamped to the axis; without them it is taken from its first or to
  /// its last index. A negative step goes backwards, from the last index to the first where start and stop are missing.
  package struct Axis: Sendable, Hashable {
    /// Counts from the end if negative.
    package var axis: Int
    package var start: Int?, stop: Int?
    /// Not 0.
    package var step: Int

    package init(_ axis: Int, start: Int? = nil, stop: Int? = nil, step: Int = 1) {
      (self.axis, self.start, self.stop, self.step) = (axis, start, stop, step)
    }

    /// One index; the axis stays, with size 1.
    package init(_ axis: Int, index: Int) {
      self.init(axis, start: index, stop: index == -1 ? nil : index &+ 1)
    }

    /// The first index and how many there are, along an axis of `size`.
    package func resolve(size: Int) -> (start: Int, count: Int) {
      let step = clampedStep
      let bounds = step > 0 ? 0...size : -1...size - 1
      func place(_ index: Int?, _ missing: Int) -> Int {
        guard let index else { return missing }
        return min(max(index < 0 ? index + size : index, bounds.lowerBound), bounds.upperBound)
      }
      let (first, last) = step > 0 ? (bounds.lowerBound, bounds.upperBound) : (bounds.upperBound, bounds.lowerBound)
      let (from, to) = (place(start, first), place(stop, last))
      return (from, max(0, step > 0 ? (to - from).dividedUp(by: step) : (from - to).dividedUp(by: -step)))
    }

    /// True where index `i` of the result stands over index `start + i * step`, however long the axis is.
    func followsPlace(size: Int) -> Bool {
      step > 0 && (start ?? 0) >= 0 && (stop.map { $0 < 0 || $0 >= size } ?? true)
    }

    /// The step; larger ones than any axis do the same as its size.
    var clampedStep: Int { min(max(step, -Limits.dimension), Limits.dimension) }
  }

  package static let name = "slice"

  /// Axes that are not named are taken whole; each at most once.
  package var axes: [Axis]

  package init(_ axes: [Axis]) { self.axes = axes }

  /// The slices that cut an axis into parts of these sizes, one after another.
  package static func parts(axis: Int, sizes: [Int]) -> [Slice] {
    var start = 0
    return sizes.map { size in
      defer { start += size }
      return Slice([Axis(axis, start: start, stop: start + size)])
    }
  }

  package var attributes: String {
    axes.map { axis in
      let bounds = [axis.start, axis.stop].map { $0.map(String.init) ?? "" }.joined(separator: ":")
      return "axis=\(axis.axis) " + bounds + (axis.step == 1 ? "" : ":\(axis.step)")
    }.joined(separator: ", ")
  }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    var dims = inputs[0].dims
    var seen: Set<Int> = []
    for slice in axes {
      let axis = try resolveAxis(slice.axis, rank: dims.count)
      guard seen.insert(axis).inserted else { throw ShapeError("axis \(slice.axis) is cut twice") }
      guard slice.step != 0 else { throw ShapeError("the step along axis \(slice.axis) is 0") }
      dims[axis] = dims[axis].map { slice.resolve(size: $0).count }
    }
    return [moving(inputs, try checkedType(dims, inputs[0].dataType))]
  }
}

extension Slice {
  /// For each axis of an input of this shape, the indices taken.
  func picks(_ shape: Shape) -> [AxisPick] {
    var result = shape.dims.map(AxisPick.all)
    for slice in axes {
      let axis = slice.axis < 0 ? slice.axis + shape.rank : slice.axis
      let (start, count) = slice.resolve(size: shape[axis])
      let step = slice.clampedStep
      result[axis] = AxisPick(
        (0..<count).map { start + $0 * step }, ratio: slice.followsPlace(size: shape[axis]) ? (step, 1) : nil)
    }
    return result
  }

  package func evaluate(_ inputs: [Tensor]) -> [Tensor] { [inputs[0].picking(picks(inputs[0].shape))] }

  package func passesOn(_ inputs: [TensorType]) -> Bool {
    axes.allSatisfy { slice in
      guard let size = inputs[0].dims[slice.axis < 0 ? slice.axis + inputs[0].rank : slice.axis] else { return false }
      return slice.step == 1 && slice.resolve(size: size) == (0, size)
    }
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    guard let output = try? outputTypes(inputs)[0], let shape = inputs[0].shape else { return globalReach(count: 1) }
    return pickingReach(inputs[0], output, picks(shape))
  }
}

extension Slice {
  package func compile(_ site: CompileSite) -> any Step {
    site.inputTypes[0].shape.flatMap { pickingStep(site, picks($0)) } ?? evaluatingStep(self, site)
  }
}
