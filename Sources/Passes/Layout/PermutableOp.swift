import Graphs
import Ops
import Tensors

/// Operators that mean the same however the axes of their inputs are ordered.
protocol PermutableOp: Op {
  /// The operator that does the same before its inputs' axes change places: where `op` reads `Transpose(order)` of values of
  /// the order's rank, the transposition by `result` of what `permuted` makes of the values themselves is equal. `nil` where
  /// there is none.
  func permuted(_ order: [Int], _ inputs: [TensorType]) -> (op: any Op, result: [Int])?
}

extension Op {
  /// How many of the first of `count` inputs have axes that change places; the others are numbers.
  func orderedInputs(of count: Int) -> Int { self is Gather ? 1 : (self as? any DeferredOp)?.dataInputs ?? count }
}

/// Operators that treat each element alone, inputs of other shapes repeated.
protocol ElementwiseOp: PermutableOp {}

extension ElementwiseOp {
  func permuted(_ order: [Int], _ inputs: [TensorType]) -> (op: any Op, result: [Int])? { (self, order) }
}

extension Activate: ElementwiseOp {}
extension Binary: ElementwiseOp {}
extension Cast: ElementwiseOp {}
extension Compare: ElementwiseOp {}
extension Identity: ElementwiseOp {}
extension Logical: ElementwiseOp {}
extension PRelu: ElementwiseOp {}
extension Unary: ElementwiseOp {}
extension Where: ElementwiseOp {}

extension Softmax: PermutableOp {
  func permuted(_ order: [Int], _ inputs: [TensorType]) -> (op: any Op, result: [Int])? {
    order.source(of: axis).map { (Softmax(axis: $0), order) }
  }
}

extension LogSoftmax: PermutableOp {
  func permuted(_ order: [Int], _ inputs: [TensorType]) -> (op: any Op, result: [Int])? {
    order.source(of: axis).map { (LogSoftmax(axis: $0), order) }
  }
}

extension Concat: PermutableOp {
  func permuted(_ order: [Int], _ inputs: [TensorType]) -> (op: any Op, result: [Int])? {
    order.source(of: axis).map { (Concat(axis: $0), order) }
  }
}

extension ArgMax: PermutableOp {
  func permuted(_ order: [Int], _ inputs: [TensorType]) -> (op: any Op, result: [Int])? {
    guard let source = order.source(of: axis) else { return nil }
    var op = self
    op.axis = source
    return (op, keepDims ? order : order.without([source]))
  }
}

extension TopK: PermutableOp {
  func permuted(_ order: [Int], _ inputs: [TensorType]) -> (op: any Op, result: [Int])? {
    guard let source = order.source(of: axis) else { return nil }
    var op = self
    op.axis = source
    return (op, order)
  }
}

extension Reduce: PermutableOp {
  func permuted(_ order: [Int], _ inputs: [TensorType]) -> (op: any Op, result: [Int])? {
    let sources = axes.compactMap { order.source(of: $0) }
    guard sources.count == axes.count else { return nil }
    var op = self
    op.axes = sources
    return (op, keepDims ? order : order.without(Set(sources)))
  }
}

extension Slice: PermutableOp {
  func permuted(_ order: [Int], _ inputs: [TensorType]) -> (op: any Op, result: [Int])? {
    var op = self
    for place in op.axes.indices {
      guard let source = order.source(of: op.axes[place].axis) else { return nil }
      op.axes[place].axis = source
    }
    return (op, order)
  }
}

extension Gather: PermutableOp {
  func permuted(_ order: [Int], _ inputs: [TensorType]) -> (op: any Op, result: [Int])? {
    guard inputs.count == 2, inputs[1].rank == 1 else { return nil }
    return order.source(of: axis).map { (Gather(axis: $0), order) }
  }
}

