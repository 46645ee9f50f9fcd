import Graphs
import Ops
import Tensors
import Testing

struct ArithmeticTests {
  @Test func `broadcasting aligns shapes at the last axis`() throws {
    let x = Tensor([1, 2, 2, 2], (0..<8).map { Float($0) })
    let cases: [(Tensor, [Float])] = [
      (Tensor([], [10]), [10, 11, 12, 13, 14, 15, 16, 17]),
      (Tensor([2], [10, 20]), [10, 21, 12, 23, 14, 25, 16, 27]),
      (Tensor([2, 1], [10, 20]), [10, 11, 22, 23, 14, 15, 26, 27]),
      (Tensor([2, 1, 1], [10, 20]), [10, 11, 12, 13, 24, 25, 26, 27]),
      (Tensor([1, 1, 1, 2], [10, 20]), [10, 21, 12, 23, 14, 25, 16, 27]),
      (Tensor([1, 1, 2, 1], [10, 20]), [10, 11, 22, 23, 14, 15, 26, 27]),
    ]
    for (other, expected) in cases {
      #expect(Binary(.add).evaluate([x, other])[0].floats == expected)
      #expect(Binary(.add).evaluate([other, x])[0].floats == expected)
      #expect(try Binary(.add).outputTypes([other.type, x.type]) == [x.type])
    }
    let outer = Binary(.multiply).evaluate([Tensor([2, 1], [1, 2]), Tensor([1, 3], [3, 4, 5])])[0]
    #expect(outer.shape == [2, 3] && outer.floats == [3, 4, 5, 6, 8, 10])
  }

  @Test func `every arithmetic function, in the order of its operands`() {
    let (a, b) = (Tensor([2], [6, -2]), Tensor([2], [3, 2]))
    let expected: [Binary.Function: [Float]] = [
      .add: [9, 0], .subtract: [3, -4], .multiply: [18, -4], .divide: [2, -1], .maximum: [6, 2], .minimum: [3, -2],
      .power: [216, 4], .floorDivide: [2, -1], .floorRemainder: [0, 0], .remainder: [0, 0],
      .angle: [1.107_148_8, -0.785_398_2],
    ]
    for function in Binary.Function.allCases {
      #expect(Binary(function).evaluate([a, b])[0].floats == expected[function])
    }
    #expect(Binary(.subtract, activation: .relu).evaluate([a, b])[0].floats == [3, 0])
    let nan = Tensor([2], [.nan, 1]), one = Tensor([2], [1, .nan])
    for function: Binary.Function in [.maximum, .minimum] {
      #expect(Binary(function).evaluate([nan, one])[0].floats.allSatisfy { $0.isNaN })
    }
  }

  @Test func `batch normalisation by hand`() {
    let x = Tensor([1, 1, 2, 2], [1, 2, 3, 4])
    let parameters = [[2, 3], [0.5, -1], [1, 2], [3, 8]].map { Tensor([2], $0) }
    #expect(BatchNorm(epsilon: 1).evaluate([x] + parameters)[0].floats == [0.5, -1, 2.5, 1])
  }

  @Test func `softmax over channels and over rows`() {
    let x = Tensor([1, 2, 1, 2], [0, 0, 1000, 1000])
    #expect(Softmax().evaluate([x])[0].floats == [0.5, 0.5, 0.5, 0.5])
    #expect(Softmax(axis: 1).evaluate([x])[0].floats == [0, 0, 1, 1])
    let third = Softmax().evaluate([Tensor([1, 2], [0, 0.693_147_2])])[0].floats
    #expect(abs(third[0] - 1 / 3) < 1e-6 && abs(third[1] - 2 / 3) < 1e-6)
  }

  @Test func `the logarithm of softmax stays finite`() {
    let x = Tensor([1, 2, 1, 2], [0, 0, 1000, 1000])
    let half = -Float(0.693_147_2)
    #expect(LogSoftmax().evaluate([x])[0].floats == [half, half, half, half])
    #expect(LogSoftmax(axis: 1).evaluate([x])[0].floats == [-1000, -1000, 0, 0])
  }

