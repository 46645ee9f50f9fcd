import Graphs
import Kernels
import Ops
import Tensors
import Testing

struct NormalizationTests {
  @Test func `vectors are normalised by their own mean and variance`() {
    let x = Tensor([1, 2, 2], [1, 3, -2, 2]), gamma = Tensor([2], [2, 10]), beta = Tensor([2], [0.5, 0])
    #expect(LayerNorm(epsilon: 0).evaluate([x, gamma, beta])[0].floats == [-1.5, 10, -1.5, 10])
    let y = LayerNorm(kind: .rootMeanSquare, epsilon: 1).evaluate([Tensor([1, 2], [1, 7]), gamma, beta])[0]
    let factor = 1 / Float(26).squareRoot()
    #expect(abs(y.floats[0] - (2 * factor + 0.5)) < 1e-6 && abs(y.floats[1] - 70 * factor) < 1e-6)
  }

  @Test func `groups are consecutive channels over all positions`() {
    let x = Tensor([1, 1, 2, 4], [0, 2, 5, 5, 4, 2, 5, 5])
    let ones = Tensor([4], [1, 1, 1, 1]), shift = Tensor([4], [0, 0, 0, 1])
    let root = Float(2).squareRoot()
    let groups = GroupNorm(groups: 2, epsilon: 0).evaluate([x, ones, Tensor([4], [0, 0, 0, 0])])[0].floats
    #expect(groups.prefix(2) == [-root, 0] && groups[4] == root && groups[2].isNaN)
    let instances = GroupNorm(groups: 4, epsilon: 1, activation: .relu).evaluate([x, ones, shift])[0].floats
    let two = 2 / Float(5).squareRoot()
    #expect(instances == [0, 0, 0, 1, two, 0, 0, 1])
  }

  @Test func `every element of a batch has statistics of its own`() {
    let one = noise([1, 3, 2, 4], seed: 1), other = noise([1, 3, 2, 4], seed: 2)
    let affine = [noise([4], seed: 3), noise([4], seed: 4)]
    let op = GroupNorm(groups: 2, epsilon: 1e-3)
    let both = op.evaluate([Tensor([2, 3, 2, 4], one.floats + other.floats)] + affine)[0].floats
    #expect(both == op.evaluate([one] + affine)[0].floats + op.evaluate([other] + affine)[0].floats)
  }

  @Test func `statistics over the image reach everywhere, those of a pixel do not`() {
    let image = TensorType(.float32, [1, 4, 4, 2]), vector = TensorType(.float32, [2])
    #expect(GroupNorm(groups: 1, epsilon: 0).reach([image, vector, vector])[0] == .global)
    let sequence = TensorType(.float32, [1, 7, 2])
    #expect(GroupNorm(groups: 1, epsilon: 0).reach([sequence, vector, vector])[0] == .pointwise)
    #expect(LayerNorm(epsilon: 0).reach([image, vector, vector])[0] == .pointwise)
  }

  @Test func `steps follow the definitions`() throws {
    for channels in [1, 2, 7, 16, 17, 33, 96] {
      let affine = [noise([channels], seed: 3), noise([channels], seed: 4)]
      for shape: Shape in [[1, 1, 1, channels], [1, 3, 5, channels], [1, 2, 900, channels]] {
        let x = noise(shape, seed: 1)
        for kind in LayerNorm.Kind.allCases {
          try checkStep(LayerNorm(kind: kind, epsilon: 1e-3), [x] + affine, firstConstant: 1) { step($0, $1) }
        }
        for groups in Set([1, channels, channels % 2 == 0 ? 2 : 1]) {
          let op = GroupNorm(groups: groups, epsilon: 1e-3, activation: .silu)
          try checkStep(op, [x] + affine, firstConstant: 1) { step($0, $1) }
        }
      }
      let sequence = noise([1, 6, channels], seed: 2)
      try checkStep(LayerNorm(epsilon: 1e-3), [sequence] + affine, firstConstant: 1) { step($0, $1) }
    }
  }

  @Test func `what does not fit is refused`() {
    func refused(_ op: any Op, _ inputs: [TensorType], _ what: String) {
      #expect(throws: ShapeError(what)) { try op.outputTypes(inputs) }
    }
    let x = TensorType(.float32, [1, nil, nil, 6]), six = TensorType(.float32, [6]), two = TensorType(.float32, [2])
    refused(GroupNorm(groups: 4, epsilon: 0), [x, six, six], "6 channels do not make 4 groups")
    refused(GroupNorm(groups: 0, epsilon: 0), [x, six, six], "6 channels do not make 0 groups")
    refused(GroupNorm(groups: 3, epsilon: 0), [x, six, two], "the beta has 2 elements, expected 6")
    refused(LayerNorm(epsilon: 0), [x, two, six], "the gamma has 2 elements, expected 6")
    refused(LayerNorm(epsilon: 0), [TensorType(.float32, [1, 0]), two, two], "the input has no channels: f32[1x0]")
    #expect(throws: Never.self) {
      try GroupNorm(groups: 3, epsilon: 0).outputTypes([x, six, six]) == [x]
    }
  }
}

/// The step of an operator, where it is not its definition.
private func step(_ op: any Op, _ site: CompileSite) -> (any Step)? {
  let step = op.compile(site)
  return step.kernel.hasPrefix("definition") ? nil : step
}
