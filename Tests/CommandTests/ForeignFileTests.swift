import Foundation
import TestSupport
import Testing

/// Files that are no model of a kind that is read, whatever their name says.
struct ForeignFileTests {
  private let place: Workplace

  init() throws { place = try Workplace() }

  private struct Kind: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var status: Int32 = 3
    /// What the error calls the file, and the way to a model of it.
    let words: [String]
    let bytes: @Sendable () throws -> [UInt8]

    init(_ name: String, _ status: Int32 = 3, _ words: String..., bytes: @escaping @Sendable () throws -> [UInt8]) {
      (testDescription, self.status, self.words, self.bytes) = (name, status, words, bytes)
    }
  }

  private static func text(_ text: String) -> @Sendable () -> [UInt8] { { Array(text.utf8) } }
  private static func padded(_ head: [UInt8]) -> @Sendable () -> [UInt8] {
    { head + [UInt8](repeating: 0, count: 64) }
  }
  private static func fixture(_ name: String) -> @Sendable () throws -> [UInt8] {
    { try Array(Data(contentsOf: Workplace.fixtures.appending(path: "malformed/keras/" + name))) }
  }

  /// A GraphDef of these nodes: names and operators.
  private static func graphDef(_ nodes: [(String, String)]) -> @Sendable () -> [UInt8] {
    let bytes = nodes.reduce(into: WireWriter()) { graph, node in
      graph.message(1) { message in
        message.text(1, node.0)
        message.text(2, node.1)
        message.message(5) { $0.text(1, String(repeating: "d", count: 300)) }
      }
    }.bytes
    return { bytes }
  }

  private static let kinds: [Kind] = [
    Kind(
      "a page", 3, "an HTML page", "fetch the file again", bytes: text("<!DOCTYPE html><html><body>404</body></html>")),
    Kind("a page behind blank lines", 3, "an HTML page", bytes: text("\n\r\n  <HTML>\n<head></head></HTML>")),
    Kind("a page with a byte order mark", 3, "an HTML page", bytes: text("\u{FEFF}<!doctype HTML><p>not found</p>")),
    Kind(
      "a Git LFS pointer", 3, "a Git LFS pointer", "git lfs pull",
      bytes: text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n")),
    Kind(
      "a TFLite model", 3, "a TensorFlow Lite model", "tf2onnx --tflite",
      bytes: padded([0x1C, 0, 0, 0] + Array("TFL3".utf8))),
    Kind("a pickle", 3, "a Python pickle", "torch.onnx.export", bytes: padded([0x80, 4, 0x95])),
    Kind(
      "a PyTorch file of before 1.6", 3, "a Python pickle", "torch.onnx.export", bytes: padded([0x80, 2, 0x8A, 0x0A])),
    Kind("a PyTorch archive", 3, "a PyTorch file", "torch.onnx.export", bytes: fixture("torch.keras")),
    Kind("a SavedModel", 3, "a TensorFlow SavedModel", "tf2onnx", bytes: fixture("saved_model.pb")),
    Kind(
      "a frozen graph", 3, "a TensorFlow graph (GraphDef)", "tf2onnx --graphdef",
      bytes: graphDef([("input", "Placeholder"), ("conv", "Conv2D")])),
    Kind(
      "a frozen graph that begins with weights", 3, "(GraphDef)",
      bytes: graphDef([("kernel", "Const"), ("x", "Placeholder")])),
    Kind("what gzip makes", 3, "a gzip-compressed file", "unpack", bytes: padded([0x1F, 0x8B, 8])),
    Kind("a PNG image", 3, "a PNG image", ".onnx model", bytes: padded([0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10])),
    Kind("a JPEG image", 3, "a JPEG image", ".onnx model", bytes: padded([0xFF, 0xD8, 0xFF, 0xE0])),
    Kind("a TIFF image", 3, "a TIFF image", ".onnx model", bytes: padded([0x49, 0x49, 42, 0])),
    Kind("a big-endian TIFF image", 3, "a TIFF image", ".onnx model", bytes: padded([0x4D, 0x4D, 0, 42])),
    Kind("a BigTIFF image", 3, "a TIFF image", ".onnx model", bytes: padded([0x49, 0x49, 43, 0])),
    Kind("JSON", 3, "a JSON file that is not a Keras architecture", ".onnx model", bytes: text("{\"a\": [1, 2]}")),
    Kind("a zip archive", 3, "a zip archive", bytes: { [0x50, 0x4B, 5, 6] + [UInt8](repeating: 0, count: 18) }),
    Kind("nothing", 4, "a file too short to be a model", ".onnx model", bytes: { [] }),
    Kind("four bytes", 4, "a file too short to be a model", ".onnx model", bytes: { [8, 8, 0x3A, 0] }),
    Kind("words", 4, "a file of unknown kind", ".onnx model", bytes: text("This is not a model at all.")),
    Kind("zeros", 4, "a file of unknown kind", ".onnx model", bytes: padded([])),
  ]

  @Test(arguments: kinds) private func `a file of another kind is told the way, in one line`(kind: Kind) throws {
    for name in ["model.onnx", "model.h5", "model.pb", "model"] {
      try place.write(kind.bytes(), name)
      for arguments in [["info", name], ["convert", name, "o.onnx"], ["scene.tif", "-m", name, "-o", "o.tif"]] {
        let result = try place.run(arguments)
        let told = Comment(rawValue: "\(arguments): \(result.status)\n\(result.errors.prefix(600))")
        let lines = result.errors.split(separator: "\n")
        #expect(result.status == kind.status && result.output.isEmpty, told)
        #expect(lines.count == 1 && lines[0].hasPrefix("error: \(name): "), told)
        for word in kind.words { #expect(result.errors.contains(word), told) }
      }
    }
    #expect(!place.names.contains { $0.hasPrefix("o.") })
  }

  @Test func `the content counts, and info tells the kind`() throws {
    let (archive, hdf5) = ("malformed/keras/good.keras", "malformed/keras/good.h5")
    for (fixture, name, kind) in [
      (hdf5, "good.keras", "Keras HDF5 model"), (archive, "good.h5", "Keras archive (.keras)"),
      (hdf5, "hdf5.onnx", "Keras HDF5 model"), (archive, "archive.onnx", "Keras archive (.keras)"),
      ("onnx/unet_nchw/model.onnx", "onnx.keras", "ONNX model"), ("onnx/unet_nchw/model.onnx", "onnx.pb", "ONNX model"),
    ] {
      try place.copy(fixture, name)
      let result = try place.run(["info", name])
      #expect(result.status == 0 && result.output.contains(kind), "\(result.output.prefix(300))")
    }
  }
}
