import Diagnostics
import FoundationEssentials
import Glibc
import ModelFiles
import ONNXFormat
import TestSupport
import Testing

private typealias M = TestModel

/// Files and fields that are larger than what is accepted.
struct FileSizeTests {
  private let relu = M.node("Relu", ["x"], ["y"])

  @Test func `10 million empty nodes are a limit`() {
    var graph: [UInt8] = []
    graph.reserveCapacity(20_000_000)
    for _ in 0..<10_000_000 { graph += [0x0A, 0x00] }
    var model = WireWriter()
    model.int(1, 8)
    model.data(7, graph)
    expect(failure(model.bytes), .limit, ["100000 nodes"])
  }

  @Test func `long names and texts are limits`() {
    let long = String(repeating: "a", count: 2 << 20), text = [UInt8](repeating: 65, count: 20 << 20)
    let models = [
      M(nodes: [M.node("Relu", ["x"], [long])]), M(nodes: [M.node(long, ["x"], ["y"])]),
      M(nodes: [relu], initializers: [M.floats(long, [1])]), M(nodes: [relu], inModel: { $0.data(6, text) }),
      M(nodes: [relu], inGraph: { $0.data(10, text) }), M(nodes: [M.all([relu, { $0.data(6, text) }])]),
      M(nodes: [relu], inModel: { $0.text(2, long) }),
    ]
    for (place, model) in models.enumerated() {
      let error = failure(model.bytes)
      expect(error, .limit, ["bytes"])
      #expect((error?.description.count ?? 0) < 1000, "model \(place)")
    }
  }

  /// A file that begins with bytes and has a hole behind them.
  private func sparse(_ bytes: [UInt8], count: Int, _ body: (String) throws -> Void) throws {
    let path = "/tmp/seginfer-sparse-\(UInt64.random(in: 0 ... .max)).onnx"
    defer { unlink(path) }
    try Data(bytes).write(to: URL(filePath: path))
    #expect(truncate(path, count) == 0)
    try body(path)
  }

  private func refusal(of path: String) -> ImportError? {
    do throws(ImportError) {
      _ = try importONNX(path: path)
      return nil
    } catch { return error }
  }

  @Test func `a file that one message cannot fill is a limit`() throws {
    try sparse(M(nodes: [relu]).bytes, count: 1 << 31) { path in
      expect(refusal(of: path), .limit, [path, "2147483648 bytes", "2147483647"])
    }
  }

  @Test func `a doc_string of a gigabyte is a limit`() throws {
    let length = 1 << 30
    let head = [0x08, 0x08, 6 << 3 | 2] + WireWriter.varint(UInt64(length))
    try sparse(head, count: head.count + length) { path in
      expect(refusal(of: path), .limit, [path, "field 6", "1073741824"])
    }
    // And one that only says to be as long.
    expect(failure(head), .malformed, ["longer than what is left"])
  }
}
