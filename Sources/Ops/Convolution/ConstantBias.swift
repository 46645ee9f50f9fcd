import Graphs
import Tensors

extension CompileSite {
  /// The optional bias at an input index; `nil` where it is there but not constant.
  func constantBias(_ index: Int) -> ConstantBias? {
    guard index < inputTypes.count else { return ConstantBias(values: nil) }
    return constants[index].map { ConstantBias(values: $0.floats) }
  }
}

/// The values of a bias, if the operator has one.
struct ConstantBias {
  var values: [Float]?
}
