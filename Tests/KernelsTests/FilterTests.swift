import Kernels
import Testing

struct FilterTests {
  /// Spans of every length up to 6 and of 11, at both ends and between.
  private func spans(sources: Int) -> [KernelSet.PixelSpan] {
    ([1, 2, 3, 4, 5, 6, 11].filter { $0 <= sources }).flatMap { count in
      Set([0, (sources - count) / 2, sources - count]).sorted().map { .init(first: Int32($0), count: Int32(count)) }
    }
  }

  @Test func `pixels are weighted sums of their spans, in any cut`() {
    for kernels in KernelSet.available {
      for channels in kernels.edges.dropFirst() + [4 * kernels.lanes, 5 * kernels.lanes + 3] {
        for sources in [1, 2, 4, 11] {
          let spans = spans(sources: sources),
            starts = spans.indices.map { spans[..<$0].reduce(0) { $0 + Int($1.count) } }
          var numbers = Numbers(UInt64(channels))
          let weights = numbers.floats(spans.reduce(0) { $0 + Int($1.count) })
          let source = Fenced(numbers.floats(sources * channels))
          let whole = Fenced(unwritten: spans.count * channels), parts = Fenced(unwritten: spans.count * channels)
          let middle = spans.count / 2
          for (cut, output) in [
            (0..<spans.count, whole), (middle..<spans.count, parts), (0..<middle, parts),
          ] where !cut.isEmpty {
            spans.withUnsafeBufferPointer { spans in
              weights.withUnsafeBufferPointer { weights in
                kernels.filterPixels(
                  source.base, sourcePixels: sources, spans: UnsafeBufferPointer(rebasing: spans[cut]),
                  weights: weights.baseAddress! + starts[cut.lowerBound], output.base + cut.lowerBound * channels,
                  channels: channels)
              }
            }
          }
          var wrong = 0
          for (p, span) in spans.enumerated() {
            for c in 0..<channels {
              let expected = (0..<Int(span.count)).reduce(0.0) { sum, t in
                sum + Double(source.base[(Int(span.first) + t) * channels + c]) * Double(weights[starts[p] + t])
              }
              if !near(whole.base[p * channels + c], expected, absolute: 2e-6, relative: 0) { wrong += 1 }
            }
          }
          #expect(wrong == 0 && whole.intact && parts.intact, "\(kernels.isa) \(sources)x\(channels)")
          #expect(parts.bits == whole.bits, "\(kernels.isa) \(sources)x\(channels)")
        }
      }
    }
  }

  @Test func `rows are summed by their weights, in any cut`() {
    for kernels in KernelSet.available {
      for count in kernels.edges + [4 * kernels.lanes, 5 * kernels.lanes + 3] {
        for height in [1, 2, 3, 4, 5, 9] {
          var numbers = Numbers(UInt64(count + height))
          let rows = (0..<height).map { _ in Fenced(numbers.floats(count)) }, weights = numbers.floats(height)
          let whole = Fenced(unwritten: count), parts = Fenced(unwritten: count)
          for (cut, output) in [(0..<count, whole), (0..<count / 3, parts), (count / 3..<count, parts)] {
            let pointers = rows.map { UnsafePointer($0.base + cut.lowerBound) }
            weights.withUnsafeBufferPointer { weights in
              pointers.withUnsafeBufferPointer {
                kernels.filterRows($0.baseAddress!, weights: weights, output.base + cut.lowerBound, count: cut.count)
              }
            }
          }
          let wrong = (0..<count).filter { i in
            let expected = zip(rows, weights).reduce(0.0) { $0 + Double($1.0.base[i]) * Double($1.1) }
            return !near(whole.base[i], expected, absolute: 2e-6, relative: 0)
          }
          #expect(wrong.isEmpty && whole.intact && parts.intact, "\(kernels.isa) \(height)x\(count)")
          #expect(parts.bits == whole.bits, "\(kernels.isa) \(height)x\(count)")
        }
      }
    }
  }

  @Test func `what is not among the taps has no influence, not even as NaN`() {
    for kernels in KernelSet.available {
      for channels in [1, kernels.lanes, 4 * kernels.lanes + 1] {
        let nan = [Float](repeating: .nan, count: channels), one = [Float](repeating: 1, count: channels)
        let source = Fenced(nan + one + one + nan), output = Fenced(unwritten: channels)
        let spans = [KernelSet.PixelSpan(first: 1, count: 2)], weights: [Float] = [0.25, 0.75]
        spans.withUnsafeBufferPointer { spans in
          weights.withUnsafeBufferPointer {
            kernels.filterPixels(
              source.base, sourcePixels: 4, spans: spans, weights: $0.baseAddress!, output.base, channels: channels)
          }
        }
        #expect(output.values == one && output.intact, "\(kernels.isa) \(channels)")
      }
    }
  }
}
