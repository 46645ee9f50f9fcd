import Rasters

extension SegmentJob {
  /// The type of the chosen bands, or that of each where they differ.
  func types(_ reader: RasterReader) -> String {
    let names = reader.bandTypes.map(\.rawValue)
    return Set(names).count == 1 ? names[0] : names.joined(separator: ",")
  }

  /// What the scene says of its samples that could be read otherwise.
  func notes(_ reader: RasterReader) -> [String] {
    var lines: [String] = []
    if let alpha = reader.alphaBand {
      lines.append("alpha: band \(alpha) hides pixels where it is 0; --ignore-alpha reads it as data")
    }
    if reader.bandScalings.contains(where: { $0 != nil }) {
      let isOne = Set(reader.bandScalings).count == 1
      let each = zip(reader.bands, reader.bandScalings).prefix(isOne ? 1 : .max).compactMap { band, scaling in
        scaling.map { "\(isOne ? "" : "band \(band) ")times \($0.scale) plus \($0.offset)" }
      }
      let shown = each.prefix(4).joined(separator: ", ") + (each.count > 4 ? ", ..." : "")
      let use = options.unscale ? "applied" : "not applied without --unscale"
      lines.append("scale and offset of the scene: \(shown), \(use)")
    } else if options.unscale {
      lines.append("scale and offset of the scene: none, --unscale changes nothing")
    }
    return lines
  }
}