  @Test func `a slope for each channel, or for each element`() throws {
    let x = Tensor([1, 2, 1, 2], [-1, -2, 3, -4])
    #expect(PRelu().evaluate([x, Tensor([2], [0.5, 2])])[0].floats == [-0.5, -4, 3, -8])
    #expect(PRelu().evaluate([x, Tensor([2, 1, 1], [10, -1])])[0].floats == [-10, -20, 3, 4])
    #expect(throws: ShapeError("the slope f32[3x1x1] cannot be repeated to f32[1x1x2x2]")) {
      try PRelu().outputTypes([TensorType(.float32, [1, 1, 2, 2]), TensorType(.float32, [3, 1, 1])])
    }
  }

  @Test func `activations have the values of their formulas`() {
    let table: [(Activation, [Float])] = [
      (.linear, [-2, 0.5, 3]), (.relu, [0, 0.5, 3]), (.clamp(min: -1, max: 2), [-1, 0.5, 2]),
      (.leakyRelu(0.3), [-0.6, 0.5, 3]), (.elu(2), [-1.729_329_4, 0.5, 3]),
      (.selu, [-1.520_166_5, 0.525_350_5, 3.152_103]), (.celu(2), [-1.264_241_1, 0.5, 3]),
      (.sigmoid, [0.119_202_92, 0.622_459_35, 0.952_574_1]), (.tanh, [-0.964_027_6, 0.462_117_16, 0.995_054_8]),
      (.hardSigmoid(alpha: 0.2, beta: 0.5), [0.1, 0.6, 1]), (.hardSwish, [-0.333_333_34, 0.291_666_66, 3]),
      (.silu, [-0.238_405_84, 0.311_229_67, 2.857_722_3]), (.gelu, [-0.045_500_264, 0.345_731_23, 2.995_950_3]),
      (.geluTanh, [-0.045_402_306, 0.345_714, 2.996_362_6]), (.softplus, [0.126_928_01, 0.974_077, 3.048_587_3]),
      (.softsign, [-0.666_666_7, 0.333_333_34, 0.75]), (.exp, [0.135_335_28, 1.648_721_3, 20.085_537]),
      (.abs, [2, 0.5, 3]), (.neg, [2, -0.5, -3]), (.square, [4, 0.25, 9]),
      (.mish, [-0.252_501_5, 0.375_245_25, 2.986_535]), (.erf, [-0.995_322_27, 0.520_499_9, 0.999_977_9]),
      (.thresholdedRelu(theta: 0.5), [0, 0, 3]),
      (.reluGeneral(maxValue: 2, negativeSlope: 0.1, threshold: 0.5), [-0.25, 0, 2]),
      (.logSigmoid, [-2.126_928, -0.474_076_98, -0.048_587_35]), (.reciprocal, [-0.5, 2, 0.333_333_34]),
      (.squareplus(4), [0.414_213_57, 1.280_776_4, 3.302_775_6]),
      (.tanhShrink, [-1.035_972_4, 0.037_882_84, 2.004_945_3]), (.softShrink(0.75), [-1.25, 0, 2.25]),
      (.hardShrink(0.75), [-2, 0, 3]), (.sparsePlus, [0, 0.5625, 3]),
    ]
    for (function, expected) in table {
      for (x, y) in zip([Float(-2), 0.5, 3], expected) {
        #expect(abs(function.apply(x) - y) <= 1e-6 * max(1, abs(y)), "\(function) of \(x) is \(function.apply(x))")
      }
    }
    #expect(Activation.sqrt.apply(4) == 2 && Activation.rsqrt.apply(4) == 0.5 && Activation.log.apply(1) == 0)
    #expect(Activation.relu.apply(.nan).isNaN && Activation.silu.apply(-.infinity) == 0)
  }
}
