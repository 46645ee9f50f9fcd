import Graphs
import Ops
import Tensors
import TestSupport
import Testing

/// Sums of `contribution` for each output, made by looking at each pair of an input pixel and a tap: the opposite order of the
/// definition in `Conv2D`.
private func scattered(
  _ x: Tensor, _ kernel: Tensor, outputs: Pair, _ strides: Pair, before: Pair, _ dilation: Pair, channels: Int,
  weight: (_ tap: Int, _ input: Int, _ output: Int) -> Double
) -> [Double] {
  var sums = [Double](repeating: 0, count: outputs.height * outputs.width * channels)
  for iy in 0..<x.shape[1] {
    for ix in 0..<x.shape[2] {
      for ky in 0..<kernel.shape[0] {
        for kx in 0..<kernel.shape[1] {
          let (y, column) = (iy + before.height - ky * dilation.height, ix + before.width - kx * dilation.width)
          guard y >= 0, column >= 0, y % strides.height == 0, column % strides.width == 0 else { continue }
          let (oy, ox) = (y / strides.height, column / strides.width)
          guard oy < outputs.height, ox < outputs.width else { continue }
          for c in 0..<x.shape[3] {
            let value = Double(x.floats[(iy * x.shape[2] + ix) * x.shape[3] + c])
            for o in 0..<channels {
              sums[(oy * outputs.width + ox) * channels + o] += value * weight(ky * kernel.shape[1] + kx, c, o)
            }
          }
        }
      }
    }
  }
  return sums
}

/// Keras' rule for SAME, and plain counting for VALID: output size and padding before.
private func expected(_ n: Int, _ k: Int, _ s: Int, _ d: Int, same: Bool) -> (output: Int, before: Int) {
  let extent = (k - 1) * d + 1
  if !same { return ((n - extent) / s + 1, 0) }
  let output = (n + s - 1) / s
  return (output, max((output - 1) * s + extent - n, 0) / 2)
}

private func close(_ a: [Float], _ b: [Double]) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { abs(Double($0) - $1) < 1e-5 }
}

struct ConvolutionTests {
  @Test func `convolutions equal the sum over pairs of pixels and taps`() throws {
    var random = SeededNumbers(1)
    for trial in 0..<40 {
      let (k, s) = (Pair(random.pick(1...4), random.pick(1...4)), Pair(random.pick(1...3), random.pick(1...3)))
      let d = s == 1 ? Pair(random.pick(1...2), random.pick(1...2)) : 1
      let (same, groups) = (random.pick(0...1) == 1, random.pick(1...2))
      let size = Pair(random.pick(7...10), random.pick(7...10))
      let x = noise([1, size.height, size.width, 2 * groups], seed: UInt64(trial))
      let w = noise([k.height, k.width, 2, 2 * groups], seed: 100 + UInt64(trial))
      let bias = noise([2 * groups], seed: 200)
      let rows = expected(size.height, k.height, s.height, d.height, same: same)
      let columns = expected(size.width, k.width, s.width, d.width, same: same)
      let op = Conv2D(strides: s, padding: same ? .same : .valid, dilation: d, groups: groups)
      let result = op.evaluate([x, w, bias])[0]
      #expect(try op.outputTypes([x.type, w.type, bias.type]) == [result.type])
      #expect(result.shape == [1, rows.output, columns.output, 2 * groups])
      let sums = scattered(
        x, w, outputs: Pair(rows.output, columns.output), s, before: Pair(rows.before, columns.before), d,
        channels: 2 * groups
      ) { tap, c, o in
        c / 2 == o / 2 ? Double(w.floats[(tap * 2 + c % 2) * 2 * groups + o]) : 0
      }
      let biased = sums.enumerated().map { $1 + Double(bias.floats[$0 % (2 * groups)]) }
      #expect(close(result.floats, biased), "\(op.attributes) on \(x.type)")
    }
  }

  @Test func `padding of a stride of two depends on whether the size is even`() {
    let ones = Tensor([3, 1, 1, 1], [1, 2, 4])
    let op = Conv2D(strides: Pair(2, 1), padding: .same)
    #expect(op.evaluate([Tensor([1, 4, 1, 1], [1, 10, 100, 1000]), ones])[0].floats == [421, 2100])
    #expect(op.evaluate([Tensor([1, 5, 1, 1], [1, 10, 100, 1000, 10000]), ones])[0].floats == [42, 4210, 21000])
  }

