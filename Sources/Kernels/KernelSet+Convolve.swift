import CKernels

extension KernelSet {
  /// A stretch of input that each output pixel reads: `length` floats from `pixel0 + p * pixelStride` on for pixel p.
  ///
  /// It has the layout of `ck_run`.
  package struct Run {
    package var pixel0: UnsafePointer<Float>
    package var pixelStride: Int
    package var length: Int

    @inlinable package init(pixel0: UnsafePointer<Float>, pixelStride: Int, length: Int) {
      (self.pixel0, self.pixelStride, self.length) = (pixel0, pixelStride, length)
    }
  }

  /// Widths of packed weight panels in output channels, widest first; `convolve` has a register tile for each.
  package var panels: [Int] { [Int(ck_panel(table, 0)), Int(ck_panel(table, 1))] }

  /// The widest panel.
  package var panel: Int { Int(ck_panel(table, 0)) }

  /// Pixels of the register tile that goes with a panel width.
  package func tile(panel: Int) -> Int { Int(ck_tile(table, variant(panel))) }

  /// Pixels of the register tile of the widest panel.
  package var tile: Int { Int(ck_tile(table, 0)) }

  private func variant(_ panel: Int) -> Int32 { panel == Int(ck_panel(table, 0)) ? 0 : 1 }

  /// Convolution as a matrix product over runs: `output[p][n] = clamp(bias[n] + sum of run[p][i] * weights[i][n], low,
  /// high)` for n < `channels`, where i counts through all runs in order.
  ///
  /// - Parameters:
  ///   - weights: one panel, `[sum of lengths][panel]`
  ///   - bias: `[panel]`
  ///   - outputPixelStride: from an output pixel to the next
  ///   - channels: how many of the panel's channels are stored, 0 to `panel`
  ///   - panel: one of `panels`
  package func convolve(
    runs: UnsafeBufferPointer<Run>, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>, outputPixelStride: Int, pixels: Int, channels: Int, panel: Int, low: Float,
    high: Float
  ) {
    withCRuns(runs) {
      ck_convolve_of(table, variant(panel))(
        $0, runs.count, weights, bias, output, outputPixelStride, pixels, channels, low, high)
    }
  }

  /// Depthwise convolution: `output[p][c] = clamp(bias[c] + sum over taps t of tap_t[p][c] * weights[t][c], low,
  /// high)`.
  ///
  /// `weights` is `[taps][channels]`; the `length` of a tap is ignored.
  package func depthwise(
    taps: UnsafeBufferPointer<Run>, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>, outputPixelStride: Int, pixels: Int, channels: Int, low: Float, high: Float
  ) {
    withCRuns(taps) {
      table.pointee.depthwise($0, taps.count, weights, bias, output, outputPixelStride, pixels, channels, low, high)
    }
  }

  /// `output[p][c]` = the largest of `tap[p][c]` over at least one tap; a NaN wins. The `length` of a tap is ignored.
  package func maxPool(
    taps: UnsafeBufferPointer<Run>, output: UnsafeMutablePointer<Float>, outputPixelStride: Int, pixels: Int,
    channels: Int
  ) {
    precondition(!taps.isEmpty)
    withCRuns(taps) { table.pointee.max_pool($0, taps.count, 1, output, outputPixelStride, pixels, channels) }
  }

  /// `output[p][c]` = `scale` times the sum of `tap[p][c]` over at least one tap, in their order. The `length` of a tap
  /// is ignored.
  package func averagePool(
    taps: UnsafeBufferPointer<Run>, scale: Float, output: UnsafeMutablePointer<Float>, outputPixelStride: Int,
    pixels: Int, channels: Int
  ) {
    precondition(!taps.isEmpty)
    withCRuns(taps) { table.pointee.average_pool($0, taps.count, scale, output, outputPixelStride, pixels, channels) }
  }

  @inline(__always)
  private func withCRuns(_ runs: UnsafeBufferPointer<Run>, _ body: (UnsafePointer<ck_run>) -> Void) {
    assert(MemoryLayout<Run>.stride == MemoryLayout<ck_run>.stride)
    guard let base = runs.baseAddress else {
      var none = ck_run(pixel0: UnsafePointer(bitPattern: 4)!, pixel_stride: 0, length: 0)
      return body(&none)
    }
    base.withMemoryRebound(to: ck_run.self, capacity: runs.count, body)
  }
}
