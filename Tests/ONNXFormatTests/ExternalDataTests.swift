import FoundationEssentials
import Glibc
import ModelFiles
import ONNXFormat
import TestSupport
import Testing

private typealias M = TestModel

/// A directory with a model whose weights lie in other files; it is removed at the end.
private final class Folder {
  let path: String

  init() throws {
    path = "/tmp/seginfer-external-\(UInt64.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: path + "/model/sub", withIntermediateDirectories: true)
    try write([UInt8](repeating: 0, count: 64), to: "model/weights.bin")
    try write([UInt8](repeating: 0, count: 64), to: "model/sub/weights.bin")
    try write([UInt8](repeating: 0, count: 64), to: "outside.bin")
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ bytes: [UInt8], to name: String) throws { try Data(bytes).write(to: URL(filePath: "\(path)/\(name)")) }

  func failure(_ model: M) throws -> ImportError? {
    try write(model.bytes, to: "model/model.onnx")
    do throws(ImportError) {
      _ = try importONNX(path: path + "/model/model.onnx")
      return nil
    } catch { return error }
  }

  /// What reading a model ends in whose weights `w` of 4 floats have these entries.
  func failure(_ entries: [(String, String)], dims: [Int] = [4]) throws -> ImportError? {
    try failure(M.of("Add", ["w"], [], [M.external("w", dims, entries)], x: [4]))
  }
}

struct ExternalDataTests {
  @Test func `weights beside the model are read`() throws {
    let folder = try Folder()
    #expect(try folder.failure([("location", "weights.bin")]) == nil)
    #expect(try folder.failure([("location", "./sub/./weights.bin"), ("offset", "48"), ("length", "16")]) == nil)
    #expect(try folder.failure([("location", "weights.bin"), ("offset", "0"), ("length", "16")]) == nil)
  }

  @Test func `a value of an attribute may lie beside the model`() throws {
    let folder = try Folder()
    func constant(_ location: String) -> M {
      M(nodes: [
        M.node("Constant", [], ["y"], name: "suspect", M.tensor("value", M.external("", [4], [("location", location)])))
      ])
    }
    #expect(try folder.failure(constant("weights.bin")) == nil)
    expect(try folder.failure(constant("../outside.bin")), .malformed, ["suspect", "outside.bin"])
    expect(failure(constant("weights.bin").bytes), .unsupported, ["other files"])
  }

  private static let elsewhere = [
    "/etc/passwd", "/dev/zero", "/dev/null", "/proc/self/mem", "../outside.bin", "sub/../../outside.bin",
    "a/../../outside.bin", "sub/../weights.bin", "./../outside.bin", "..", ".", "./", "sub/..", "", "sub", "sub/",
    "sub//weights.bin", "//weights.bin", "sub\\weights.bin", "..\\outside.bin", "file:///etc/passwd",
    "https://example.com/weights.bin", "link.bin", "loop.bin", "dangling.bin", "linked/weights.bin",
    "sub/linked/weights.bin", "hard.bin", "pipe", "weights.bin/x", "~/weights.bin", "$HOME/weights.bin",
  ]

  @Test(arguments: elsewhere) func `a location that leads elsewhere is refused`(location: String) throws {
    let folder = try Folder()
    let model = folder.path + "/model/"
    #expect(symlink(folder.path + "/outside.bin", model + "link.bin") == 0)
    #expect(symlink("loop.bin", model + "loop.bin") == 0)
    #expect(symlink("nowhere", model + "dangling.bin") == 0)
    #expect(symlink(model + "sub", model + "linked") == 0)
    #expect(symlink(model, model + "sub/linked") == 0)
    #expect(link(folder.path + "/outside.bin", model + "hard.bin") == 0)
    #expect(mkfifo(model + "pipe", 0o600) == 0)
    let error = try folder.failure([("location", location)])
    let isName = ["~", "$", "https:"].contains { location.hasPrefix($0) }
    if isName, error?.kind == .missingFile { return }
    expect(error, .malformed, location.isEmpty ? ["does not say where"] : ["initializer w", "lie in"])
  }

  @Test func `a location with a NUL is malformed`() throws {
    let error = try Folder().failure([("location", "weights.bin\0.txt")])
    expect(error, .malformed, ["is not text"])
  }

