import Graphs
import Ops
import Tensors
import TestSupport
import Testing

struct RowStepTests {
  private func check<O: Op>(_ op: O, _ inputs: [Tensor], constants: Int = 0) throws {
    try checkStep(op, inputs, firstConstant: inputs.count - constants) { op, site in
      let step = op.compile(site)
      return step.kernel.hasPrefix("definition") ? nil : step
    }
  }

  /// Narrow rows, and rows that are cut into several segments.
  private static let widths = [1, 2, 7, 1500]

  @Test(arguments: [Padding.same, .valid, .explicit(top: 1, bottom: 0, left: 1, right: 1)])
  func `pools`(_ padding: Padding) throws {
    for (size, strides) in [(Pair(2), Pair(2)), (Pair(3), Pair(2)), (Pair(3, 2), Pair(1, 3))] {
      for shape: Shape in [[1, 3, 3, 1], [1, 6, 8, 3], [1, 5, 9, 17]] {
        let x = noise(shape, seed: 1)
        try check(MaxPool2D(size: size, strides: strides, padding: padding), [x])
        try check(AveragePool2D(size: size, strides: strides, padding: padding), [x])
        try check(AveragePool2D(size: size, strides: strides, padding: padding, countPadding: true), [x])
      }
    }
    try check(MaxPool2D(size: 5, strides: 1, padding: .same), [noise([1, 2, 3, 2], seed: 2)])
    try check(MaxPool2D(size: 2, strides: 2, padding: .same), [noise([1, 2, 1500, 96], seed: 3)])
  }

  @Test(arguments: ResizeRule.Method.allCases)
  func `resizing`(_ method: ResizeRule.Method) throws {
    func check(_ target: Resize.ImageTarget, _ x: Tensor) throws {
      let rules: [(ResizeRule.Coordinates, Bool)] = [(.halfPixel, false), (.asymmetric, false), (.halfPixel, true)]
      for (coordinates, antialias) in rules {
        let op = Resize(method: method, target: target, coordinates: coordinates, antialias: antialias)
        try checkStep(op, [x], firstConstant: 1) { $0.step($1) }
      }
    }
    for shape: Shape in [[1, 1, 1, 1], [1, 3, 4, 3], [1, 5, 2, 17], [1, 2, 9, 5]] {
      let x = noise(shape, seed: 1)
      for target: Resize.ImageTarget in [.scale(2), .scale(4), .scale(Pair(3, 1)), .size(Pair(2, 7)), .size(1)] {
        try check(target, x)
      }
    }
    try check(.scale(2), noise([1, 1, 900, 80], seed: 2))
  }

  @Test func `taps that were multiplied before an upsampling`() throws {
    for (size, kernel, scale) in [
      ([2, 3], Pair(3), Pair(4)), ([1, 1], Pair(3, 2), Pair(3, 5)), ([3, 2], Pair(5), Pair(2)),
    ] {
      for channels in [1, 5, 17] {
        let taps = kernel.height * kernel.width
        let products = noise(Shape([1] + size + [taps * channels]), seed: 1)
        let addend = noise([1, size[0] * scale.height, size[1] * scale.width, channels], seed: 2)
        for inputs in [[products], [products, addend]] {
          let op = UpsampledTaps(method: .linear, scale: scale, kernel: kernel, activation: .relu)
          try checkStep(op, inputs, firstConstant: 2) { $0.step($1) }
        }
      }
    }
    let wide = [noise([1, 1, 230, 9 * 80], seed: 3)]
    try checkStep(UpsampledTaps(method: .linear, scale: 4, kernel: 3), wide, firstConstant: 1) {
      $0.step($1)
    }
  }

  @Test(arguments: widths) func `rounding to the values of integers`(_ width: Int) throws {
    for channels in [1, 3, 8, 17] {
      // Halves between two integers, values beyond the range, and none.
      let special: [Float] = [0.05, -0.15, 0.25, 1e30, -1e30, .infinity, -.infinity, .nan]
      let numbers = noise([1, 2, width, channels], seed: 4)
      let x = Tensor(numbers.shape, Array((special + numbers.floats.dropFirst(8)).prefix(numbers.shape.count)))
      for op in [
        FakeQuantize(scale: 0.1, zero: 128, low: 0, high: 255),
        FakeQuantize(scale: 0.013, zero: -128, low: -128, high: 127),
        FakeQuantize(scale: 0.1, zero: 3, low: 7, high: 9),
      ] {
        try checkStep(op, [x], firstConstant: 1) { op, site in op.compile(site) }
      }
    }
  }

