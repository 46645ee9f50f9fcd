/// One decoded row, a plane per band, on its way to interleaved Float samples.
struct PlanarRow<S: Sample> {
  let start: UnsafePointer<S>
  /// Elements from one plane to the next.
  let planeStride: Int
  let count: Int
  let channels: Int

  /// `output[x * channels + c] = plane[c][x] * scale[c] + offset[c]`
  func interleave(scale: [Float], offset: [Float], into output: UnsafeMutablePointer<Float>) {
    for channel in 0..<channels {
      let plane = start + channel * planeStride
      let factor = scale[channel]
      let summand = offset[channel]
      var target = output + channel
      for x in 0..<count {
        target.pointee = plane[x].float * factor + summand
        target += channels
      }
    }
  }

  /// Samples that are not finite become a 0 before scaling, their pixels invalid.
  func repairNonFinite(
    offset: [Float], in output: UnsafeMutablePointer<Float>, valid: UnsafeMutablePointer<UInt8>
  ) {
    for channel in 0..<channels {
      let plane = start + channel * planeStride
      for x in 0..<count where !plane[x].isFiniteSample {
        output[x * channels + channel] = offset[channel]
        valid[x] = 0
      }
    }
  }

  /// Pixels whose every channel equals its nodata value become invalid.
  func markNodata(_ nodata: [Double], valid: UnsafeMutablePointer<UInt8>, scratch: UnsafeMutablePointer<UInt8>) {
    let values = nodata.compactMap { S(nodata: $0) }
    guard values.count == channels else { return }
    scratch.update(repeating: 1, count: count)
    for channel in 0..<channels {
      let plane = start + channel * planeStride
      let value = values[channel]
      for x in 0..<count { scratch[x] &= plane[x] == value ? 1 : 0 }
    }
    for x in 0..<count { valid[x] &= 1 &- scratch[x] }
  }

  /// Pixels whose alpha is 0 become invalid.
  func markTransparent(alphaPlane: Int, valid: UnsafeMutablePointer<UInt8>) {
    let plane = start + alphaPlane * planeStride
    for x in 0..<count { valid[x] &= plane[x].float == 0 ? 0 : 1 }
  }
}
