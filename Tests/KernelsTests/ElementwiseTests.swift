import Kernels
import Testing

struct ElementwiseTests {
  private func reference(_ operation: BinaryKernel, _ a: Float, _ b: Float) -> Float {
    switch operation {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .maximum: max(a, b)
    case .minimum: min(a, b)
    }
  }

  @Test func `rows combine element by element`() {
    for kernels in KernelSet.available {
      for count in kernels.edges {
        for operation in BinaryKernel.allCases {
          var numbers = Numbers(UInt64(count) + 7)
          let a = Fenced(numbers.floats(count)), b = Fenced(numbers.floats(count))
          let output = Fenced(unwritten: count)
          kernels.apply(operation, a.base, b.base, output.base, count: count)
          #expect(output.values == zip(a.values, b.values).map { reference(operation, $0, $1) })
          #expect(output.intact)
          let expected = a.values.map { reference(operation, 0.3, $0) }
          kernels.apply(operation, a.base, scalar: 0.3, reversed: true, a.base, count: count)
          #expect(a.values == expected && a.intact)
        }
      }
    }
  }

  @Test func `an operand per channel is repeated for each pixel, on either side`() {
    for kernels in KernelSet.available {
      for channels in kernels.edges.dropFirst() {
        var numbers = Numbers(UInt64(channels) + 9)
        let a = Fenced(numbers.floats(3 * channels)), b = Fenced(numbers.floats(channels))
        for reversed in [false, true] {
          let output = Fenced(unwritten: 3 * channels)
          kernels.apply(
            .subtract, a.base, perChannel: b.base, reversed: reversed, output.base, pixels: 3, channels: channels)
          let expected = a.values.enumerated().map { i, x in
            reversed ? b.values[i % channels] - x : x - b.values[i % channels]
          }
          #expect(output.values == expected && output.intact)
        }
      }
    }
  }

  @Test func `maximum and minimum keep a NaN from either side`() {
    for kernels in KernelSet.available {
      for operation in [BinaryKernel.maximum, .minimum] {
        let a = Fenced([.nan, 1]), b = Fenced([1, .nan]), output = Fenced([0, 0])
        kernels.apply(operation, a.base, b.base, output.base, count: 2)
        #expect(output.values.allSatisfy { $0.isNaN })
      }
    }
  }

  @Test func `sums are clamped, and a NaN stays`() {
    for kernels in KernelSet.available {
      for count in kernels.edges {
        var numbers = Numbers(UInt64(count) + 13)
        let a = Fenced(numbers.floats(count)), b = Fenced(numbers.floats(count)), output = Fenced(unwritten: count)
        if count > 1 { a.base[count - 1] = .nan }
        kernels.addClamped(a.base, b.base, low: -0.25, high: 0.75, output.base, count: count)
        for i in 0..<count {
          let sum = a.base[i] + b.base[i], y = output.base[i]
          #expect(sum.isNaN ? y.isNaN : y == min(max(sum, -0.25), 0.75))
        }
        #expect(output.intact)
      }
    }
  }

  @Test func `blend moves from a to b`() {
    for kernels in KernelSet.available {
      for count in kernels.edges {
        var numbers = Numbers(UInt64(count) + 11)
        let a = Fenced(numbers.floats(count)), b = Fenced(numbers.floats(count)), output = Fenced(unwritten: count)
        kernels.blend(a.base, b.base, weight: 0.25, output.base, count: count)
        for i in 0..<count {
          let expected = Double(a.base[i]) + (Double(b.base[i]) - Double(a.base[i])) * 0.25
          #expect(near(output.base[i], expected, absolute: 1.5e-7, relative: 0))
        }
        #expect(output.intact)
      }
    }
  }
}
