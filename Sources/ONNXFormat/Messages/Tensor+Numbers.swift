import Ops
import Tensors

extension Tensor {
  /// The elements as doubles, bools as 0 and 1.
  var doubles: [Double] {
    switch converted(to: .float64).elements {
    case .float64(let elements): elements
    default: []
    }
  }

  func converted(to dataType: DataType) -> Tensor {
    self.dataType == dataType ? self : Cast(to: dataType).evaluate([self])[0]
  }

  /// The tensor with its axes in another order.
  func transposed(_ permutation: [Int]) -> Tensor { permuted(permutation).tensor }
}
