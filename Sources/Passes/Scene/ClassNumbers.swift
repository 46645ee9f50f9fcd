package import Graphs
import Ops
import Tensors

/// What is known of a first output whose elements are numbers of classes that the network decided on itself.
package struct ClassNumbers: Sendable, Hashable {
  /// The least and the greatest number that can occur; `nil` where that is not known.
  package var range: ClosedRange<Int>?

  package init(range: ClosedRange<Int>?) { self.range = range }
}

extension Graph {
  /// How the first output decides on classes; `nil` where its elements are scores.
  ///
  /// A value is one of classes if every way to it from a score leads through a decision: a comparison, the place of the largest, rounding,
  /// a number that lost its fraction.
  package func classNumbers() -> ClassNumbers? {
    guard let output = outputs.first else { return nil }
    var analysis = NumberAnalysis(graph: self)
    guard analysis.isDecided(output.value) else { return nil }
    let range = analysis.range(output.value)
    return ClassNumbers(
      range: range.flatMap { range in
        guard range.lowerBound.isFinite, range.upperBound.isFinite, range.lowerBound.magnitude < 1e9,
          range.upperBound.magnitude < 1e9
        else { return nil }
        return Int(
          range.lowerBound.rounded(.up))...max(
            Int(range.upperBound.rounded(.down)), Int(range.lowerBound.rounded(.up)))
      })
  }

  /// The graph whose first output has class numbers as floats, from whatever type they are of.
  package func withFloatNumbers() throws(GraphError) -> Graph {
    guard let output = outputs.first, self[output.value].dataType != .float32 else { return self }
    var result = self
    let value = try result.add(Cast(to: .float32), [output.value], name: "\(output.name)/numbers")
    return result.selectingOutputs([Output(name: output.name, value: value)] + outputs.dropFirst())
  }

  /// The graph whose first output has a score of 1 for the class that was decided on and 0 for the others, so that windows can vote.
  /// The output must be an NHWC image of float class numbers; a number that is no class has no score.
  package func withVotes(classes: Int) throws(GraphError) -> Graph {
    guard let output = outputs.first else { return self }
    var result = self
    let numbers = result.constant(
      Tensor([classes], (0..<classes).map { Float($0) }), name: "\(output.name)/class_numbers")
    let same = try result.add(Compare(.equal), [output.value, numbers], name: "\(output.name)/same")
    let votes = try result.add(Cast(to: .float32), [same], name: "\(output.name)/votes")
    return result.selectingOutputs([Output(name: output.name, value: votes)] + outputs.dropFirst())
  }
}

/// A walk from an output back to the decisions that its numbers come from.
private struct NumberAnalysis {
  let graph: Graph
  private var decided: [Int: Bool] = [:]
  private var ranges: [Int: ClosedRange<Double>?] = [:]

  init(graph: Graph) { self.graph = graph }

  mutating func isDecided(_ value: Value) -> Bool {
    for index in graph.ancestors(of: value.node).sorted() where decided[index] == nil {
      decided[index] = decides(graph.nodes[index])
    }
    let isConstant = graph.ancestors(of: value.node).sorted().allSatisfy { !(graph.nodes[$0].op is Input) }
    return !isConstant && decided[value.node] ?? false
  }

