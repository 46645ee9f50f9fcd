import Graphs
import Ops
import Tensors
import TestSupport
import Testing

/// The input indices, along rows or columns, that each output index depends on, found by changing one input pixel at a time.
private func probe(_ op: any Op, _ inputs: [Tensor], _ input: Int) -> (rows: [Set<Int>], columns: [Set<Int>]) {
  let base = op.evaluate(inputs)[0], shape = base.shape, image = inputs[input].shape
  var rows = [Set<Int>](repeating: [], count: shape[1]), columns = [Set<Int>](repeating: [], count: shape[2])
  for y in 0..<image[1] {
    for x in 0..<image[2] {
      var floats = inputs[input].floats
      for c in 0..<image[3] { floats[(y * image[2] + x) * image[3] + c] += 16 }
      var changed = inputs
      changed[input] = Tensor(image, floats)
      for (index, pair) in zip(base.floats, op.evaluate(changed)[0].floats).enumerated() where pair.0 != pair.1 {
        let pixel = index / shape[3]
        rows[pixel / shape[2]].insert(y)
        columns[pixel % shape[2]].insert(x)
      }
    }
  }
  return (rows, columns)
}

/// Compares the analysis with probing: nothing outside the reach has influence, and where the reach is `tight` its ends have.
private func check(_ op: any Op, _ inputs: [Tensor], images: Int = 1, tight: Bool = true) throws {
  let reach = op.reach(inputs.map(\.type))
  for input in 0..<images {
    guard case .local(let rows, let columns) = reach[input] else {
      Issue.record("\(op) is not local")
      continue
    }
    let probed = probe(op, inputs, input)
    for (axis, analysed, found) in [(1, rows, probed.rows), (2, columns, probed.columns)] {
      for (output, indices) in found.enumerated() {
        let range = analysed.read(by: output..<output + 1, of: inputs[input].shape[axis])
        #expect(
          indices.allSatisfy(range.contains), "\(op) axis \(axis): output \(output) reads \(indices), not \(range)")
        if tight && !range.isEmpty {
          #expect(
            indices.contains(range.lowerBound) && indices.contains(range.upperBound - 1),
            "\(op) axis \(axis): output \(output) reads \(indices) of \(range)")
        }
      }
    }
  }
}

struct ReachTests {
  @Test func `windows of random convolutions and pools`() throws {
    var random = SeededNumbers(3)
    for trial in 0..<25 {
      let (k, s) = (Pair(random.pick(1...4), random.pick(1...4)), Pair(random.pick(1...3), random.pick(1...3)))
      let x = noise([1, random.pick(4...8), random.pick(4...8), 1], seed: UInt64(trial))
      let padding = [Padding.same, .valid, .explicit(top: 0, bottom: 1, left: 1, right: 0)][random.pick(0...2)]
      let w = noise([k.height, k.width, 1, 2], seed: 9)
      try check(Conv2D(strides: s, padding: padding, activation: .leakyRelu(0.1)), [x, w])
      try check(DepthwiseConv2D(strides: s, padding: padding, activation: .leakyRelu(0.1)), [x, w])
      let pooling = min(k.height, k.width) > 1 ? padding : .same
      try check(MaxPool2D(size: k, strides: s, padding: pooling), [x])
      try check(AveragePool2D(size: k, strides: s, padding: pooling), [x])
    }
    let x = noise([1, 9, 8, 1], seed: 1)
    try check(Conv2D(padding: .same, dilation: Pair(2, 3)), [x, noise([3, 2, 1, 1], seed: 2)], tight: false)
    try check(Conv2D(padding: .same, sources: 2), [x, x, noise([3, 3, 2, 1], seed: 2)], images: 2)
  }

