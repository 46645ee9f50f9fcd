package import Graphs
package import Tensors

/// The same elements in row-major order under another shape. A 0 copies the input's dimension at that place, one -1 is inferred
/// (the meaning of ONNX `Reshape` with `allowzero=0`).
package struct Reshape: Op {
  package static let name = "reshape"

  package var dims: [Int]

  package init(dims: [Int]) { self.dims = dims }

  package var attributes: String { "[" + dims.map(String.init).joined(separator: ",") + "]" }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    let input = inputs[0]
    guard dims.allSatisfy({ $0 >= -1 }), dims.count(where: { $0 == -1 }) <= 1 else {
      throw ShapeError("\(attributes) is not a shape to reshape to")
    }
    var result: [Int?] = []
    for (place, dim) in dims.enumerated() {
      guard dim == 0 else {
        result.append(dim == -1 ? nil : dim)
        continue
      }
      guard place < input.rank else { throw ShapeError("\(attributes) copies a dimension that \(input) lacks") }
      result.append(input.dims[place])
    }
    // Copied dimensions cancel, so the rest can be known although they are not.
    let copied = dims.indices.filter { dims[$0] == 0 }
    let from = product(input.dims.indices.filter { !copied.contains($0) }.map { input.dims[$0] })
    let to = product(dims.filter { $0 > 0 })
    let type = try checkedType(result, input.dataType)
    guard let from, let to else { return [type] }
    guard let inferred = dims.firstIndex(of: -1) else {
      guard from == to else { throw ShapeError("cannot reshape \(input) to \(attributes)") }
      return [moving(inputs, type)]
    }
    guard to > 0, from % to == 0 else { throw ShapeError("cannot reshape \(input) to \(attributes)") }
    result[inferred] = from / to
    return [moving(inputs, try checkedType(result, input.dataType))]
  }

  /// The product, unknown when a factor is unknown or it overflows.
  private func product(_ dims: [Int?]) -> Int? {
    var result = 1
    for dim in dims {
      guard let dim else { return nil }
      let (next, overflow) = result.multipliedReportingOverflow(by: dim)
      if overflow { return nil }
      result = next
    }
    return result
  }
}

extension Reshape {
  package var repeatsOneNumber: Bool { true }

  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let shape = inputs[0].shape
    var result = dims.enumerated().map { place, dim in dim == 0 ? shape[place] : dim }
    if let inferred = result.firstIndex(of: -1) {
      let others = result.reduce(1) { $1 == -1 ? $0 : $0 * $1 }
      result[inferred] = others == 0 ? 0 : shape.count / others
    }
    return [inputs[0].reshaped(Shape(result))]
  }

  package func passesOn(_ inputs: [TensorType]) -> Bool {
    let own = inputs[0].dims
    return own.allSatisfy { $0 != nil } && (try? outputTypes(inputs)[0].dims == own) ?? false
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    guard let output = try? outputTypes(inputs)[0] else { return globalReach(count: 1) }
    return relabellingReach(inputs[0], output)
  }
}

extension Reshape {
  package func compile(_ site: CompileSite) -> any Step { relabellingStep(self, site) }
}
