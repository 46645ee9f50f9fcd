import Graphs
import Kernels
import Ops
import Tensors
import TestSupport
import Testing

/// Steps that move, choose and join elements of image rows.
struct PickStepTests {
  private func check<O: Op>(_ op: O, _ inputs: [Tensor], constants: Range<Int> = 9..<9) throws {
    try checkStep(op, inputs, constants: constants, on: [.underTest]) { op, site in
      let step = op.compile(site)
      return step.kernel.hasPrefix("definition") ? nil : step
    }
  }

  /// Narrow rows, and rows that are cut into several segments.
  private static let widths = [1, 2, 7, 20_000]

  /// Noise in another data type.
  private func noise(_ shape: Shape, _ dataType: DataType, seed: UInt64) -> Tensor {
    let floats = OpsTests.noise(shape, seed: seed)
    if dataType == .float32 { return floats }
    let scaled = Tensor(shape, floats.floats.map { ($0 * 3).rounded(.down) })
    return Cast(to: dataType).evaluate([scaled])[0]
  }

  @Test(arguments: widths)
  func `slices`(_ width: Int) throws {
    for dataType: DataType in width > 100 ? [.float32] : [.float32, .int64, .uint8] {
      let x = noise([1, 5, width, 4], dataType, seed: 1)
      try check(Slice([Slice.Axis(3, step: -1)]), [x])
      try check(Slice([Slice.Axis(3, start: 1, stop: 3)]), [x])
      try check(Slice([Slice.Axis(3, index: -1)]), [x])
      try check(Slice([Slice.Axis(1, start: 1, step: 2), Slice.Axis(2, step: 3)]), [x])
      try check(Slice([Slice.Axis(1, start: 1, stop: -1), Slice.Axis(2, start: width / 2)]), [x])
      try check(Slice([Slice.Axis(1, step: -1), Slice.Axis(2, step: -1)]), [x])
      try check(Slice([Slice.Axis(1, stop: 2)]), [x])
    }
  }

  @Test(arguments: DataType.allCases)
  func `casts`(_ dataType: DataType) throws {
    for width in [1, 7, 20_000] {
      let floats = OpsTests.noise([1, 3, width, 2], seed: 5).floats.enumerated().map { index, x -> Float in
        index % 97 == 5 ? [Float.nan, .infinity, -.infinity, 3e9, -3e9, 255.5, -1][index % 7] : x * 300
      }
      let x = Cast(to: dataType).evaluate([Tensor([1, 3, width, 2], floats)])[0]
      for target in DataType.allCases { try check(Cast(to: target), [x]) }
    }
  }

  @Test(arguments: widths)
  func `borders`(_ width: Int) throws {
    for mode: Pad.Mode in [.constant(0.5), .reflect, .symmetric, .edge, .wrap] {
      let x = noise([1, 4, width, 3], .float32, seed: 2)
      try check(Pad(before: [0, 2, 1, 0], after: [0, 1, 3, 0], mode: mode), [x])
      try check(Pad(before: [0, 0, 2, 1], after: [0, 0, 0, 2], mode: mode), [x])
      try check(Pad(before: [0, -1, 1, 0], after: [0, 2, 0, -1], mode: mode), [x])
      try check(Pad(before: [0, 9, 0, 0], after: [0, 7, 0, 0], mode: mode), [x])
    }
    let bytes = noise([1, 3, min(width, 99), 2], .bool, seed: 3)
    try check(Pad(before: [0, 1, 1, 1], after: [0, 1, 1, 1], mode: .constant(1)), [bytes])
  }

  @Test(arguments: widths)
  func `repetitions and rolls`(_ width: Int) throws {
    let x = noise([1, 3, width, 3], .float32, seed: 3)
    for axis in 1...3 {
      try check(Repeat(2, axis: axis), [x])
      try check(Roll(1, axis: axis), [x])
    }
    try check(Tile(repeats: [1, 2, 2, 2]), [x])
    try check(Gather(axis: 3), [x, Tensor([4], .int64([2, -3, 0, 2]))], constants: 1..<2)
    try check(Gather(axis: 1), [x, Tensor([2], .int32([-1, 0]))], constants: 1..<2)
    for shape: Shape in [[1, 1, width, 3], [1, 4, 1, 3], [1, 4, width, 1], [1, 1, 1, 1], [3], [], [width, 1]] {
      try check(BroadcastTo(dims: [1, 4, width, 3]), [noise(shape, .float32, seed: 4)])
    }
  }

  @Test(arguments: [1, 2, 7, 900])
  func `blocks of pixels`(_ width: Int) throws {
    for order: BlockOrder in [.pixelsFirst, .channelsFirst] {
      for (block, channels) in [(1, 3), (2, 1), (2, 17), (3, 4)] {
        let deep = noise([1, 2, width, block * block * channels], .float32, seed: 5)
        try check(DepthToSpace(block: block, order: order), [deep])
        let flat = noise([1, 2 * block, width * block, channels], .float32, seed: 6)
        try check(SpaceToDepth(block: block, order: order), [flat])
      }
    }
  }

