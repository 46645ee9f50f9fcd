import Kernels
import Testing

struct ResampleTests {
  /// Taps of an upsampling by `factor`, clamped at both ends, and one that goes back.
  private func taps(sources: Int, factor: Int) -> [KernelSet.PixelTap] {
    (0..<sources * factor).map { p in
      let lower = max((p - factor / 2) / factor, 0)
      return .init(lower: Int32(lower), upper: Int32(min(lower + 1, sources - 1)), weight: Float(p % factor) / 4)
    } + [.init(lower: Int32(sources - 1), upper: 0, weight: 0.5)]
  }

  @Test func `pixels are picked and mixed as their taps say, in any cut`() {
    for kernels in KernelSet.available {
      for channels in kernels.edges.dropFirst() {
        for sources in [1, 2, 3, 11] {
          let taps = taps(sources: sources, factor: 4)
          var numbers = Numbers(UInt64(channels))
          let source = Fenced(numbers.floats(sources * channels))
          let mixed = Fenced(unwritten: taps.count * channels), picked = Fenced(unwritten: taps.count * channels)
          let parts = Fenced(unwritten: taps.count * channels)
          taps.withUnsafeBufferPointer {
            kernels.blendPixels(source.base, sourcePixels: sources, taps: $0, mixed.base, channels: channels)
            kernels.pickPixels(source.base, sourcePixels: sources, taps: $0, picked.base, channels: channels)
            for cut in [0..<taps.count / 3, taps.count / 3..<taps.count] {
              kernels.blendPixels(
                source.base, sourcePixels: sources, taps: UnsafeBufferPointer(rebasing: $0[cut]),
                parts.base + cut.lowerBound * channels, channels: channels)
            }
          }
          var wrong = 0
          for (p, tap) in taps.enumerated() {
            for c in 0..<channels {
              let a = source.base[Int(tap.lower) * channels + c], b = source.base[Int(tap.upper) * channels + c]
              let expected = Double(a) + (Double(b) - Double(a)) * Double(tap.weight)
              if !near(mixed.base[p * channels + c], expected, absolute: 2e-7, relative: 0) { wrong += 1 }
              if picked.base[p * channels + c] != a { wrong += 1 }
            }
          }
          #expect(wrong == 0 && mixed.intact && picked.intact && parts.intact, "\(kernels.isa) \(sources)x\(channels)")
          #expect(parts.bits == mixed.bits, "\(kernels.isa) \(sources)x\(channels)")
        }
      }
    }
  }

  @Test func `a source outside its pixels is not read`() {
    for kernels in KernelSet.available {
      let source = Fenced([1, 2, 3]), output = Fenced(unwritten: 12)
      let taps = [Int32](repeating: 0, count: 4).map { KernelSet.PixelTap(lower: $0, upper: $0, weight: 1) }
      taps.withUnsafeBufferPointer {
        kernels.blendPixels(source.base, sourcePixels: 1, taps: $0, output.base, channels: 3)
      }
      #expect(output.values == [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3] && output.intact)
    }
  }
}
