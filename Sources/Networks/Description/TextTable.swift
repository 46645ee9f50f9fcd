import Diagrams

/// Text in columns, at most so wide: lists are wrapped, and long words lose their middle.
package struct TextTable {
  package struct Column {
    var title: String
    var isRight = false
    /// As narrow as this before words of other columns are shortened; nil for a column whose words are shortened last.
    var least: Int?
  }

  package let columns: [Column]
  /// For each row and column the words of a list, nearly always one.
  private var rows: [[[String]]] = []
  private static let gap = 2

  package init(_ columns: [Column]) { self.columns = columns }

  package mutating func add(_ cells: [[String]]) { rows.append(cells) }

  /// The lines, a rule below the titles; a last row apart from the others where `hasTotal`.
  package func lines(width limit: Int, hasTotal: Bool = false) -> [String] {
    let widths = fittedWidths(limit)
    let rule = String(repeating: "-", count: widths.reduce(0, +) + TextTable.gap * (widths.count - 1))
    var result = line(columns.map(\.title), widths)
    result.append(rule)
    for (place, row) in rows.enumerated() {
      if hasTotal, place == rows.count - 1 { result.append(rule) }
      let cells = zip(row, widths).map { wrapped($0, $1) }
      for part in 0..<(cells.map(\.count).max() ?? 0) {
        result += line(cells.map { $0.indices.contains(part) ? $0[part] : "" }, widths)
      }
    }
    return result
  }

  private func line(_ cells: [String], _ widths: [Int]) -> [String] {
    let padded = zip(columns.indices, cells).map { column, cell in
      let blank = String(repeating: " ", count: max(0, widths[column] - cell.count))
      return columns[column].isRight ? blank + cell : cell + blank
    }
    var text = padded.joined(separator: String(repeating: " ", count: TextTable.gap))
    while text.last == " " { text.removeLast() }
    return [text]
  }

  /// The list on as few lines as it takes.
  private func wrapped(_ words: [String], _ width: Int) -> [String] {
    var result: [String] = []
    for (place, word) in words.enumerated() {
      let comma = place < words.count - 1 ? "," : ""
      let part = shortened(word) { $0.count + comma.count <= width } + comma
      if let last = result.last, last.count + 1 + part.count <= width {
        result[result.count - 1] = last + " " + part
      } else {
        result.append(part)
      }
    }
    return result
  }

  /// True when lines of this width hold the words of all columns that are shortened last.
  package func keepsNames(width limit: Int) -> Bool {
    zip(columns, zip(fittedWidths(limit), narrowWidths)).allSatisfy { $0.least != nil || $1.0 >= $1.1 }
  }

  /// Wide enough for the longest word of each column.
  private var narrowWidths: [Int] {
    var widths = columns.map(\.title.count)
    for row in rows {
      for (column, words) in row.enumerated() {
        widths[column] = max(widths[column], (words.map(\.count).max() ?? 0) + (words.count > 1 ? 1 : 0))
      }
    }
    return widths
  }

  /// As wide as needed; beyond the limit lists are wrapped first, then the widest columns of text get narrower.
  private func fittedWidths(_ limit: Int) -> [Int] {
    let narrow = narrowWidths
    var widths = narrow
    for row in rows {
      for (column, words) in row.enumerated() {
        widths[column] = max(widths[column], words.joined(separator: ", ").count)
      }
    }
    var excess = widths.reduce(0, +) + TextTable.gap * (widths.count - 1) - limit
    for column in widths.indices where excess > 0 {
      let given = min(excess, widths[column] - narrow[column])
      widths[column] -= given
      excess -= given
    }
    for column in widths.indices where excess > 0 {
      guard let least = columns[column].least else { continue }
      let given = min(excess, max(0, widths[column] - max(least, columns[column].title.count)))
      widths[column] -= given
      excess -= given
    }
    while excess > 0 {
      let shrinkable = widths.indices.filter { !columns[$0].isRight && widths[$0] > max(columns[$0].title.count, 8) }
      guard let widest = shrinkable.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
      excess -= 1
    }
    return widths
  }
}

/// `1,234,567`
package func thousands(_ number: Int) -> String {
  var digits = Array(String(number.magnitude))
  var place = digits.count - 3
  while place > 0 {
    digits.insert(",", at: place)
    place -= 3
  }
  return (number < 0 ? "-" : "") + String(digits)
}

/// `512 B`, `8.24 MiB`
package func byteText(_ count: Int) -> String {
  let units = ["B", "KiB", "MiB", "GiB", "TiB"]
  var (value, unit) = (Double(count), 0)
  while value >= 1024, unit < units.count - 1 { (value, unit) = (value / 1024, unit + 1) }
  return "\(decimal(value, unit == 0 ? 0 : 2)) \(units[unit])"
}

/// `12.82 G`, `9.44 M`
package func multiplyAddText(_ count: Int) -> String {
  for (size, unit) in [(1e9, " G"), (1e6, " M"), (1e3, " k")] where Double(count) >= size {
    return decimal(Double(count) / size, 2) + unit
  }
  return "\(count)"
}
