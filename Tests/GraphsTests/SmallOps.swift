import Graphs
import Tensors

/// The sum of all inputs plus a number, for tests that need no more than some operator.
struct Sum: Op {
  static let name = "sum"
  var plus: Float = 0
  var attributes: String { plus == 0 ? "" : "plus=\(plus)" }

  func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard let first = inputs.first else { throw ShapeError("takes at least one input") }
    for next in inputs where next != first { throw ShapeError("cannot add \(next) to \(first)") }
    return [first]
  }

  func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    [
      Tensor(
        inputs[0].shape,
        inputs[0].floats.indices.map { element in inputs.reduce(plus) { $0 + $1.floats[element] } })
    ]
  }

  func reach(_ inputs: [TensorType]) -> [Reach] { inputs.map { _ in .pointwise } }
}

/// Two results: the first and the second half of a vector.
struct Halves: Op {
  static let name = "halves"

  func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let half = TensorType(inputs[0].dataType, [inputs[0].dims[0].map { $0 / 2 }])
    return [half, half]
  }

  func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let half = inputs[0].shape[0] / 2
    return [Tensor([half], Array(inputs[0].floats.prefix(half))), Tensor([half], Array(inputs[0].floats.suffix(half)))]
  }

  func reach(_ inputs: [TensorType]) -> [Reach] { [.global] }
}