extension Squeeze: PermutableOp {
  func permuted(_ order: [Int], _ inputs: [TensorType]) -> (op: any Op, result: [Int])? {
    let sources = axes?.compactMap { order.source(of: $0) }
    guard let sources, sources.count == axes?.count else { return nil }
    return (Squeeze(axes: sources), order.without(Set(sources)))
  }
}

extension Repeat: PermutableOp {
  func permuted(_ order: [Int], _ inputs: [TensorType]) -> (op: any Op, result: [Int])? {
    order.source(of: axis).map { (Repeat(count, axis: $0), order) }
  }
}

extension BroadcastTo: PermutableOp {
  func permuted(_ order: [Int], _ inputs: [TensorType]) -> (op: any Op, result: [Int])? {
    dims.count == order.count ? (BroadcastTo(dims: order.inverse.map { dims[$0] }), order) : nil
  }
}

extension Tile: PermutableOp {
  func permuted(_ order: [Int], _ inputs: [TensorType]) -> (op: any Op, result: [Int])? {
    repeats.count == order.count ? (Tile(repeats: order.inverse.map { repeats[$0] }), order) : nil
  }
}

extension Quantize: PermutableOp {
  func permuted(_ order: [Int], _ inputs: [TensorType]) -> (op: any Op, result: [Int])? {
    // Vectors would be taken for the last axis of the others.
    guard inputs.dropFirst().allSatisfy({ $0.shape?.count == 1 }) else { return nil }
    return (self, order)
  }
}

extension Pad: PermutableOp {
  func permuted(_ order: [Int], _ inputs: [TensorType]) -> (op: any Op, result: [Int])? {
    guard before.count == order.count, after.count == order.count, let input = inputs.first else { return nil }
    let inverse = order.inverse
    let moved = Pad.canonical(
      before: inverse.map { before[$0] }, after: inverse.map { after[$0] }, mode: mode, of: input.permuted(inverse))
    return (moved, order)
  }
}

// Of axes 1 and 2, whatever these are.

extension Pad2D: PermutableOp {
  func permuted(_ order: [Int], _ inputs: [TensorType]) -> (op: any Op, result: [Int])? {
    Pad(before: [0, top, left, 0], after: [0, bottom, right, 0], mode: .constant(Double(value))).permuted(order, inputs)
  }
}

extension Crop2D: PermutableOp {
  func permuted(_ order: [Int], _ inputs: [TensorType]) -> (op: any Op, result: [Int])? {
    Pad(before: [0, -top, -left, 0], after: [0, -bottom, -right, 0]).permuted(order, inputs)
  }
}

extension DynamicPad: PermutableOp {
  func permuted(_ order: [Int], _ inputs: [TensorType]) -> (op: any Op, result: [Int])? {
    guard let input = inputs.first, input.rank == order.count else { return nil }
    return (DynamicPad(mode: mode, axes: (axes ?? Array(order.indices)).map { order[$0] }), order)
  }
}

extension DynamicSlice: PermutableOp {
  func permuted(_ order: [Int], _ inputs: [TensorType]) -> (op: any Op, result: [Int])? {
    let sources = axes.compactMap { order.source(of: $0) }
    return sources.count == axes.count ? (DynamicSlice(axes: sources), order) : nil
  }
}

extension [Int] {
  /// For an order of axes: where axis `axis` of the result comes from; a negative one counts from the end.
  fileprivate func source(of axis: Int) -> Int? {
    let place = axis < 0 ? axis + count : axis
    return indices.contains(place) ? self[place] : nil
  }

  /// An order of axes without some of those it orders, the others counted anew.
  fileprivate func without(_ axes: Set<Int>) -> [Int] {
    filter { !axes.contains($0) }.map { axis in axis - axes.count { $0 < axis } }
  }

  /// The order of axes that undoes this one.
  var inverse: [Int] {
    var result = self
    for (place, axis) in enumerated() { result[axis] = place }
    return result
  }
}

extension TensorType {
  /// The type after `Transpose(order)`.
  func permuted(_ order: [Int]) -> TensorType { TensorType(dataType, order.map { dims[$0] }) }
}
