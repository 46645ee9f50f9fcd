import KerasImport
import Testing

/// The README's list of supported layers, as a Markdown table: classes that are treated alike share a row.
private func supportedLayers() -> String {
  var rows: [(names: [String], note: String)] = []
  for layer in KerasSupport.layers {
    if let last = rows.last, last.note == layer.note {
      rows[rows.count - 1].names.append(layer.name)
    } else {
      rows.append(([layer.name], layer.note))
    }
  }
  let lines = rows.map { row in "| \(row.names.map { "`\($0)`" }.joined(separator: ", ")) | \(row.note) |" }
  return (["| layer | what is supported |", "|---|---|"] + lines).joined(separator: "\n") + "\n"
}

@Test func `the README lists the layers that the importer's table holds`() throws {
  let readme = String(decoding: try bytes(packageRoot + "/README.md"), as: UTF8.self)
  let parts = readme.split(separator: "<!-- supported layers -->\n", omittingEmptySubsequences: false)
  try #require(parts.count == 3, "README.md needs two lines <!-- supported layers --> around the table")
  let table = supportedLayers()
  #expect(parts[1] == table, "between the lines <!-- supported layers --> of README.md belongs:\n\(table)")
}
