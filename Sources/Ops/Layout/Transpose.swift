package import Graphs
package import Tensors

/// Reorders axes: axis `k` of the result is axis `permutation[k]` of the input.
package struct Transpose: Op {
  package static let name = "transpose"

  package var permutation: [Int]

  package init(permutation: [Int]) { self.permutation = permutation }

  package var attributes: String { "[" + permutation.map(String.init).joined(separator: ",") + "]" }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    let input = inputs[0]
    guard permutation.sorted() == Array(input.dims.indices) else {
      throw ShapeError("\(attributes) does not permute the axes of \(input)")
    }
    return [moving(inputs, TensorType(input.dataType, permutation.map { input.dims[$0] }))]
  }
}

extension Transpose {
  package var repeatsOneNumber: Bool { true }

  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let strides = inputs[0].shape.strides
    let result = Shape(permutation.map { inputs[0].shape[$0] })
    let places = result.strides
    let order = (0..<result.count).map { index in
      permutation.indices.reduce(0) { sum, axis in
        sum + index / places[axis] % result[axis] * strides[permutation[axis]]
      }
    }
    return [Tensor(result, inputs[0].elements.gathering(order))]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    let output = TensorType(inputs[0].dataType, permutation.map { inputs[0].dims[$0] })
    let keepsPixels = permutation == Array(permutation.indices) || (isOnePixel(output) && isOnePixel(inputs[0]))
    return keepsPixels ? pointwiseReach(count: 1) : globalReach(count: 1)
  }
}
