import Scenes
import Testing

@Suite struct BlendWeightsTests {
  private func spans(_ size: Int, _ window: Int, _ overlap: Int) throws -> [AxisSpan] {
    try WindowGrid.blending(size: PixelSize(size), window: PixelSize(window), overlap: PixelSize(overlap)).columns
  }

  @Test func `an inner Hann window is symmetric, positive and tapers to both sides`() throws {
    let weights = BlendKernel.hann.weights(for: try spans(100, 8, 4)[1], size: 100)
    #expect(weights == weights.reversed())
    #expect(weights.prefix(4).elementsEqual(weights.prefix(4).sorted()))
    #expect(abs(weights[0] - 0.0380602337) < 1e-7 && weights[0] > 0)
  }

  @Test func `a window does not taper towards the scene's border`() throws {
    let all = try spans(20, 8, 4)
    let first = BlendKernel.hann.weights(for: all[0], size: 20)
    let last = BlendKernel.hann.weights(for: all[all.count - 1], size: 20)
    #expect(first.prefix(4).allSatisfy { $0 == 1 } && first[7] < 0.1)
    #expect(last.suffix(4).allSatisfy { $0 == 1 } && last[0] < 0.1)
    let only = BlendKernel.hann.weights(for: try spans(5, 9, 0)[0], size: 5)
    #expect(only == [1, 1, 1, 1, 1])
  }

  @Test func `Hann weights sum to 1 at half overlap, borders included`() throws {
    for size in [16, 17, 23, 64, 1] {
      var sums = [Float](repeating: 0, count: size)
      for span in try spans(size, 16, 8) {
        for (x, weight) in zip(span.core, BlendKernel.hann.weights(for: span, size: size)) { sums[x] += weight }
      }
      #expect(sums.allSatisfy { abs($0 - 1) < 1e-6 })
    }
  }

  @Test(arguments: [1, 2, 3, 7, 4096])
  func `weights of any window are above 0, even squared`(window: Int) throws {
    for span in try spans(3 * window, window, 0) {
      for kernel in BlendKernel.allCases {
        let weights = kernel.weights(for: span, size: 3 * window)
        #expect(weights.count == window && weights.allSatisfy { $0 > 0 && $0 * $0 > 0 && $0 <= 1 })
      }
    }
  }
}
