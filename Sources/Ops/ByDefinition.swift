import Graphs
import Tensors

/// An operator without its fast path: compiles to the step that wraps the plain definition.
struct ByDefinition<Base: Op>: Op {
  static var name: String { Base.name }
  let base: Base

  init(_ base: Base) { self.base = base }

  var attributes: String { base.attributes }
  func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] { try base.outputTypes(inputs) }
  func evaluate(_ inputs: [Tensor]) -> [Tensor] { base.evaluate(inputs) }
  func reach(_ inputs: [TensorType]) -> [Reach] { base.reach(inputs) }
}
