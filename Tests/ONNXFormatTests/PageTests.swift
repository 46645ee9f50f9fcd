import FoundationEssentials
import ONNXFormat
import Testing

/// The root of the package, from where this file lies.
private let packageRoot = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

@Test func `the page of ONNX operators lists those that are read`() throws {
  let rows = ONNXSupport.operators.map { rule in
    "| \(rule.names.map { "`\($0)`" }.joined(separator: ", ")) | \(rule.note) |"
  }
  let table = (["| operator | what is supported |", "|---|---|"] + rows).joined(separator: "\n") + "\n"
  let name = "Sources/Networks/Networks.docc/ONNXOperators.md"
  let page = String(decoding: try Data(contentsOf: URL(filePath: "\(packageRoot)/\(name)")), as: UTF8.self)
  let line = "<!-- supported onnx -->"
  let parts = page.split(separator: line + "\n", omittingEmptySubsequences: false)
  try #require(parts.count == 3, "\(name) needs two lines \(line) around the table")
  #expect(parts[1] == table, "between the lines \(line) of \(name) belongs:\n\(table)")
}
