import CKernels

extension KernelSet {
  /// Softmax in place over the channels of each pixel, the largest subtracted first.
  package func softmax(_ x: UnsafeMutablePointer<Float>, pixels: Int, channels: Int) {
    table.pointee.softmax(x, pixels, channels)
  }

  /// `output[p][c] = (x[p][c] - mean) / sqrt(variance + epsilon) * scale[c] + shift[c]`, mean and variance over the channels of
  /// pixel p; not `centred`, the mean counts as 0. `output` may be `x`.
  package func layerNorm(
    _ x: UnsafePointer<Float>, scale: UnsafePointer<Float>, shift: UnsafePointer<Float>, epsilon: Float,
    centred: Bool, _ output: UnsafeMutablePointer<Float>, pixels: Int, channels: Int
  ) {
    table.pointee.layer_norm(x, scale, shift, epsilon, centred ? 1 : 0, output, pixels, channels)
  }

  /// `sums[c] += x[p * stride + c]` for c < `channels` over the pixels in order; fastest for 16 channels.
  package func sumPixels(
    _ x: UnsafePointer<Float>, stride: Int, pixels: Int, sums: UnsafeMutablePointer<Double>, channels: Int
  ) {
    table.pointee.sum_pixels(x, stride, pixels, sums, channels)
  }

  /// The first largest channel of each pixel; 1 to 256 channels.
  package func argmax(
    _ x: UnsafePointer<Float>, pixels: Int, channels: Int, _ output: UnsafeMutablePointer<UInt8>
  ) {
    precondition(1...256 ~= channels)
    table.pointee.argmax(x, pixels, channels, output)
  }

  /// The class number of each pixel: `first` and its first largest channel, or 0 where that is below `least`; of a single channel,
  /// 1 where it is above `least`, else 0. NaN where a score is not finite.
  package func classify(
    _ x: UnsafePointer<Float>, pixels: Int, channels: Int, least: Float, first: Int,
    _ output: UnsafeMutablePointer<Float>
  ) {
    table.pointee.classify(x, pixels, channels, least, first, output)
  }

  /// `output[p][c] = source[p * sourceStride + c] * scale[c] + offset[c]`, with output pixels side by side.
  package func scalePixels(
    _ source: UnsafePointer<UInt8>, sourceStride: Int, scale: UnsafePointer<Float>, offset: UnsafePointer<Float>,
    _ output: UnsafeMutablePointer<Float>, pixels: Int, channels: Int
  ) {
    table.pointee.scale_u8(source, sourceStride, scale, offset, output, pixels, channels)
  }

  /// `scalePixels` from 16-bit samples.
  package func scalePixels(
    _ source: UnsafePointer<UInt16>, sourceStride: Int, scale: UnsafePointer<Float>, offset: UnsafePointer<Float>,
    _ output: UnsafeMutablePointer<Float>, pixels: Int, channels: Int
  ) {
    table.pointee.scale_u16(source, sourceStride, scale, offset, output, pixels, channels)
  }

  /// `scalePixels` from floats.
  package func scalePixels(
    _ source: UnsafePointer<Float>, sourceStride: Int, scale: UnsafePointer<Float>, offset: UnsafePointer<Float>,
    _ output: UnsafeMutablePointer<Float>, pixels: Int, channels: Int
  ) {
    table.pointee.scale_f32(source, sourceStride, scale, offset, output, pixels, channels)
  }
}
