package import Graphs
package import Tensors

/// Adds indices before and after the ones that each axis has, or, where the number is negative, removes some first.
package struct Pad: Op {
  package enum Mode: Sendable, Hashable {
    case constant(Double)
    /// Mirrored at the first and last index, which are not repeated: `c b | a b c | b a`.
    case reflect
    /// Mirrored at the borders: `b a | a b c | c b`.
    case symmetric
    /// The first or last index.
    case edge
    /// From the other end: `b c | a b c | a b`.
    case wrap
  }

  package static let name = "pad"

  /// One number for each axis.
  package var before: [Int], after: [Int]
  package var mode: Mode

  package init(before: [Int], after: [Int], mode: Mode = .constant(0)) {
    (self.before, self.after, self.mode) = (before, after, mode)
  }

  /// The operator for these borders: `Pad2D` or `Crop2D`, which passes know, where they say the same.
  package static func canonical(
    before: [Int], after: [Int], mode: Mode = .constant(0), of type: TensorType
  ) -> any Op {
    let pad = Pad(before: before, after: after, mode: mode)
    guard type.dataType == .float32, type.rank == 4, before.count == 4, after.count == 4,
      [before[0], after[0], before[3], after[3]] == [0, 0, 0, 0]
    else { return pad }
    let borders = [before[1], after[1], before[2], after[2]]
    if case .constant(let value) = mode, borders.allSatisfy({ $0 >= 0 }) {
      return Pad2D(top: borders[0], bottom: borders[1], left: borders[2], right: borders[3], value: Float(value))
    }
    guard borders.allSatisfy({ (-Limits.attribute...0).contains($0) }) else { return pad }
    return Crop2D(top: -borders[0], bottom: -borders[1], left: -borders[2], right: -borders[3])
  }

  package var attributes: String {
    "[" + zip(before, after).map { "\($0):\($1)" }.joined(separator: ",") + "] \(mode)"
  }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    let input = inputs[0]
    guard before.count == input.rank, after.count == input.rank else {
      throw ShapeError("pads \(before.count) and \(after.count) axes of \(input)")
    }
    let range = -Limits.attribute...Limits.attribute
    var dims: [Int?] = []
    for (axis, dim) in input.dims.enumerated() {
      let (first, last) = (before[axis], after[axis])
      guard range.contains(first), range.contains(last) else {
        throw ShapeError("padding \(first):\(last) is out of range")
      }
      guard let dim else {
        dims.append(nil)
        continue
      }
      let kept = dim + min(first, 0) + min(last, 0)
      guard kept >= 0 else { throw ShapeError("padding \(first):\(last) removes more than axis \(axis) of \(input)") }
      if case .constant = mode {
      } else if kept == 0, max(first, last) > 0 {
        throw ShapeError("axis \(axis) of \(input) has nothing to fill its padding with")
      }
      dims.append(kept + max(first, 0) + max(last, 0))
    }
    return [try checkedType(dims, input.dataType)]
  }
}

extension Pad.Mode: CustomStringConvertible {
  package var description: String {
    switch self {
    case .constant(let value): "constant(\(value))"
    case .reflect: "reflect"
    case .symmetric: "symmetric"
    case .edge: "edge"
    case .wrap: "wrap"
    }
  }
}

extension Pad {
  /// For each axis of an input of this shape, the indices that the result takes.
  func picks(_ shape: Shape) -> [AxisPick] {
    shape.dims.indices.map { axis in
      let start = max(-before[axis], 0)
      let kept = shape[axis] - start - max(-after[axis], 0)
      let front = max(before[axis], 0)
      let sources = (-front..<kept + max(after[axis], 0)).map { place in
        (0..<kept).contains(place) ? start + place : outside(place, kept).map { start + $0 } ?? AxisPick.fill
      }
      return AxisPick(sources, ratio: mode == .wrap && max(before[axis], after[axis]) > 0 ? nil : (1, 1))
    }
  }

  /// The index inside an axis of this size that stands for one outside, `nil` for a constant.
  private func outside(_ place: Int, _ size: Int) -> Int? {
    func wrapped(_ period: Int) -> Int { ((place % period) + period) % period }
    switch mode {
    case .constant: return nil
    case .edge: return min(max(place, 0), size - 1)
    case .wrap: return wrapped(size)
    case .reflect:
      let index = size == 1 ? 0 : wrapped(2 * size - 2)
      return min(index, 2 * size - 2 - index)
    case .symmetric:
      let index = wrapped(2 * size)
      return min(index, 2 * size - 1 - index)
    }
  }

  var fill: Double { if case .constant(let value) = mode { value } else { 0 } }

  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    [inputs[0].picking(picks(inputs[0].shape), fill: fill)]
  }

  package func passesOn(_ inputs: [TensorType]) -> Bool { (before + after).allSatisfy { $0 == 0 } }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    guard let output = try? outputTypes(inputs)[0], let shape = inputs[0].shape else { return globalReach(count: 1) }
    return pickingReach(inputs[0], output, picks(shape))
  }
}

extension Pad {
  package func compile(_ site: CompileSite) -> any Step {
    site.inputTypes[0].shape.flatMap { pickingStep(site, picks($0), fill: fill) } ?? evaluatingStep(self, site)
  }
}
