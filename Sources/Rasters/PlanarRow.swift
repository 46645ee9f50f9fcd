/// One decoded row of bands of one type, a plane per band, on its way to interleaved Float samples.
struct PlanarRow<S: Sample> {
  let start: UnsafePointer<S>
  /// Elements from one plane to the next.
  let planeStride: Int
  let count: Int
  /// The channels of the output that the planes are.
  let channels: Range<Int>
  /// Channels of a pixel of the output.
  let outputChannels: Int

  private func plane(_ channel: Int) -> UnsafePointer<S> { start + (channel - channels.lowerBound) * planeStride }

  /// `output[x * outputChannels + c] = meaning(plane[c][x]) * scale[c] + offset[c]`, where a sample is what it means unless
  /// `scalings[c]` says otherwise.
  func interleave(
    scalings: [BandScaling?], scale: [Float], offset: [Float], into output: UnsafeMutablePointer<Float>
  ) {
    for channel in channels {
      let plane = plane(channel)
      let factor = scale[channel]
      let summand = offset[channel]
      var target = output + channel
      if let scaling = scalings[channel] {
        for x in 0..<count {
          target.pointee = Float(plane[x].double * scaling.scale + scaling.offset) * factor + summand
          target += outputChannels
        }
      } else {
        for x in 0..<count {
          target.pointee = plane[x].float * factor + summand
          target += outputChannels
        }
      }
    }
  }

  /// Samples that are not finite as Float become a 0 before scaling, their pixels invalid.
  func repairNonFinite(
    scalings: [BandScaling?], offset: [Float], in output: UnsafeMutablePointer<Float>,
    valid: UnsafeMutablePointer<UInt8>
  ) {
    for channel in channels where S.needsRepair || scalings[channel] != nil {
      let plane = plane(channel)
      let scaling = scalings[channel]
      for x in 0..<count {
        if plane[x].float.isFinite {
          guard let scaling, !Float(plane[x].double * scaling.scale + scaling.offset).isFinite else { continue }
        }
        output[x * outputChannels + channel] = offset[channel]
        valid[x] = 0
      }
    }
  }

  /// Pixels of which a channel has another value than its nodata value are marked as data in `isNodata`.
  func clearData(_ nodata: [Double], isNodata: UnsafeMutablePointer<UInt8>) {
    for channel in channels {
      guard let value = S(nodata: nodata[channel]) else {
        isNodata.update(repeating: 0, count: count)
        return
      }
      let plane = plane(channel)
      for x in 0..<count { isNodata[x] &= plane[x].isNodata(value) ? 1 : 0 }
    }
  }

  /// Pixels whose alpha, the plane after those of the channels, is 0 become invalid.
  func markTransparent(valid: UnsafeMutablePointer<UInt8>) {
    let plane = plane(channels.upperBound)
    for x in 0..<count { valid[x] &= plane[x].float == 0 ? 0 : 1 }
  }
}