  @Test func `several sources are read as one concatenated image, then the activation applies`() {
    let (a, b) = (noise([1, 4, 5, 2], seed: 1), noise([1, 4, 5, 3], seed: 2))
    let w = noise([3, 3, 5, 4], seed: 3)
    let joined = Conv2D(padding: .same).evaluate([Concat(axis: -1).evaluate([a, b])[0], w])[0]
    let split = Conv2D(padding: .same, sources: 2, activation: .relu).evaluate([a, b, w])[0]
    #expect(split.floats == joined.floats.map { max($0, 0) })
  }

  @Test func `depthwise output channels are input channel times multiplier plus kernel`() throws {
    let x = noise([1, 6, 5, 3], seed: 1), w = noise([3, 2, 3, 2], seed: 2)
    let op = DepthwiseConv2D(strides: 2, padding: .same)
    let result = op.evaluate([x, w])[0]
    #expect(try op.outputTypes([x.type, w.type]) == [result.type])
    let (rows, columns) = (expected(6, 3, 2, 1, same: true), expected(5, 2, 2, 1, same: true))
    let sums = scattered(
      x, w, outputs: Pair(rows.output, columns.output), 2, before: Pair(rows.before, columns.before), 1, channels: 6
    ) { tap, c, o in o / 2 == c ? Double(w.floats[(tap * 3 + c) * 2 + o % 2]) : 0 }
    #expect(close(result.floats, sums))
  }

  @Test func `transposed convolutions equal the sum over inputs that reach a pixel`() throws {
    var random = SeededNumbers(2)
    for trial in 0..<40 {
      let (k, s, d) = (random.pick(1...4), random.pick(1...3), random.pick(1...2))
      let (n, same) = (random.pick(1...5), random.pick(0...1) == 1)
      let added: Int? = random.pick(0...1) == 1 ? random.pick(0...1) : nil
      let extent = (k - 1) * d + 1, full = (n - 1) * s + extent
      let size =
        same
        ? added.map { (n - 1) * s + extent % 2 + $0 } ?? n * s : full + (added ?? max(extent, s) - extent)
      let crop = same ? max(full - size, 0) / 2 : 0
      let x = noise([1, n, 2, 2], seed: UInt64(trial)), w = noise([k, 1, 3, 2], seed: 77)
      let bias = noise([3], seed: 5)
      let op = Conv2DTranspose(
        strides: Pair(s, 1), padding: same ? .same : .valid, dilation: Pair(d, 1),
        outputPadding: added.map { .explicit(Pair($0, 0)) } ?? .automatic)
      let result = op.evaluate([x, w, bias])[0]
      #expect(try op.outputTypes([x.type, w.type, bias.type]) == [result.type])
      var sums: [Double] = []
      for y in 0..<size {
        for column in 0..<2 {
          for o in 0..<3 {
            var sum = Double(bias.floats[o])
            for i in 0..<n {
              for a in 0..<k where i * s + a * d == y + crop {
                for c in 0..<2 {
                  sum += Double(x.floats[(i * 2 + column) * 2 + c]) * Double(w.floats[(a * 3 + o) * 2 + c])
                }
              }
            }
            sums.append(sum)
          }
        }
      }
      #expect(result.shape == [1, size, 2, 3])
      #expect(close(result.floats, sums), "\(op.attributes) on \(x.type)")
    }
  }

  @Test func `a transposed convolution ends in bias where no input reaches`() {
    let x = Tensor([1, 2, 1, 1], [1, 10]), w = Tensor([1, 1, 1, 1], [3]), bias = Tensor([1], [0.5])
    let op = Conv2DTranspose(strides: Pair(3, 1), padding: .same)
    #expect(op.evaluate([x, w, bias])[0].floats == [3.5, 0.5, 0.5, 30.5, 0.5, 0.5])
  }

  @Test func `dense is a product along the last axis`() {
    let x = Tensor([1, 1, 2, 2], [1, 2, 3, 4]), w = Tensor([2, 3], [1, 0, 2, 0, 1, -3])
    let bias = Tensor([3], [10, 20, 30])
    #expect(Dense().evaluate([x, w, bias])[0].floats == [11, 22, 26, 13, 24, 24])
    #expect(Dense(activation: .relu).evaluate([x, w])[0].floats == [1, 2, 0, 3, 4, 0])
  }
}
