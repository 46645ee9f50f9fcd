import Kernels
import Testing

struct ConvolveTests {
  /// Two runs of different strides, in fenced memory, and the packed weights of one panel.
  struct Case {
    let kernels: KernelSet, panel: Int, pixels: Int
    let lengths = [5, 3], strides = [5, 7]
    let sources: [Fenced], weights: Fenced, bias: Fenced

    init(_ kernels: KernelSet, panel: Int, pixels: Int) {
      (self.kernels, self.panel, self.pixels) = (kernels, panel, pixels)
      var numbers = Numbers(UInt64(pixels * 64 + panel))
      sources = zip([5, 3], [5, 7]).map { length, stride in
        Fenced(numbers.floats(pixels == 0 ? 0 : (pixels - 1) * stride + length))
      }
      weights = Fenced(numbers.floats(8 * panel))
      bias = Fenced(numbers.floats(panel))
    }

    func run(_ range: Range<Int>, channels: Int, into output: Fenced, stride: Int, low: Float, high: Float) {
      let runs = sources.indices.map {
        KernelSet.Run(
          pixel0: sources[$0].base + range.lowerBound * strides[$0], pixelStride: strides[$0], length: lengths[$0])
      }
      runs.withUnsafeBufferPointer {
        kernels.convolve(
          runs: $0, weights: weights.base, bias: bias.base, output: output.base + range.lowerBound * stride,
          outputPixelStride: stride, pixels: range.count, channels: channels, panel: panel, low: low, high: high)
      }
    }

    func expected(_ p: Int, _ n: Int) -> Double {
      var sum = Double(bias.base[n]), row = 0
      for (r, source) in sources.enumerated() {
        for i in 0..<lengths[r] {
          sum += Double(source.base[p * strides[r] + i]) * Double(weights.base[row * panel + n])
          row += 1
        }
      }
      return sum
    }
  }

  @Test func `convolve equals the sum over runs and writes only its channels`() {
    for kernels in KernelSet.available {
      for panel in kernels.panels {
        let tile = kernels.tile(panel: panel)
        for pixels in [0, 1, 2, 3, 7, tile - 1, tile, tile + 1, 2 * tile + 3] {
          for channels in Set([0, 1, kernels.lanes - 1, kernels.lanes, panel - 1, panel]) {
            let test = Case(kernels, panel: panel, pixels: pixels)
            let stride = channels + 2
            let output = Fenced(unwritten: pixels * stride)
            test.run(0..<pixels, channels: channels, into: output, stride: stride, low: -0.5, high: 0.75)
            var wrong = 0
            for p in 0..<pixels {
              for n in 0..<channels {
                let expected = min(max(test.expected(p, n), -0.5), 0.75)
                if !near(output.base[p * stride + n], expected, absolute: 1e-6, relative: 1e-6) { wrong += 1 }
              }
              for n in channels..<stride where !Fenced.isCanary(output.base[p * stride + n]) { wrong += 1 }
            }
            #expect(
              wrong == 0 && output.intact, "\(kernels.isa) panel \(panel), \(pixels) pixels, \(channels) channels")
          }
        }
      }
    }
  }

  @Test func `every cut of a row gives the same bits`() {
    for kernels in KernelSet.available {
      for panel in kernels.panels {
        let pixels = 2 * kernels.tile(panel: panel) + 3
        let test = Case(kernels, panel: panel, pixels: pixels)
        let whole = Fenced(unwritten: pixels * panel)
        test.run(0..<pixels, channels: panel, into: whole, stride: panel, low: -.infinity, high: .infinity)
        for cut in 1..<pixels {
          let parts = Fenced(unwritten: pixels * panel)
          test.run(0..<cut, channels: panel, into: parts, stride: panel, low: -.infinity, high: .infinity)
          test.run(cut..<pixels, channels: panel, into: parts, stride: panel, low: -.infinity, high: .infinity)
          #expect(parts.bits == whole.bits, "\(kernels.isa) panel \(panel) cut at \(cut)")
        }
      }
    }
  }

  @Test func `instruction sets with fused multiply-adds agree to the bit`() {
    let fused = KernelSet.available.filter { $0.isa == .avx512 || $0.isa == .avx2 }
    guard fused.count == 2 else { return }
    let outputs = fused.map { kernels in
      let test = Case(kernels, panel: 16, pixels: 9)
      let output = Fenced(unwritten: 9 * 16)
      test.run(0..<9, channels: 16, into: output, stride: 16, low: 0, high: .infinity)
      return output.bits
    }
    #expect(outputs[0] == outputs[1])
  }

  @Test func `a NaN passes the clamp`() {
    for kernels in KernelSet.available {
      for panel in kernels.panels {
        let test = Case(kernels, panel: panel, pixels: 3)
        test.sources[0].base[5] = .nan
        let output = Fenced(unwritten: 3 * panel)
        test.run(0..<3, channels: panel, into: output, stride: panel, low: 0, high: 6)
        #expect((0..<3).map { output.base[$0 * panel].isNaN } == [false, true, false])
      }
    }
  }

  @Test func `no runs leave the bias`() {
    for kernels in KernelSet.available {
      for panel in kernels.panels {
        let bias = Fenced((0..<panel).map(Float.init)), output = Fenced(unwritten: 2 * panel)
        kernels.convolve(
          runs: UnsafeBufferPointer(start: nil, count: 0), weights: bias.base, bias: bias.base, output: output.base,
          outputPixelStride: panel, pixels: 2, channels: panel, panel: panel, low: 1, high: 5)
        #expect(output.values == bias.values.map { min(max($0, 1), 5) } + bias.values.map { min(max($0, 1), 5) })
      }
    }
  }
}
