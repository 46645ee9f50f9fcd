import Diagnostics

extension ClassStatistics {
  /// The statistics as a JSON object, one line per class; areas are left out when the area of a pixel is unknown.
  ///
  /// Keys: `pixels`, `classified`, `nodata`, `non_finite` (part of `nodata`), `pixel_area_m2`, and `classes`, a list of
  /// `id`, `name`, `pixels`, `share`, `area_m2`, `area_ha`, `area_km2`. Classes beyond `names` are called by their number.
  public func json(names: [String] = []) -> String {
    var head: [(String, String)] = [
      ("pixels", "\(classified + nodata)"), ("classified", "\(classified)"), ("nodata", "\(nodata)"),
      ("non_finite", "\(nonFinite)"),
    ]
    if let pixelArea { head.append(("pixel_area_m2", "\(pixelArea)")) }
    let rows = counts.indices.map { id in
      var row: [(String, String)] = [
        ("id", "\(id)"), ("name", jsonQuoted(id < names.count ? names[id] : "\(id)")), ("pixels", "\(counts[id])"),
        ("share", "\(share(id))"),
      ]
      let areas = [("area_m2", squareMetres(id)), ("area_ha", hectares(id)), ("area_km2", squareKilometres(id))]
      row += areas.compactMap { key, area in area.map { (key, "\($0)") } }
      return "    " + jsonObject(row)
    }
    let members =
      head.map { "  \(jsonQuoted($0)): \($1)" } + ["  \"classes\": [\n\(rows.joined(separator: ",\n"))\n  ]"]
    return "{\n" + members.joined(separator: ",\n") + "\n}\n"
  }
}
