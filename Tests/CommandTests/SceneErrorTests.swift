import Glibc
import Rasters
import Testing

/// Scenes that cannot be segmented, and unusual ones that can.
struct SceneErrorTests {
  private let place: Workplace

  init() throws { place = try Workplace() }

  private func segment(_ scene: String, _ options: String...) throws -> Finished {
    try place.run(
      [scene, "-m", "model.keras", "-o", "o.tif", "--overwrite"] + options)
  }

  @Test func `a missing scene is an I/O error`() throws {
    try place.expectRefusal(["nope.tif", "-m", "model.keras"], 5, "nope.tif", "no such file")
  }

  @Test func `a directory as scene is named as one`() throws {
    try place.makeDirectory("folder")
    try place.expectRefusal(["folder", "-m", "model.keras", "-o", "o.tif"], 5, "folder", "directory")
  }

  @Test func `a FIFO or a device as scene is refused without reading it`() throws {
    #expect(mkfifo(place.path("pipe"), 0o600) == 0)
    for scene in ["pipe", "/dev/zero"] {
      try place.expectRefusal([scene, "-m", "model.keras", "-o", "o.tif"], 5, scene, "not a regular file")
    }
  }

  @Test func `a file that is no raster is malformed`() throws {
    try place.write("not a raster".utf8, "text.tif")
    try place.expectRefusal(["text.tif", "-m", "model.keras", "-o", "o.tif"], 4, "text.tif")
    try place.write((try #require(place.bytes("scene.tif"))).prefix(300), "cut.tif")
    try place.expectRefusal(["cut.tif", "-m", "model.keras", "-o", "o.tif"], 4, "cut.tif")
  }

  @Test func `a scene that ends early stops the run with the rows named, and leaves nothing`() throws {
    let whole = try #require(place.bytes("scene.tif"))
    try place.write(whole.dropLast(100), "short.tif")
    for options in [[], ["--window", "4"], ["--blend", "hann", "--window", "16"]] {
      try place.expectRefusal(
        ["short.tif", "-m", "model.keras", "-o", "o.tif", "--stats", "s.json"] + options, 4, "short.tif", "rows")
    }
  }

  @Test func `too few bands are a usage error that names the option`() throws {
    try place.scene("one.tif", 20, 20, bands: 1)
    try place.expectRefusal(
      ["one.tif", "-m", "model.keras", "-o", "o.tif"], 2,
      "error: one.tif: 1 band; the model takes 3; name bands with -b, which may repeat a band, or give a raster with 3 bands"
    )
    #expect(try segment("one.tif", "-b", "1,1,1").status == 0)
  }

  @Test func `a band that is not there is a usage error`() throws {
    try place.expectRefusal(["scene.tif", "-m", "model.keras", "-o", "o.tif", "-b", "1,2,9"], 2, "9", "; check -b")
    try place.expectRefusal(["scene.tif", "-m", "model.keras", "-o", "o.tif", "-b", "1"], 2, "; name 3 bands with -b")
  }

  @Test func `a scene without georeference works and says so`() throws {
    try place.scene("plain.tif", 20, 20, isReferenced: false)
    let result = try segment("plain.tif")
    #expect(result.status == 0)
    #expect(result.errors.contains("without georeference"))
    #expect(result.errorLines.isEmpty)
  }

  @Test func `pixels that are NaN are nodata, and only they`() throws {
    try place.scene("float.tif", 40, 30, type: .float32) { x, y, band in
      x == 7 && y == 9 && band == 1 ? .nan : Double((x * y + band * 9) % 17) / 17
    }
    #expect(try segment("float.tif").status == 0)
    let mask = try place.mask("o.tif")
    #expect(mask.indices.filter { mask[$0] == 255 } == [9 * 40 + 7])
  }

  @Test func `a scene of nodata gives a mask of nodata`() throws {
    try place.scene("blank.tif", 33, 21, nodata: 0) { _, _, _ in 0 }
    let result = try segment("blank.tif")
    #expect(result.status == 0)
    #expect(result.errors.contains("no data: 693 pixels"))
    #expect(try place.mask("o.tif") == [UInt8](repeating: 255, count: 33 * 21))
  }

  @Test(arguments: [(1, 1), (1, 37), (53, 1), (4, 4), (5, 3)])
  func `the smallest scenes keep their size`(width: Int, height: Int) throws {
    try place.scene("small.tif", width, height)
    for options in [[], ["--blend", "hann", "--window", "16"], ["--blend", "crop", "--window", "64"]] {
      let result = try place.run(
        ["small.tif", "-m", "model.keras", "-o", "o.tif", "--overwrite", "-q"] + options)
      #expect(result.status == 0, "\(options): \(result.errors)")
      let mask = try place.mask("o.tif")
      #expect(mask.count == width * height)
      #expect(mask.allSatisfy { $0 < 3 })
    }
  }
}