  private func decides(_ node: Node) -> Bool {
    func all(_ inputs: some Sequence<Value>) -> Bool { inputs.allSatisfy { decided[$0.node] ?? false } }
    switch node.op {
    case is Constant, is Logical, is ShapeOf: return true
    case let op where decidesAlone(op): return true
    case is Input: return false
    case let op as Cast where !op.dataType.isFloat: return true
    case let op as Unary where [.floor, .ceil, .round, .truncate, .sign, .isNaN, .isFinite].contains(op.function):
      return true
    case is Gather, is Binary, is Where, is Unary, is Cast, is Activate, is Identity, is Reshape, is DynamicReshape,
      is Transpose,
      is Squeeze, is ExpandDims, is Concat, is Slice, is BroadcastTo, is Tile, is Repeat, is Pad, is Crop2D, is OneHot,
      is MaxPool2D, is TopK:
      return all(node.inputs)
    case let op as Reduce where op.kind == .max || op.kind == .min || op.kind == .sum: return all(node.inputs)
    case let op as Resize where op.picks: return all(node.inputs)
    // A table of numbers, read by a product with indicators.
    case let op as Dense where op.activation == .linear:
      return all(node.inputs) && node.inputs.allSatisfy { isWhole($0) }
    case is MatMul, is Einsum: return all(node.inputs) && node.inputs.allSatisfy { isWhole($0) }
    case let op as Pixelwise: return decidesAlone(op.op) || isExact(op.op) && all(node.inputs)
    default: return node.types.allSatisfy { !$0.dataType.isFloat }
    }
  }

  /// True for what makes numbers of any scores.
  private func decidesAlone(_ op: any Op) -> Bool {
    op is ArgMax || op is Compare || (op as? TopK)?.result == .indices
  }

  /// False for a constant that has fractions.
  private func isWhole(_ value: Value) -> Bool {
    guard let tensor = graph.constant(value) else { return true }
    guard tensor.shape.count <= 1 << 16 else { return false }
    return Cast(to: .float64).evaluate([tensor])[0].doubles64.allSatisfy { $0 == $0.rounded() }
  }

  /// True for what moves or adds elements.
  private func isExact(_ op: any Op) -> Bool {
    switch op {
    case is ArgMax, is TopK, is Gather, is Slice, is Concat, is OneHot, is Compare: true
    case let op as Reduce: op.kind == .max || op.kind == .min || op.kind == .sum
    default: false
    }
  }

  mutating func range(_ value: Value) -> ClosedRange<Double>? {
    for index in graph.ancestors(of: value.node).sorted() where ranges[index] == nil {
      ranges[index] = .some(bounds(index))
    }
    return ranges[value.node] ?? nil
  }

  private func bounds(_ index: Int) -> ClosedRange<Double>? {
    let node = graph.nodes[index]
    func of(_ place: Int) -> ClosedRange<Double>? { ranges[node.inputs[place].node] ?? nil }
    switch node.op {
    case let op as Constant:
      guard op.tensor.shape.count > 0, op.tensor.shape.count <= 1 << 16 else { return nil }
      let numbers = Cast(to: .float64).evaluate([op.tensor])[0].doubles64
      guard let least = numbers.min(), let most = numbers.max(), least.isFinite, most.isFinite else { return nil }
      return least...most
    case let op as ArgMax:
      let dims = graph[node.inputs[0]].dims
      guard let count = dims[op.axis < 0 ? op.axis + dims.count : op.axis], count > 0 else { return nil }
      return 0...Double(count - 1)
    case let op as TopK where op.result == .indices:
      let dims = graph[node.inputs[0]].dims
      return dims[op.axis < 0 ? op.axis + dims.count : op.axis].map { 0...Double(max($0 - 1, 0)) }
    case is Compare, is Logical: return 0...1
    case let op as Pixelwise where op.op is ArgMax:
      guard let argMax = op.op as? ArgMax, let axes = op.inputs[0]?.axes else { return nil }
      let axis = argMax.axis < 0 ? argMax.axis + axes.count : argMax.axis
      guard case .channels(let count) = axes[axis], count > 0 else { return nil }
      return 0...Double(count - 1)
    case let op as Cast:
      return op.dataType == .bool ? 0...1 : of(0).map { op.dataType.isFloat ? $0 : wrapped($0, op.dataType) } ?? nil
    case is Identity, is Reshape, is DynamicReshape, is Transpose, is Squeeze, is ExpandDims, is Slice, is BroadcastTo,
      is Tile, is Repeat, is Crop2D, is MaxPool2D:
      return of(0)
    case let op as Resize where op.staysInRange: return of(0)
    case is Gather: return of(0)
    case let op as Reduce where op.kind == .max || op.kind == .min: return of(0)
    case is Concat:
      let all = node.inputs.indices.map { of($0) }
      guard let first = all.first ?? nil, all.allSatisfy({ $0 != nil }) else { return nil }
      return all.compactMap { $0 }.reduce(first) {
        min($0.lowerBound, $1.lowerBound)...max($0.upperBound, $1.upperBound)
      }
    case is Where:
      guard let a = of(1), let b = of(2) else { return nil }
      return min(a.lowerBound, b.lowerBound)...max(a.upperBound, b.upperBound)
    case let op as Binary where op.activation == .linear: return binary(op.function, of(0), of(1))
    case let op as Unary: return rounded(op.function, of(0))
    case let op as Activate: return activated(op.activation, of(0))
    default: return nil
    }
  }

