import CGDAL

/// Which bands of a raster feed the model, and which one says where the raster is transparent.
struct BandSelection {
  /// Bands that are not alpha, counted from 1.
  let dataBands: [Int]
  let chosen: [Int]
  /// The alpha band, unless it was chosen as data.
  let alpha: Int?

  /// - Parameters:
  ///   - bands: what the user named, counted from 1; an alpha band named here is data.
  ///   - channels: what the model takes.
  init(_ dataset: Dataset, bands: [Int]?, channels: Int?) throws(RasterError) {
    let all = Array(1...max(1, dataset.bandCount)).prefix(dataset.bandCount)
    let meanings = all.map { GDALGetRasterColorInterpretation(dataset.band($0)) }
    let data = zip(all, meanings).filter { $1 != GCI_AlphaBand }.map(\.0)
    let path = dataset.path

    if let bands {
      guard !bands.isEmpty, bands.allSatisfy(all.contains) else {
        throw RasterError(
          .bandCount, path, "band numbers \(bands) are not all within 1...\(all.count)", hint: "check -b")
      }
      if let channels, bands.count != channels {
        throw RasterError(
          .bandCount, path, "\(bands.count) bands are chosen, the model takes \(channels)",
          hint: "name \(channels) bands with -b")
      }
      chosen = bands
    } else {
      let wanted = channels ?? data.count
      let isPalette = data.count == 1 && meanings[data[0] - 1] == GCI_PaletteIndex
      if isPalette, wanted > 1 {
        throw RasterError(
          .bandCount, path, "one band of palette indices, the model takes \(wanted) bands",
          hint: "expand it with gdal_translate -expand rgb")
      }
      if data.count < wanted || data.isEmpty {
        throw RasterError(
          .bandCount, path, "\(data.count) data bands (alpha not counted), the model takes \(wanted)",
          hint: "name bands with -b, which may repeat a band, or give a raster with \(wanted) bands")
      }
      let leading = data.prefix(wanted).map { meanings[$0 - 1] }
      let colours = [GCI_RedBand, GCI_GreenBand, GCI_BlueBand]
      if data.count > wanted, wanted < 3 || Array(leading.prefix(3)) != colours {
        throw RasterError(
          .bandCount, path, "\(data.count) bands that are not marked red, green, blue; the model takes \(wanted)",
          hint: "name the bands with -b, such as -b \((1...wanted).map(String.init).joined(separator: ","))")
      }
      chosen = Array(data.prefix(wanted))
    }
    dataBands = data
    let chosen = chosen
    alpha = zip(all, meanings).first { $1 == GCI_AlphaBand && !chosen.contains($0) }?.0
  }
}
