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

  /// The pixels of a row that an output pixel mixes: `count` of them, at least 1, from `first` on.
  ///
  /// It has the layout of `ck_span`.
  package struct PixelSpan: Sendable {
    package var first: Int32, count: Int32

    package init(first: Int32, count: Int32) { (self.first, self.count) = (first, count) }
  }

  /// `output[p][c]` = the sum over the pixels of span p of `source[pixel][c]` times their weight, in order.
  ///
  /// There are as many weights as spans have pixels, those of a span behind those of the one before it. Pixels lie as in `blendPixels`.
  package func filterPixels(
    _ source: UnsafePointer<Float>, sourcePixels: Int, spans: UnsafeBufferPointer<PixelSpan>,
    weights: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, channels: Int
  ) {
    assert(MemoryLayout<PixelSpan>.stride == MemoryLayout<ck_span>.stride)
    spans.baseAddress?.withMemoryRebound(to: ck_span.self, capacity: spans.count) {
      table.pointee.filter_pixels(source, sourcePixels, $0, weights, output, spans.count, channels)
    }
  }

  /// `output[i]` = the sum over rows r, at least one, of `rows[r][i] * weights[r]`, in order.
  package func filterRows(
    _ rows: UnsafePointer<UnsafePointer<Float>>, weights: UnsafeBufferPointer<Float>,
    _ output: UnsafeMutablePointer<Float>, count: Int
  ) {
    guard let first = weights.baseAddress else { return }
    table.pointee.filter_rows(rows, first, weights.count, output, count)
  }

  @inline(__always)
  private func withCTaps(_ taps: UnsafeBufferPointer<PixelTap>, _ body: (UnsafePointer<ck_tap>) -> Void) {
    assert(MemoryLayout<PixelTap>.stride == MemoryLayout<ck_tap>.stride)
    taps.baseAddress?.withMemoryRebound(to: ck_tap.self, capacity: taps.count, body)
  }
}