  @Test func `scatter windows of random transposed convolutions`() throws {
    var random = SeededNumbers(4)
    for trial in 0..<25 {
      let s = Pair(random.pick(1...3), random.pick(1...3))
      let k = Pair(s.height + random.pick(0...3), s.width + random.pick(0...3))
      let x = noise([1, random.pick(2...5), random.pick(2...5), 1], seed: UInt64(trial))
      let padding = [Padding.same, .valid, .explicit(top: 1, bottom: 0, left: 0, right: 1)][random.pick(0...2)]
      let w = noise([k.height, k.width, 1, 1], seed: 8)
      try check(Conv2DTranspose(strides: s, padding: padding), [x, w])
    }
    let x = noise([1, 4, 4, 1], seed: 1)
    try check(Conv2DTranspose(strides: 3, padding: .valid), [x, noise([2, 1, 1, 1], seed: 2)], tight: false)
    try check(
      Conv2DTranspose(padding: .same, dilation: 2), [x, noise([3, 2, 1, 1], seed: 2)], tight: false)
  }

  @Test func `resizing between random sizes`() throws {
    var random = SeededNumbers(5)
    for trial in 0..<25 {
      let x = noise([1, random.pick(1...9), random.pick(1...9), 1], seed: UInt64(trial))
      let target = Resize.ImageTarget.size(Pair(random.pick(1...9), random.pick(1...9)))
      try check(Resize(method: .nearest, target: target), [x])
      try check(Resize(method: .linear, target: target), [x])
      for method in ResizeRule.Method.allCases {
        try check(Resize(method: method, target: target, coordinates: .asymmetric), [x], tight: false)
        try check(Resize(method: method, target: target, antialias: true), [x], tight: false)
      }
    }
    for trial in 0..<60 {
      let rule = randomRule(&random)
      let x = noise([1, random.pick(1...7), random.pick(1...7), 1], seed: UInt64(trial))
      try check(
        Resize([.init(1, .size(random.pick(1...9))), .init(2, .size(random.pick(1...9)))], rule: rule), [x],
        tight: false)
    }
    let x = noise([1, 3, 2, 1], seed: 1)
    let doubled = Resize(method: .nearest, target: .scale(2)).reach([x.type])
    #expect(doubled == [.local(rows: AxisReach(den: 2), columns: AxisReach(den: 2))])
    let mixed = Resize(method: .linear, target: .scale(2)).reach([x.type])
    let axis = AxisReach(num: 2, den: 4, low: -1, high: 2)
    #expect(mixed == [.local(rows: axis, columns: axis)])
  }

  @Test func `pointwise operators, borders and broadcasting`() throws {
    let x = noise([1, 3, 4, 2], seed: 1), vector = noise([2], seed: 2)
    let positive = Tensor([2], [1, 2])
    try check(Activate(.silu), [x])
    try check(BatchNorm(epsilon: 1e-3), [x, vector, vector, vector, positive])
    try check(Concat(axis: 3), [x, x], images: 2)
    try check(Dense(), [x, noise([2, 3], seed: 3)])
    try check(PRelu(), [x, vector])
    try check(LayerNorm(epsilon: 1e-3), [x, vector, vector])
    try check(Identity(), [x])
    try check(Pad2D(top: 2, bottom: 1, left: 1, right: 3), [x])
    try check(Crop2D(top: 1, bottom: 1, left: 2, right: 0), [x])
    try check(Binary(.add), [x, noise([1, 1, 1, 2], seed: 4)], images: 2)
    try check(Binary(.subtract), [x, noise([1, 1, 4, 2], seed: 5)], images: 2)
    try check(Binary(.add), [noise([1, 3, 1, 1], seed: 6), x], images: 2)
    let ends = Tensor([1, 2, 2, 2], [0, 100, 100, 0, 0, 100, 100, 0])
    #expect(Softmax().reach([ends.type]) == [.pointwise])
  }

