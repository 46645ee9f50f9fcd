import KerasImport
import Testing

/// The list of supported layers, as a Markdown table: classes that are treated alike share a row.
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

/// The list of supported functions: those with the same note share a row.
private func supportedOperations() -> String {
  var rows: [(names: [String], functions: [String], note: String)] = []
  for operation in KerasSupport.operations {
    if let last = rows.indices.last, rows[last].note == operation.note {
      rows[last].names += operation.names
      rows[last].functions += operation.functions
    } else {
      rows.append(operation)
    }
  }
  func list(_ names: [String]) -> String { names.map { "`\($0)`" }.joined(separator: ", ") }
  let lines = rows.map { "| \(list($0.names)) | \(list($0.functions)) | \($0.note) |" }
  return (["| `keras.ops` | `tf` | what is supported |", "|---|---|---|"] + lines).joined(separator: "\n") + "\n"
}

/// The operators of nodes of TensorFlow graphs, by the function that each is read as.
private func supportedNodes() -> String {
  let lines = KerasSupport.nodes.map { node in
    "| \(node.operators.map { "`\($0)`" }.joined(separator: ", ")) | `tf.\(node.function)` |"
  }
  return (["| operator | read as |", "|---|---|"] + lines).joined(separator: "\n") + "\n"
}

@Test func `the functions that nodes are read as are those that the importer knows`() {
  let known = Set(KerasSupport.operations.flatMap(\.functions))
  for node in KerasSupport.nodes { #expect(known.contains(node.function), "\(node.operators)") }
  let operators = KerasSupport.nodes.flatMap(\.operators)
  #expect(Set(operators).count == operators.count)
}

@Test(arguments: [
  ("KerasLayers", "layers", supportedLayers()), ("KerasFunctions", "operations", supportedOperations()),
  ("KerasFunctions", "nodes", supportedNodes()),
])
func `the pages list what the importer's tables hold`(page: String, name: String, table: String)
  throws
{
  let file = "Sources/Networks/Networks.docc/\(page).md"
  let text = String(decoding: try bytes("\(packageRoot)/\(file)"), as: UTF8.self)
  let line = "<!-- supported \(name) -->"
  let parts = text.split(separator: line + "\n", omittingEmptySubsequences: false)
  try #require(parts.count == 3, "\(file) needs two lines \(line) around the table")
  #expect(parts[1] == table, "between the lines \(line) of \(file) belongs:\n\(table)")
}