  @Test(arguments: ["other.bin", "sub/other.bin", "nowhere/other.bin", "\u{1B}[31m.bin"])
  func `a missing file is named, and that it belongs to the model`(location: String) throws {
    let error = try Folder().failure([("location", location)])
    let shown = location.replacing("\u{1B}", with: "\\u{1B}")
    expect(error, .missingFile, [shown, "No such file", "in the same directory"])
  }

  private static let places: [(entries: [(String, String)], word: String)] = [
    ([("offset", "-1")], "offset -1"), ([("offset", "x")], "offset x"), ([("offset", "")], "offset"),
    ([("offset", " 1")], "offset  1"), ([("offset", "+1")], "offset +1"), ([("offset", "0x10")], "offset 0x10"),
    ([("offset", "1.5")], "offset 1.5"), ([("offset", "\u{0663}")], "offset"),
    ([("offset", "60")], "beyond the end"), ([("offset", "65")], "beyond the end"),
    ([("offset", "9223372036854775807")], "beyond the end"), ([("offset", "99999999999999999999")], "offset 999"),
    ([("length", "8")], "8 bytes"), ([("length", "0")], "0 bytes"), ([("length", "-16")], "length -16"),
    ([("length", "x")], "length x"), ([("length", "9223372036854775807")], "beyond the end"),
    ([("offset", "0"), ("length", "65")], "beyond the end"), ([("offset", "56"), ("length", "16")], "beyond the end"),
    ([("offset", "9223372036854775807"), ("length", "9223372036854775807")], "beyond the end"),
    ([("mode", "x")], "mode"), ([("Location", "weights.bin")], "Location"), ([("", "x")], "not known"),
    ([("location", "weights.bin")], "twice"), ([("offset", "0"), ("offset", "0")], "twice"),
    ([("checksum", "da39a3ee5e6b4b0d3255bfef95601890afd80709")], "checksum"), ([("checksum", "x")], "checksum"),
  ]

  @Test(arguments: places.indices) func `places that the file does not have, and words not known, are malformed`(
    index: Int
  ) throws {
    let (entries, word) = Self.places[index]
    let error = try Folder().failure([("location", "weights.bin")] + entries)
    expect(error, .malformed, ["initializer w", word])
  }

  @Test func `weights larger than the file, and dimensions without end, are refused`() throws {
    let folder = try Folder()
    expect(try folder.failure([("location", "weights.bin")], dims: [17]), .malformed, ["beyond the end"])
    expect(try folder.failure([("location", "weights.bin")], dims: [1 << 31, 1 << 31]), .malformed, ["too large"])
    expect(try folder.failure([("location", "weights.bin")], dims: [1 << 20, 1 << 14]), .limit, ["bytes"])
    expect(try folder.failure([]), .malformed, ["does not say where"])
    expect(try folder.failure([("offset", "0")]), .malformed, ["does not say where"])
  }

  @Test func `the checksum of a file is held against it`() throws {
    let folder = try Folder()
    try folder.write(Array("abcdefghijklmnop".utf8), to: "model/text.bin")
    // What sha1sum says of these bytes.
    let right = try folder.failure([("location", "text.bin"), ("checksum", "14f3995288acd189e6e50a7af47ee7099aa682b9")])
    let wrong = try folder.failure([("location", "text.bin"), ("checksum", "00f3995288acd189e6e50a7af47ee7099aa682b9")])
    #expect(right == nil)
    expect(wrong, .malformed, ["checksum of text.bin"])
  }

  @Test func `tensors that overlap are malformed, and equal or neighbouring ones are not`() throws {
    let folder = try Folder()
    func sum(_ offsets: [Int]) -> M {
      let names = offsets.indices.map { "w\($0)" }
      let tensors = zip(names, offsets).map { name, offset in
        M.external(name, [4], [("location", "weights.bin"), ("offset", "\(offset)")])
      }
      return M.of("Sum", names, [], tensors, x: [4])
    }
    for offsets in [[0, 0], [0, 16], [48, 0, 16], [0, 16, 0]] { #expect(try folder.failure(sum(offsets)) == nil) }
    for offsets in [[0, 8], [15, 0], [0, 32, 1], [32, 0, 0, 47]] {
      expect(try folder.failure(sum(offsets)), .malformed, ["weights.bin", "overlap"])
    }
  }

  @Test func `a model in memory cannot have weights elsewhere`() throws {
    let model = M.of("Add", ["w"], [], [M.external("w", [4], [("location", "weights.bin")])], x: [4])
    expect(failure(model.bytes), .unsupported, ["other files"])
  }
}
