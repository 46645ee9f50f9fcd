import FoundationEssentials
import Glibc
import ModelFiles
import ONNXFormat
import Testing

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

  /// What reading a model with these entries ends in; weights are 4 floats.
  func failure(_ entries: [(String, String)], count: Int = 1) throws -> ImportError? {
    let tensors = (0..<count).map { index -> Part in
      { tensor in
        tensor.int(1, 4)
        tensor.int(2, 1)
        tensor.text(8, "w\(index)")
        tensor.int(14, 1)
        for (key, value) in entries {
          tensor.message(13) { entry in
            entry.text(1, key)
            // The second tensor begins within the first.
            entry.text(2, key == "offset" && index > 0 ? "8" : value)
          }
        }
      }
    }
    let names = (0..<count).map { "w\($0)" }
    let model = TestModel(
      nodes: [TestModel.node("Sum", ["x"] + names, ["y"])], initializers: tensors, inputs: [("x", [4])])
    try write(model.bytes, to: "model/model.onnx")
    do throws(ImportError) {
      _ = try importONNX(path: path + "/model/model.onnx")
      return nil
    } catch { return error }
  }
}

struct ExternalDataTests {
  @Test func `weights beside the model are read`() throws {
    let folder = try Folder()
    #expect(try folder.failure([("location", "weights.bin")]) == nil)
    #expect(try folder.failure([("location", "sub/weights.bin"), ("offset", "48"), ("length", "16")]) == nil)
    #expect(try folder.failure([("location", "weights.bin"), ("offset", "0"), ("length", "16")], count: 1) == nil)
  }

  @Test(arguments: [
    "/etc/passwd", "../outside.bin", "sub/../../outside.bin", "sub/../weights.bin", "", "sub", "sub//weights.bin",
    "sub\\weights.bin", "file:///etc/passwd", "/dev/zero", "link.bin", "linked/weights.bin", "hard.bin", "pipe", ".",
  ]) func `a location that leads elsewhere is malformed and never opened`(location: String) throws {
    let folder = try Folder()
    let model = folder.path + "/model/"
    #expect(symlink(folder.path + "/outside.bin", model + "link.bin") == 0)
    #expect(symlink(model + "sub", model + "linked") == 0)
    #expect(link(folder.path + "/outside.bin", model + "hard.bin") == 0)
    #expect(mkfifo(model + "pipe", 0o600) == 0)
    let error = try folder.failure([("location", location)])
    #expect(error?.kind == .malformed, "\(location): \(error as Any)")
  }

  @Test func `a missing file is one`() throws {
    let error = try Folder().failure([("location", "other.bin")])
    #expect(error?.kind == .missingFile && error?.site == "other.bin")
  }

  @Test(arguments: [
    [("offset", "-1")], [("offset", "x")], [("offset", "60")], [("offset", "99999999999999999999")], [("length", "8")],
    [("length", "-16")], [("offset", "0"), ("length", "65")], [("mode", "x")], [("location", "weights.bin")],
    [("checksum", "da39a3ee5e6b4b0d3255bfef95601890afd80709")],
  ]) func `places that the file does not have, and words that are not known, are malformed`(
    entries: [(String, String)]
  ) throws {
    let error = try Folder().failure([("location", "weights.bin")] + entries)
    #expect(error?.kind == .malformed, "\(entries): \(error as Any)")
  }

  @Test func `the checksum of a file is held against it`() throws {
    let folder = try Folder()
    try folder.write(Array("abcdefghijklmnop".utf8), to: "model/text.bin")
    // What sha1sum says of these bytes.
    let right = try folder.failure([("location", "text.bin"), ("checksum", "14f3995288acd189e6e50a7af47ee7099aa682b9")])
    let wrong = try folder.failure([("location", "text.bin"), ("checksum", "00f3995288acd189e6e50a7af47ee7099aa682b9")])
    #expect(right == nil && wrong?.kind == .malformed)
  }

  @Test func `tensors that overlap are malformed, and equal ones are not`() throws {
    let folder = try Folder()
    #expect(try folder.failure([("location", "weights.bin"), ("offset", "0")], count: 2)?.kind == .malformed)
    #expect(try folder.failure([("location", "weights.bin")], count: 2) == nil)
  }

  @Test func `a model in memory cannot have weights elsewhere`() throws {
    let model = TestModel(
      nodes: [TestModel.node("Add", ["x", "w"], ["y"])],
      initializers: [
        { tensor in
          tensor.int(1, 4)
          tensor.int(2, 1)
          tensor.text(8, "w")
          tensor.int(14, 1)
          tensor.message(13) { entry in
            entry.text(1, "location")
            entry.text(2, "weights.bin")
          }
        }
      ], inputs: [("x", [4])])
    #expect(failure(model.bytes)?.kind == .unsupported)
  }
}
