import Diagnostics
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
  ///   - validity: without `alpha`, a band that is marked alpha is one like any other.
  init(
    _ dataset: Dataset, bands: [Int]?, channels: Int?, validity: ValiditySources = .all
  ) throws(RasterError) {
    let all = Array(1...max(1, dataset.bandCount)).prefix(dataset.bandCount)
    let meanings = all.map { GDALGetRasterColorInterpretation(dataset.band($0)) }
    let alphas =
      validity.contains(.alpha) ? zip(all, meanings).filter { $1 == GCI_AlphaBand }.map(\.0) : []
    dataBands = all.filter { !alphas.contains($0) }
    let choice = Choice(
      path: dataset.path, count: all.count, data: dataBands, alphas: alphas, meanings: meanings, channels: channels)
    let chosen: [Int]
    if let bands { chosen = try choice.checked(bands) } else { chosen = try choice.leading() }
    self.chosen = chosen
    alpha = alphas.first { !chosen.contains($0) }
  }
}

/// What there is to choose from.
private struct Choice {
  let path: String
  let count: Int
  let data: [Int]
  let alphas: [Int]
  let meanings: [GDALColorInterp]
  let channels: Int?

  /// `4 bands, of which band 4 is marked alpha`
  private var described: String {
    let bands = "\(count) band\(count == 1 ? "" : "s")"
    if alphas.isEmpty { return bands }
    let numbers = alphas.prefix(4).map(String.init).joined(separator: ", ")
    let marked = alphas.count == 1 ? "band \(numbers) is" : "bands \(numbers)\(alphas.count > 4 ? " ..." : "") are"
    return "\(bands), of which \(marked) marked alpha"
  }

  /// The bands that the user named.
  func checked(_ bands: [Int]) throws(RasterError) -> [Int] {
    guard !bands.isEmpty, bands.allSatisfy((1...max(1, count)).contains) else {
      throw RasterError(
        .bandCount, path, "band numbers \(bands) are not all within 1...\(count)", remedy: .correctBands)
    }
    if let channels, bands.count != channels {
      throw RasterError(
        .bandCount, path, "\(bands.count) bands are chosen, the model takes \(channels)",
        remedy: .nameBands(count: channels))
    }
    return bands
  }

  /// The first bands that are not alpha, as many as the model takes.
  func leading() throws(RasterError) -> [Int] {
    let wanted = channels ?? data.count
    let takes = "the model takes \(wanted)"
    if data.count == 1, wanted > 1, meanings[data[0] - 1] == GCI_PaletteIndex {
      throw RasterError(
        .bandCount, path, "one band of palette indices, \(takes) bands",
        remedy: .advice("expand it with gdal_translate -expand rgb"))
    }
    if data.count < wanted || data.isEmpty {
      let alpha = !alphas.isEmpty && data.count + alphas.count >= wanted ? [Remedy.readAlphaAsData] : []
      throw RasterError(
        .bandCount, path, "\(described); \(takes)",
        remedy: .anyOf(alpha + [.nameBandsRepeatedly, .advice("give a raster with \(wanted) bands")]))
    }
    let leading = data.prefix(wanted).map { meanings[$0 - 1] }
    let colours = [GCI_RedBand, GCI_GreenBand, GCI_BlueBand]
    if data.count > wanted, wanted < 3 || Array(leading.prefix(3)) != colours {
      throw RasterError(
        .bandCount, path, "\(described), the first of them not marked red, green, blue; \(takes)",
        remedy: .nameBandsSuchAs(Array(data.prefix(wanted))))
    }
    return Array(data.prefix(wanted))
  }
}
