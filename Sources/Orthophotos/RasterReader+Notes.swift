import Networks
import Rasters

extension RasterReader {
  /// Tells what the scene is, and what it says of its samples that could be read otherwise.
  func tell(_ options: SceneOptions, _ note: (Note) -> Void) {
    let names = bandTypes.map(\.rawValue)
    let types = Set(names).count == 1 ? names[0] : names.joined(separator: ",")
    note(
      .scene(
        "\(path), \(width)x\(height), bands \(bands.map(String.init).joined(separator: ",")) "
          + "\(types)\(georeference.isEmpty ? ", without georeference" : "")"))
    if let alphaBand { note(.alpha(band: alphaBand)) }
    if bandScalings.contains(where: { $0 != nil }) {
      let isOne = Set(bandScalings).count == 1
      let each = zip(bands, bandScalings).prefix(isOne ? 1 : .max).compactMap { band, scaling in
        scaling.map { "\(isOne ? "" : "band \(band) ")times \($0.scale) plus \($0.offset)" }
      }
      let shown = each.prefix(4).joined(separator: ", ") + (each.count > 4 ? ", ..." : "")
      note(.sampleScaling(shown, isApplied: options.appliesBandScaling))
    } else if options.appliesBandScaling {
      note(.sampleScaling(nil, isApplied: true))
    }
  }
}
