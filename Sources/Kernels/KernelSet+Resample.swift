import CKernels

extension KernelSet {
  /// Two pixels of a row and how far from the lower to the upper one an output pixel lies.
  ///
  /// It has the layout of `ck_tap`.
  package struct PixelTap: Sendable {
    package var lower: Int32, upper: Int32
    package var weight: Float

    package init(lower: Int32, upper: Int32, weight: Float) {
      (self.lower, self.upper, self.weight) = (lower, upper, weight)
    }
  }

  /// `output[p][c] = a + (b - a) * taps[p].weight` with `a = source[taps[p].lower][c]` and `b = source[taps[p].upper][c]`.
  ///
  /// Pixels lie side by side, `sourcePixels` and as many as there are taps; the output must not overlap the source.
  package func blendPixels(
    _ source: UnsafePointer<Float>, sourcePixels: Int, taps: UnsafeBufferPointer<PixelTap>,
    _ output: UnsafeMutablePointer<Float>, channels: Int
  ) {
    withCTaps(taps) { table.pointee.blend_pixels(source, sourcePixels, $0, output, taps.count, channels) }
  }

  /// `output[p][c] = source[taps[p].lower][c]`, with pixels as in `blendPixels`.
  package func pickPixels(
    _ source: UnsafePointer<Float>, sourcePixels: Int, taps: UnsafeBufferPointer<PixelTap>,
    _ output: UnsafeMutablePointer<Float>, channels: Int
  ) {
    withCTaps(taps) { table.pointee.pick_pixels(source, sourcePixels, $0, output, taps.count, channels) }
  }

  @inline(__always)
  private func withCTaps(_ taps: UnsafeBufferPointer<PixelTap>, _ body: (UnsafePointer<ck_tap>) -> Void) {
    assert(MemoryLayout<PixelTap>.stride == MemoryLayout<ck_tap>.stride)
    taps.baseAddress?.withMemoryRebound(to: ck_tap.self, capacity: taps.count, body)
  }
}