  @Test(arguments: widths) func `classes of pixels`(_ width: Int) throws {
    for channels in [1, 2, 5, 32, 33, 255, 256] {
      // Rounded, so that some are equal to each other and to the least.
      var scores = noise([1, 2, width, channels], seed: 5).floats.map { ($0 * 8).rounded() / 8 }
      scores[scores.count / 2] = .infinity
      let x = Tensor([1, 2, width, channels], scores)
      for op in [
        ClassMap(threshold: 0.25), ClassMap(least: 0.25), ClassMap(least: 0.5, first: 1),
        ClassMap(threshold: -1, first: 1),
      ] {
        let expected = op.evaluate([x])[0].floats
        #expect(expected.filter(\.isNaN).count == 1)
        let site = CompileSite(
          name: "test", inputTypes: [x.type], outputTypes: try op.outputTypes([x.type]), constants: [nil],
          kernels: .underTest)
        let classes = StepHarness(op.compile(site), site, [x])(bandHeight: 1).floats
        let agree = zip(classes, expected).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
        #expect(agree, "\(channels) channels, \(op)")
      }
    }
  }

  @Test(arguments: widths)
  func `joining and arithmetic`(_ width: Int) throws {
    let a = noise([1, 3, width, 3], seed: 1), b = noise([1, 3, width, 3], seed: 2)
    try check(Concat(axis: 3), [a, noise([1, 3, width, 1], seed: 3), b])
    for function: Binary.Function in [.add, .subtract, .multiply, .divide, .maximum, .minimum] {
      try check(Binary(function), [a, b])
      try check(Binary(function), [a, noise([3], seed: 4)], constants: 1)
      try check(Binary(function, activation: .relu), [a, Tensor([], [0.7])], constants: 1)
      try check(Binary(function), [a, noise([1, 1, 1, 3], seed: 5)])
      try check(Binary(function, activation: .sigmoid), [noise([1, 3], seed: 6), a])
      try check(Binary(function), [noise([1, 3, width, 1], seed: 7), a])
    }
  }

  @Test(arguments: widths)
  func `elementwise functions, borders and copies`(_ width: Int) throws {
    let x = noise([1, 3, width, 5], seed: 1), vector = noise([5], seed: 2)
    for activation: Activation in [.linear, .relu, .clamp(min: -0.5, max: 0.5), .silu, .leakyRelu(0.2), .gelu] {
      try check(Activate(activation), [x])
    }
    let variance = Tensor([5], [0.1, 0.5, 1, 2, 3])
    try check(BatchNorm(epsilon: 1e-3, activation: .relu), [x, vector, vector, vector, variance], constants: 4)
    try check(PRelu(), [x, vector], constants: 1)
    try check(PRelu(), [x, Tensor([1, 1, 1], [0.25])], constants: 1)
    for slope: Shape in [[3, width, 5], [1, width, 1], [3, 1, 5]] {
      try check(PRelu(), [x, noise(slope, seed: 3)], constants: 1)
    }
    try check(Identity(), [x])
    try check(Reshape(dims: x.shape.dims), [x])
    try check(Softmax(), [x])
    try check(LogSoftmax(), [x])
    try check(Pad2D(top: 2, bottom: 1, left: 3, right: 0, value: 0.5), [x])
    try check(Crop2D(top: 1, bottom: 0, left: 0, right: 0), [x])
    if width > 2 { try check(Crop2D(top: 0, bottom: 1, left: 1, right: 1), [x]) }
  }

  @Test func `values of one pixel`() throws {
    let x = noise([1, 5], seed: 1)
    try check(Activate(.sigmoid), [x])
    try check(Softmax(), [x])
    try check(Binary(.add), [x, noise([1, 5], seed: 2)])
  }

  @Test func `images whose axes change places`() throws {
    for order in [[0, 1, 2, 3], [0, 1, 3, 2], [0, 2, 1, 3], [0, 2, 3, 1], [0, 3, 1, 2], [0, 3, 2, 1]] {
      for shape: Shape in [[1, 1, 1, 1], [1, 3, 4, 5], [1, 2, 3, 70], [1, 70, 3, 2]] {
        try check(Transpose(permutation: order), [noise(shape, seed: 1)])
      }
    }
    // Rows of several segments.
    try check(Transpose(permutation: [0, 1, 3, 2]), [noise([1, 1, 3, 100_000], seed: 2)])
  }

