package import Graphs
package import Tensors

/// An operator some of whose attributes are computed by other nodes, such as the size to reshape to: its last inputs.
///
/// When a graph is specialised, and wherever the values are constants, the operator with attributes takes its place.
package protocol DeferredOp: Op {
  /// How many of the first inputs are data; the others are values.
  var dataInputs: Int { get }

  /// The operator for these values.
  func settle(_ data: [TensorType], _ values: [Tensor]) throws(ShapeError) -> any Op

  /// The result types as far as they are known while a value is not.
  func pendingTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType]

  /// How many values there may be, and what they are called in errors.
  var valueNames: [String] { get }
}

extension DeferredOp {
  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: dataInputs + 1...dataInputs + valueNames.count)
    for (type, name) in zip(inputs.dropFirst(dataInputs), valueNames) {
      guard type.rank <= 1, type.dataType != .bool else { throw ShapeError("the \(name) cannot be \(type)") }
    }
    let values = inputs.dropFirst(dataInputs).compactMap(\.tensor)
    let data = Array(inputs.prefix(dataInputs))
    guard values.count == inputs.count - dataInputs else { return try pendingTypes(inputs) }
    return try settle(data, values).outputTypes(data)
  }

  package func settled(_ inputs: [TensorType], _ constants: [Tensor?]) throws(ShapeError) -> Settled? {
    let values = zip(inputs, constants).dropFirst(dataInputs).compactMap { $1 ?? $0.tensor }
    guard values.count == inputs.count - dataInputs else { return nil }
    return Settled(try settle(Array(inputs.prefix(dataInputs)), values), inputs: dataInputs)
  }

  /// Values that the operator cannot take are a programmer's error here: specialising a graph refuses them.
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let data = inputs.prefix(dataInputs)
    guard let op = try? settle(data.map(\.type), Array(inputs.dropFirst(dataInputs))) else {
      preconditionFailure("\(Self.name) was evaluated with values that were not checked")
    }
    return op.evaluate(Array(data))
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] { globalReach(count: inputs.count) }
}

extension Tensor {
  /// The elements of a vector of values as integers, each within what attributes may be.
  var attributeValues: [Int] {
    elements.wholes.map { Int(min(max($0, Int64(-Limits.elements)), Int64(Limits.elements))) }
  }
}

extension TensorType {
  /// What is known of a vector of values; the rank of a result depends on its length.
  func vectorElements(_ name: String) throws(ShapeError) -> [Int?] {
    guard rank == 1, let count = dims[0], count <= TensorType.trackedCount else {
      throw ShapeError("the \(name) must be a short vector of known length, gets \(self)")
    }
    return elements ?? [Int?](repeating: nil, count: count)
  }
}