  @Test(arguments: [1, 3, 7, 8, 9, 16, 31, 64])
  func `reductions over channels`(_ channels: Int) throws {
    for kind in Reduce.Kind.allCases where kind != .logSum && kind != .logSumExp {
      try check(
        Reduce(kind: kind, axes: [-1], keepDims: true), [noise([1, 3, 5, channels], .float32, seed: UInt64(channels))])
      var floats = noise([1, 1, 2, channels], .float32, seed: 8).floats
      floats[channels / 2] = .nan
      try check(Reduce(kind: kind, axes: [3], keepDims: true), [Tensor([1, 1, 2, channels], floats)])
    }
    try check(Reduce(kind: .mean, axes: [3], keepDims: true), [noise([1, 2, 9000, channels], .float32, seed: 9)])
  }

  /// Shapes that are broadcast to an image of 3 rows and channels.
  private func shapes(_ width: Int) -> [Shape] {
    [
      [1, 3, width, 3], [1, 1, width, 3], [1, 3, 1, 3], [1, 3, width, 1], [1, 3, 1, 1], [1, 1, width, 1],
      [3, width, 3],
      [3, 1, 3], [3, 1, 1], [width, 3], [width, 1], [3], [],
    ]
  }

  @Test(arguments: [1, 7, 15_000])
  func `arithmetic of everything that is broadcast to an image`(_ width: Int) throws {
    let x = noise([1, 3, width, 3], .float32, seed: 1)
    for shape in shapes(width) {
      let other = noise(shape, .float32, seed: 2)
      for function: Binary.Function in [.subtract, .floorRemainder] {
        try check(Binary(function), [x, other])
        try check(Binary(function, activation: .relu), [other, x], constants: 0..<1)
      }
    }
    let column = noise([1, 3, 1, 1], .float32, seed: 3), row = noise([1, 1, width, 3], .float32, seed: 4)
    try check(Binary(.multiply), [column, row])
    try check(Binary(.power), [Tensor([1, 3, 1, 1], [0.5, 1, 2]), row])
  }

  @Test(arguments: [1, 7, 15_000])
  func `comparisons and choices`(_ width: Int) throws {
    for dataType in width > 100 ? [.float32] : DataType.allCases {
      let x = noise([1, 3, width, 3], dataType, seed: 1), row = noise([width, 1], dataType, seed: 2)
      for relation in Compare.Relation.allCases { try check(Compare(relation), [x, row]) }
      let condition = noise([1, 3, width, 1], .bool, seed: 3)
      try check(Where(), [condition, x, row], constants: 2..<3)
      try check(Where(), [condition, noise([3], dataType, seed: 4), x])
    }
    for function in Logical.Function.allCases {
      try check(Logical(function), [noise([1, 3, width, 3], .bool, seed: 5), noise([1, 1, 1, 3], .bool, seed: 6)])
    }
  }

  @Test func `products of matrices`() throws {
    let shapes: [(Shape, Shape)] = [
      ([1, 3, 5, 4], [1, 3, 4, 9]), ([1, 3, 5, 4], [1, 1, 4, 9]), ([1, 1, 5, 4], [1, 3, 4, 9]),
      ([2, 3, 5, 4], [3, 4, 9]),
      ([1, 3, 5, 4], [4, 70]), ([5, 4], [4, 1]), ([5, 4], [4]), ([4], [4, 3]), ([4], [4]), ([2, 2, 4], [3, 1, 4, 5]),
      ([1, 2, 70, 33], [1, 2, 33, 50]), ([2, 1, 130, 65], [65, 40]), ([1, 1, 1, 1], [1, 1, 1, 1]),
    ]
    for (a, b) in shapes {
      for constants in [2..<2, 0..<1, 1..<2] {
        let inputs = [noise(a, .float32, seed: 1), noise(b, .float32, seed: 2)]
        try checkStep(MatMul(), inputs, constants: constants) { $0.step($1) }
      }
    }
  }

  @Test func `products with a weight are those of a dense layer`() throws {
    try check(MatMul(), [noise([1, 3, 5, 4], .float32, seed: 1), noise([4, 9], .float32, seed: 2)], constants: 1..<2)
    try check(MatMul(), [noise([6, 4], .float32, seed: 1), noise([4, 9], .float32, seed: 2)], constants: 1..<2)
  }

  @Test func `steps read the rows that the reach names`() throws {
    func rows(_ op: any Op, _ type: TensorType) throws -> AxisReach? {
      let site = CompileSite(
        name: "x", inputTypes: [type], outputTypes: try op.outputTypes([type]), constants: [nil], kernels: .underTest)
      return op.compile(site).inputs[0].rows
    }
    let image = TensorType(.float32, [1, 8, 8, 4])
    #expect(try rows(Slice([Slice.Axis(1, start: 2, step: 3)]), image) == AxisReach(num: 3, low: 2, high: 2))
    #expect(try rows(Slice([Slice.Axis(1, step: -1)]), image) == nil)
    #expect(
      try rows(Pad(before: [0, 1, 0, 0], after: [0, 2, 0, 0], mode: .edge), image) == AxisReach(low: -3, high: 0))
    #expect(try rows(Tile(repeats: [1, 2, 1, 1]), image) == nil)
    #expect(try rows(DepthToSpace(block: 2), image) == AxisReach(den: 2))
    #expect(try rows(SpaceToDepth(block: 2), image) == AxisReach(num: 2, high: 1))
  }
}
