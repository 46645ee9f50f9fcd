import Graphs
import Kernels
import Ops
import Tensors

/// A product whose step takes the kernels of one instruction set, whichever the process takes.
struct PinnedOp<Base: Op>: Op {
  static var name: String { Base.name }

  let base: Base
  let isa: InstructionSet
  let step: @Sendable (Base, CompileSite, KernelSet) -> (any Step)?

  func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] { try base.outputTypes(inputs) }
  func evaluate(_ inputs: [Tensor]) -> [Tensor] { base.evaluate(inputs) }
  func reach(_ inputs: [TensorType]) -> [Reach] { base.reach(inputs) }
  func multiplyAdds(_ inputs: [TensorType]) -> Int { base.multiplyAdds(inputs) }

  func compile(_ site: CompileSite) -> any Step {
    KernelSet(isa).flatMap { step(base, site, $0) } ?? base.compile(site)
  }

  static func == (a: Self, b: Self) -> Bool { a.base == b.base && a.isa == b.isa }

  func hash(into hasher: inout Hasher) {
    hasher.combine(base)
    hasher.combine(isa)
  }
}
