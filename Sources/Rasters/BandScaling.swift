import CGDAL

/// What a file says its samples mean: `sample * scale + offset`.
package struct BandScaling: Sendable, Hashable {
  package let scale: Double
  package let offset: Double

  /// `nil` where a band states nothing, the identity, or numbers of which none is the meaning of a sample.
  init?(_ band: GDALRasterBandH) {
    let (scale, offset) = (GDALGetRasterScale(band, nil), GDALGetRasterOffset(band, nil))
    guard scale.isFinite, offset.isFinite, scale != 0, scale != 1 || offset != 0 else { return nil }
    (self.scale, self.offset) = (scale, offset)
  }
}