  private func wrapped(_ range: ClosedRange<Double>, _ type: DataType) -> ClosedRange<Double>? {
    let (least, most): (Double, Double) =
      switch type {
      case .uint8: (0, 255)
      case .int8: (-128, 127)
      case .int32: (-0x1p31, 0x1p31 - 1)
      default: (-0x1p63, 0x1p63)
      }
    return range.lowerBound >= least && range.upperBound <= most ? range : nil
  }

  private func binary(
    _ function: Binary.Function, _ a: ClosedRange<Double>?, _ b: ClosedRange<Double>?
  ) -> ClosedRange<Double>? {
    guard let a, let b else { return nil }
    func among(_ f: (Double, Double) -> Double) -> ClosedRange<Double>? {
      let all = [a.lowerBound, a.upperBound].flatMap { x in [b.lowerBound, b.upperBound].map { f(x, $0) } }
      guard all.allSatisfy(\.isFinite), let least = all.min(), let most = all.max() else { return nil }
      return least...most
    }
    switch function {
    case .add: return among(+)
    case .subtract: return among(-)
    case .multiply: return among(*)
    case .divide: return b.contains(0) ? nil : among(/)
    case .maximum: return max(a.lowerBound, b.lowerBound)...max(a.upperBound, b.upperBound)
    case .minimum: return min(a.lowerBound, b.lowerBound)...min(a.upperBound, b.upperBound)
    case .floorRemainder where b.lowerBound > 0:
      return a.lowerBound >= 0 && a.upperBound < b.lowerBound ? a : 0...b.upperBound
    default: return nil
    }
  }

  private func rounded(_ function: Unary.Function, _ range: ClosedRange<Double>?) -> ClosedRange<Double>? {
    guard let range else { return nil }
    switch function {
    case .floor, .ceil, .round, .truncate: return range.lowerBound.rounded(.down)...range.upperBound.rounded(.up)
    case .negate: return -range.upperBound ... -range.lowerBound
    case .sign: return -1...1
    case .abs:
      let most = max(range.lowerBound.magnitude, range.upperBound.magnitude)
      return (range.contains(0) ? 0 : min(range.lowerBound.magnitude, range.upperBound.magnitude))...most
    default: return nil
    }
  }

  private func activated(_ activation: Activation, _ range: ClosedRange<Double>?) -> ClosedRange<Double>? {
    guard let range else { return nil }
    switch activation {
    case .linear: return range
    case .relu: return max(range.lowerBound, 0)...max(range.upperBound, 0)
    case .clamp(let low, let high) where low <= high:
      func clamped(_ x: Double) -> Double { min(max(x, Double(low)), Double(high)) }
      return clamped(range.lowerBound)...clamped(range.upperBound)
    default: return nil
    }
  }
}

extension DataType {
  fileprivate var isFloat: Bool { self == .float32 || self == .float64 }
}

extension Tensor {
  fileprivate var doubles64: [Double] { if case .float64(let e) = elements { e } else { [] } }
}