  @Test func `picked rows, columns and channels`() throws {
    let x = noise([1, 7, 8, 3], seed: 1)
    try check(Slice([Slice.Axis(3, step: -1)]), [x])
    try check(Slice([Slice.Axis(1, start: 1, step: 2), Slice.Axis(2, start: 2, stop: -1)]), [x])
    try check(Pad(before: [0, 2, 1, 0], after: [0, 1, -1, 2]), [x])
    for mode: Pad.Mode in [.reflect, .symmetric, .edge] {
      try check(Pad(before: [0, 2, 1, 0], after: [0, 1, 3, 2], mode: mode), [x], tight: false)
    }
    let reflected = Pad(before: [0, 2, 0, 0], after: [0, 1, 0, 0], mode: .reflect).reach([x.type])
    #expect(reflected == [.local(rows: AxisReach(low: -4, high: 2), columns: .identity)])
    try check(Repeat(3, axis: 1), [x])
    try check(Repeat(2, axis: 2), [x])
    try check(Roll(1, axis: 3), [x])
    try check(Tile(repeats: [1, 1, 1, 2]), [x])
    let row = noise([1, 1, 8, 3], seed: 2)
    try check(Tile(repeats: [1, 5, 1, 1]), [row])
    try check(BroadcastTo(dims: [1, 4, 1, 1]), [row])
    try check(Binary(.floorDivide), [x, x], images: 2)
    #expect(Cast(to: .int32).reach([x.type]) == [.pointwise])
    #expect(Compare(.less).reach([x.type, TensorType(.float32, [3])])[0] == .pointwise)
  }

  @Test func `blocks of pixels, and products along channels`() throws {
    try check(DepthToSpace(block: 3), [noise([1, 2, 3, 9], seed: 1)])
    try check(DepthToSpace(block: 2, order: .channelsFirst), [noise([1, 3, 2, 8], seed: 1)])
    try check(SpaceToDepth(block: 2), [noise([1, 4, 6, 2], seed: 1)])
    let x = noise([1, 4, 5, 3], seed: 1)
    try check(MatMul(), [x, noise([3, 2], seed: 2)])
    try check(CumulativeSum(axis: 3), [x])
    try check(Gather(axis: 3), [x, Tensor([2], .int64([2, -3]))])
    try check(Gather(axis: 3), [x, Tensor([500], .int64((0..<500).map { Int64($0 * 7 % 3) }))])
    #expect(CumulativeSum(axis: 1).reach([x.type]) == [.global])
    #expect(Gather(axis: 1).reach([x.type, Tensor([4], .int64([0, 1, 2, 3])).type]) == [.global, .global])
    #expect(Einsum("bhwc->bwhc").reach([x.type]) == [.global])
  }

  @Test func `picks that hang on the size of the image are global`() {
    let x = TensorType(.float32, [1, 8, 8, 3])
    for axis in [
      Slice.Axis(1, stop: 5), Slice.Axis(1, start: -5), Slice.Axis(2, step: -1), Slice.Axis(2, start: 1, stop: 7),
    ] {
      #expect(Slice([axis]).reach([x]) == [.global], "\(axis)")
    }
    #expect(Slice([Slice.Axis(1, stop: 8)]).reach([x]) == [.pointwise])
    #expect(Pad(before: [0, 1, 0, 0], after: [0, 0, 0, 0], mode: .wrap).reach([x]) == [.global])
    #expect(Tile(repeats: [1, 2, 1, 1]).reach([x]) == [.global])
    #expect(Roll(1, axis: 2).reach([x]) == [.global])
    #expect(Repeat(2, axis: 0).reach([x]) == [.global])
    #expect(Squeeze(axes: [0]).reach([x]) == [.global])
    #expect(ExpandDims(axes: [0]).reach([TensorType(.float32, [8, 8, 3])]) == [.global])
  }

  @Test func `operators that mix pixels from everywhere say so`() {
    let x = TensorType(.float32, [1, 4, 4, 2])
    #expect(GlobalPool2D(kind: .average).reach([x]) == [.global])
    #expect(Softmax(axis: 1).reach([x]) == [.global])
    #expect(Concat(axis: 1).reach([x, x]) == [.global, .global])
    #expect(Transpose(permutation: [0, 3, 1, 2]).reach([x]) == [.global])
    #expect(Reshape(dims: [1, -1]).reach([x]) == [.global])
    #expect(Reduce(kind: .mean, axes: [1, 2], keepDims: true).reach([x]) == [.global])
    #expect(
      Binary(.multiply).reach([x, TensorType(.float32, [1, 2])])[1] == .local(rows: .broadcast, columns: .broadcast))
    #expect(Conv2D().reach([TensorType(.float32, [2, 4, 4, 2]), TensorType(.float32, [3, 3, 2, 1])])[0] == .global)
  }
}
