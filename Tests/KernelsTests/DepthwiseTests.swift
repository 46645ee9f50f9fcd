import Kernels
import Testing

struct DepthwiseTests {
  private func taps(_ source: Fenced, from first: Int, channels: Int, stride: Int, count: Int = 3) -> [KernelSet.Run] {
    (0..<count).map {
      KernelSet.Run(pixel0: source.base + (first * stride + $0) * channels, pixelStride: stride * channels, length: 0)
    }
  }

  /// Strides that let kernel rows of 3 and 5 taps share what they read, and others.
  @Test(arguments: [(taps: 3, stride: 2), (3, 1), (5, 1), (2, 1), (6, 1), (10, 1), (5, 3)])
  func `depthwise equals its sums, in any cut`(_ count: Int, _ stride: Int) {
    for kernels in KernelSet.available {
      for channels in kernels.edges.dropFirst() {
        for pixels in [0, 1, 4, 7, 8, 9, 19] {
          var numbers = Numbers(UInt64(channels))
          let source = Fenced(numbers.floats(pixels == 0 ? 0 : ((pixels - 1) * stride + count) * channels))
          let weights = Fenced(numbers.floats(count * channels)), bias = Fenced(numbers.floats(channels))
          func run(_ range: Range<Int>, _ output: Fenced) {
            taps(source, from: range.lowerBound, channels: channels, stride: stride, count: count)
              .withUnsafeBufferPointer {
                kernels.depthwise(
                  taps: $0, weights: weights.base, bias: bias.base, output: output.base + range.lowerBound * channels,
                  outputPixelStride: channels, pixels: range.count, channels: channels, low: -0.5, high: 0.5)
              }
          }
          let output = Fenced(unwritten: pixels * channels), parts = Fenced(unwritten: pixels * channels)
          run(0..<pixels, output)
          run(0..<pixels / 2, parts)
          run(pixels / 2..<pixels, parts)
          var wrong = 0
          for p in 0..<pixels {
            for c in 0..<channels {
              var sum = Double(bias.base[c])
              for t in 0..<count {
                sum += Double(source.base[(p * stride + t) * channels + c]) * Double(weights.base[t * channels + c])
              }
              let expected = min(max(sum, -0.5), 0.5)
              if !near(output.base[p * channels + c], expected, absolute: 1e-6, relative: 1e-6) { wrong += 1 }
            }
          }
          #expect(wrong == 0 && output.intact && parts.intact, "\(kernels.isa) \(pixels)x\(channels)")
          #expect(parts.bits == output.bits, "\(kernels.isa) \(pixels)x\(channels)")
        }
      }
    }
  }

  @Test func `pooling takes the largest and the scaled sum of its taps`() {
    for kernels in KernelSet.available {
      for channels in kernels.edges.dropFirst() {
        let pixels = 3
        var numbers = Numbers(UInt64(channels) + 100)
        let source = Fenced(numbers.floats((pixels + 2) * channels))
        let most = Fenced(unwritten: pixels * channels), mean = Fenced(unwritten: pixels * channels)
        taps(source, from: 0, channels: channels, stride: 1).withUnsafeBufferPointer {
          kernels.maxPool(
            taps: $0, output: most.base, outputPixelStride: channels, pixels: pixels, channels: channels)
          kernels.averagePool(
            taps: $0, scale: 1 / 3, output: mean.base, outputPixelStride: channels, pixels: pixels, channels: channels)
        }
        for p in 0..<pixels {
          for c in 0..<channels {
            let values = (0..<3).map { source.base[(p + $0) * channels + c] }
            #expect(most.base[p * channels + c] == values.max())
            let expected = values.map(Double.init).reduce(0, +) / 3
            #expect(near(mean.base[p * channels + c], expected, absolute: 1e-6, relative: 1e-6))
          }
        }
        #expect(most.intact && mean.intact)
      }
    }
  }

  @Test func `a NaN wins a maximum from any tap`() {
    for kernels in KernelSet.available {
      for place in 0..<3 {
        let source = Fenced((0..<3).map { $0 == place ? .nan : Float($0) }), output = Fenced(unwritten: 1)
        taps(source, from: 0, channels: 1, stride: 1).withUnsafeBufferPointer {
          kernels.maxPool(taps: $0, output: output.base, outputPixelStride: 1, pixels: 1, channels: 1)
        }
        #expect(output.values[0].isNaN && !Fenced.isCanary(output.values[0]))
      }
    }
  }
}