  @Test func `axes of any number change places, of any type`() throws {
    let x = noise([1, 70, 9, 34], seed: 1)
    for shape: Shape in [
      [70, 306], [1, 630, 34], [2, 35, 9, 34], [1, 70, 9, 2, 17], [7, 10, 1, 9, 2, 17], [21420],
    ] {
      let axes = Array(0..<shape.rank)
      for order in [axes, axes.reversed(), Array(axes.dropFirst() + [0]), Array([axes.last!] + axes.dropLast())] {
        try check(Transpose(permutation: order), [x.reshaped(shape)])
      }
    }
    // Between images and what is none.
    try check(Transpose(permutation: [1, 3, 0, 2]), [x])
    try check(
      Transpose(permutation: [2, 0, 1, 3]),
      [x.reshaped([9, 1, 70, 34])].map { Transpose(permutation: [1, 0, 2, 3]).evaluate([$0])[0] })
    try check(Transpose(permutation: [2, 0, 3, 1]), [x.reshaped([70, 9, 1, 34])])
    let numbers = Tensor([1, 5, 6, 7], .int64((0..<210).map { Int64($0) << 33 }))
    let flags = Tensor([5, 6, 7], .bool((0..<210).map { $0 % 3 == 0 }))
    try check(Transpose(permutation: [0, 3, 1, 2]), [numbers])
    try check(Transpose(permutation: [2, 1, 0]), [flags])
    try check(Transpose(permutation: [1, 0]), [noise([0, 4], seed: 2)])
  }

  @Test func `the same elements under another shape`() throws {
    let x = noise([1, 9, 70, 34], seed: 1)
    for shape: Shape in [[9, 2380], [1, 630, 34], [1, 70, 9, 34], [1, 3, 3, 2380], [1, 2380, 3, 3], [21420]] {
      try check(Reshape(dims: shape.dims), [x])
      try check(Reshape(dims: x.shape.dims), [x.reshaped(shape)])
    }
    try check(Squeeze(axes: [0]), [x])
    try check(ExpandDims(axes: [0]), [x.reshaped([9, 70, 34])])
    try check(Reshape(dims: [3, 0, 7]), [noise([7, 0, 3], seed: 2)])
  }

  @Test func `global pools need all rows`() throws {
    for channels in [1, 16, 17, 33] {
      let x = noise([1, 3, 4, channels], seed: 1)
      try checkStep(GlobalPool2D(kind: .average), [x], firstConstant: 1) { $0.step($1) }
      try check(GlobalPool2D(kind: .max, keepDims: true), [x])
    }
    let site = CompileSite(
      name: "pool", inputTypes: [TensorType(.float32, [1, 3, 4, 2])], outputTypes: [TensorType(.float32, [1, 2])],
      constants: [nil], kernels: .underTest)
    #expect(GlobalPool2D(kind: .max).compile(site).inputs == [StepInput(0, rows: nil)])
  }

  @Test func `sites that steps do not cover fall back to the definition`() throws {
    func kernel(_ op: any Op, _ types: [TensorType], _ constants: [Tensor?]) throws -> String {
      op.compile(
        CompileSite(
          name: "x", inputTypes: types, outputTypes: try op.outputTypes(types), constants: constants,
          kernels: .underTest)
      ).kernel
    }
    let batch = TensorType(.float32, [2, 4, 4, 3]), image = TensorType(.float32, [1, 4, 4, 3])
    #expect(try kernel(MaxPool2D(size: 2, strides: 2, padding: .same), [batch], [nil]) == "definition")
    #expect(try kernel(Concat(axis: 1), [image, image], [nil, nil]) == "definition")
    #expect(try kernel(Cast(to: .int32), [batch], [nil]) == "definition")
    #expect(try kernel(CumulativeSum(axis: 3), [image], [nil]) == "definition, by row")
    #expect(try kernel(Binary(.add), [batch, image], [nil, nil]) == "definition")
  }

  @Test(arguments: widths)
  func `classes by row`(_ width: Int) throws {
    try check(ArgMax(keepDims: true), [noise([1, 3, width, 6], seed: 9)])
  }
}
