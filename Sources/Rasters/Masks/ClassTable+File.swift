package import Scenes
import Diagnostics
import FoundationEssentials

extension ClassTable {
  /// Reads a table from a file.
  ///
  /// - JSON: `[{"id": 0, "name": "water", "color": "#1e6fd9"}, ...]`, the colour optional.
  /// - CSV: lines `id,name,#rrggbb` with an optional header, the colour optional.
  /// - QGIS colour map: lines `value,red,green,blue,alpha,name`, comments with `#`.
  ///
  /// Ids that are left out get a class named by its number.
  /// - Throws: `.notFound`, or `.malformed` naming the entry or line: ids outside 0...255 or given twice, bad colours.
  package init(path: String) throws(RasterError) {
    guard let data = try? Data(contentsOf: URL(filePath: path)) else {
      throw RasterError(
        .notFound, path, "cannot read the class table", remedy: .advice("presets are landcover.ai and capstone"))
    }
    guard data.count <= 1 << 20, let text = String(validating: data, as: UTF8.self) else {
      throw RasterError(.malformed, path, "not a class table of UTF-8 text under 1 MiB")
    }
    let isJSON = text.first { !$0.isWhitespace }.map { $0 == "[" || $0 == "{" } ?? false
    let rows = isJSON ? try Self.jsonRows(data, path) : try Self.textRows(text, path)
    try self.init(rows, path)
  }

  private struct Row {
    let place: String
    let id: Int
    let name: String
    let color: String?
  }

  private init(_ rows: [Row], _ path: String) throws(RasterError) {
    guard let last = rows.map(\.id).max() else { throw RasterError(.malformed, path, "no classes") }
    if let row = rows.first(where: { !(0...255).contains($0.id) }) {
      throw RasterError(.malformed, path, part: row.place, "id \(row.id) is not within 0...255")
    }
    var entries = (0...last).map { Entry(name: String($0), color: Self.color($0)) }
    var seen = Set<Int>()
    for row in rows {
      guard seen.insert(row.id).inserted else {
        throw RasterError(.malformed, path, part: row.place, "id \(row.id) is given twice")
      }
      entries[row.id].name = printable(row.name)
      guard let text = row.color, !text.isEmpty else { continue }
      guard let color = RGB(text) else {
        throw RasterError(
          .malformed, path, part: row.place, "colour \"\(printable(text))\"", remedy: .advice("write it as #rrggbb"))
      }
      entries[row.id].color = color
    }
    self.init(entries)
  }

  private struct JSONEntry: Decodable {
    let id: Int
    let name: String
    let color: String?
  }

  private static func jsonRows(_ data: Data, _ path: String) throws(RasterError) -> [Row] {
    do {
      return try JSONDecoder().decode([JSONEntry].self, from: data).enumerated().map { index, entry in
        Row(place: "entry \(index)", id: entry.id, name: entry.name, color: entry.color)
      }
    } catch {
      throw RasterError(
        .malformed, path, "not a JSON class table",
        remedy: .advice(##"expected [{"id": 0, "name": "water", "color": "#1e6fd9"}, ...]"##))
    }
  }

  private static func textRows(_ text: String, _ path: String) throws(RasterError) -> [Row] {
    var rows: [Row] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map { trimmed($0) }
      guard let first = fields.first, !first.isEmpty, !first.hasPrefix("#"), !first.hasPrefix("INTERPOLATION") else {
        continue
      }
      if rows.isEmpty, ["id", "value", "class"].contains(first.lowercased()) { continue }
      let place = "line \(index + 1)"
      guard let id = Int(first) else {
        throw RasterError(
          .malformed, path, part: place, "\"\(printable(first))\" is not a class id",
          remedy: .advice("expected id,name,#rrggbb"))
      }
      if fields.count >= 6 {
        let components = fields[1...3].compactMap { UInt8($0) }
        guard components.count == 3 else {
          throw RasterError(.malformed, path, part: place, "colour components are not within 0...255")
        }
        let hex = components.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        rows.append(Row(place: place, id: id, name: fields[5...].joined(separator: ","), color: hex))
      } else {
        guard (2...3).contains(fields.count) else {
          throw RasterError(
            .malformed, path, part: place, "\(fields.count) fields", remedy: .advice("expected id,name,#rrggbb"))
        }
        rows.append(Row(place: place, id: id, name: fields[1], color: fields.count > 2 ? fields[2] : nil))
      }
    }
    return rows
  }

  /// A field without the white space and the quotes around it.
  private static func trimmed(_ field: Substring) -> String {
    var field = field.drop(while: \.isWhitespace)
    while let last = field.last, last.isWhitespace { field.removeLast() }
    if field.count >= 2, field.first == "\"", field.last == "\"" { field = field.dropFirst().dropLast() }
    return String(field)
  }
}
