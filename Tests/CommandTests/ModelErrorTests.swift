import Foundation
import Glibc
import Testing

/// Files that are no usable model, given with -m.
struct ModelErrorTests {
  private let place: Workplace

  init() throws { place = try Workplace() }

  private func expectRefusal(
    _ model: String, _ status: Int32, _ words: String, at location: SourceLocation = #_sourceLocation
  ) throws {
    try place.expectRefusal(["scene.tif", "-m", model, "-o", "o.tif"], status, model, words, at: location)
  }

  /// The unpacked model with a part of its configuration replaced.
  private func altered(_ old: String, _ new: String) throws {
    try place.copy("keras/unpacked_directory/model", "altered")
    let text = String(decoding: try #require(place.bytes("altered/config.json")), as: UTF8.self)
    #expect(text.contains(old))
    try place.write(text.replacingOccurrences(of: old, with: new).utf8, "altered/config.json")
  }

  @Test func `a missing model is an I/O error`() throws {
    try expectRefusal("nope.keras", 5, "No such file")
    try place.expectRefusal(["info", "nope.keras"], 5, "nope.keras", "No such file")
  }

  @Test func `a directory that holds no model is named as one`() throws {
    try place.makeDirectory("folder")
    try expectRefusal("folder", 3, "directory")
  }

  @Test func `a FIFO or a device as model is refused without reading it`() throws {
    #expect(mkfifo(place.path("pipe"), 0o600) == 0)
    try expectRefusal("pipe", 5, "not a regular file")
    try expectRefusal("/dev/zero", 5, "not a regular file")
  }

  @Test func `a truncated archive is malformed`() throws {
    let whole = try #require(place.bytes("model.keras"))
    for length in [60, whole.count / 2, whole.count - 1] {
      try place.write(whole.prefix(length), "cut.keras")
      try expectRefusal("cut.keras", 4, "zip")
    }
  }

  @Test func `a file too short for any model is malformed`() throws {
    for length in [0, 1, 7] {
      try place.write([UInt8](repeating: 80, count: length), "short.keras")
      try expectRefusal("short.keras", 4, "too short")
    }
  }

  @Test func `an archive without a configuration is not of Keras`() throws {
    try place.write([0x50, 0x4B, 5, 6] + [UInt8](repeating: 0, count: 18), "empty.keras")
    try expectRefusal("empty.keras", 3, "zip archive")
  }

  @Test func `weights of the wrong shape name the layer and both shapes`() throws {
    try altered("\"filters\": 4", "\"filters\": 5")
    try place.expectRefusal(
      ["scene.tif", "-m", "altered", "-o", "o.tif"], 4, "enc0_conv/kernel", "[3, 3, 3, 4]", "[3, 3, 3, 5]")
  }

  @Test func `unknown layers are all named in one line`() throws {
    try altered("\"class_name\": \"Conv2D\"", "\"class_name\": \"Frobnicate\"")
    try place.expectRefusal(
      ["scene.tif", "-m", "altered", "-o", "o.tif"], 3, "Frobnicate", "enc0_conv", "not supported")
  }

  @Test(arguments: [
    (Array("<!DOCTYPE html><html><body>404</body></html>".utf8), "HTML"),
    (Array("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n".utf8), "Git LFS"),
    ([0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10] + [UInt8](repeating: 0, count: 40), "PNG"),
    ([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2], "gzip"),
  ])
  func `another kind of file is named`(content: [UInt8], kind: String) throws {
    try place.write(content, "file.keras")
    try expectRefusal("file.keras", 3, kind)
  }

  @Test func `a raster as model is named as an image`() throws {
    try expectRefusal("scene.tif", 3, "TIFF")
  }

  @Test func `metadata beside the model are checked`() throws {
    try place.write("{\"tile_size\": 9223372036854775807}".utf8, "model.json")
    try place.expectRefusal(["scene.tif", "-m", "model.keras", "-o", "o.tif", "--blend", "hann"], 4, "tile_size")
    try place.write("{\"standardization_std\": [0]}".utf8, "model.json")
    try place.expectRefusal(["scene.tif", "-m", "model.keras", "-o", "o.tif"], 2, "metadata", "standardization_std")
    try place.write("{".utf8, "model.json")
    try place.expectRefusal(["scene.tif", "-m", "model.keras", "-o", "o.tif"], 4, "model.json", "JSON")
  }
}
