import Foundation
import Rasters
import Testing

/// How the mask's format is chosen, and PROJ's database, without which GDAL cannot write any with a CRS.
struct FormatTests {
  private let place: Workplace
  private static let segment = ["scene.tif", "-m", "model.keras", "-q"]

  init() throws { place = try Workplace() }

  /// What a file begins with.
  private func kind(_ name: String) -> String {
    let bytes = place.bytes(name) ?? []
    if bytes.prefix(4) == [0x89, 0x50, 0x4e, 0x47] { return "PNG" }
    guard bytes.prefix(2) == [0x49, 0x49] else { return "?" }
    return String(decoding: bytes.prefix(400), as: UTF8.self).contains("LAYOUT=IFDS_BEFORE_DATA") ? "COG" : "GTiff"
  }

  @Test(arguments: [
    ("a.png", [], "PNG"), ("a.PNG", [], "PNG"), ("a.tif", [], "COG"), ("a.tiff", [], "COG"), ("a.TIF", [], "COG"),
    ("a.tif", ["--of", "GTiff"], "GTiff"), ("a.tiff", ["--of", "cog"], "COG"), ("a.png", ["--of", "PNG"], "PNG"),
    ("mask", ["--of", "PNG"], "PNG"), ("a.dat", ["--of", "GTiff"], "GTiff"), ("b.c.png", [], "PNG"),
  ])
  func `the extension or --of chooses the format`(name: String, options: [String], format: String) throws {
    let result = try place.run(FormatTests.segment + ["-o", name] + options)
    #expect(result.status == 0, "\(result.errors)")
    #expect(kind(name) == format)
    #expect(try place.mask(name).count == 48 * 40)
  }

  @Test func `a name that contradicts --of or says nothing is refused`() throws {
    for (name, format) in [("a.png", "COG"), ("a.png", "GTiff"), ("a.tif", "PNG"), ("a.TIFF", "png")] {
      try place.expectRefusal(FormatTests.segment + ["-o", name, "--of", format], 2, name, "--of", "contradicts")
    }
    try place.makeDirectory("folder.tif")
    for name in ["mask", "mask.jpg", "mask.", "folder.tif/mask", ".tif"] {
      try place.expectRefusal(FormatTests.segment + ["-o", name], 2, name, ".tif, .tiff, .png", "--of")
    }
  }

  @Test func `the default name follows --of`() throws {
    #expect(try place.run(FormatTests.segment + ["--of", "PNG"]).output == "scene.seg.png\n")
    #expect(try place.run(FormatTests.segment + ["--of", "GTiff"]).output == "scene.seg.tif\n")
    #expect(kind("scene.seg.png") == "PNG" && kind("scene.seg.tif") == "GTiff")
  }

  static let broken = ["PROJ_LIB": "/nonexistent", "PROJ_DATA": "/nonexistent"]

  @Test(arguments: ["o.tif", "o.png", "--of GTiff"])
  func `without PROJ's database a scene with a CRS is refused before the work`(_ output: String) throws {
    let options =
      output.hasPrefix("--") ? output.split(separator: " ").map(String.init) + ["-o", "o.tif"] : ["-o", output]
    let wkt =
      #"GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]"#
    var fixture = RasterFixture(20, 20, bands: 3, type: .uint8)
    fixture.georeference = Georeference(
      crs: .init(wkt: wkt, axisMapping: [2, 1]), geotransform: [15, 1e-5, 0, 52, 0, -1e-5])
    try fixture.write([Double](repeating: 5, count: 1200), to: place.path("crs.tif"))
    try place.copy("cases/raster_areas/web_mercator_0.tif", "mercator.tif")
    fixture.georeference = Georeference(
      controlPoints: [(0.0, 0.0), (20, 0), (20, 20)].enumerated().map { index, p in
        .init(id: "\(index)", column: p.0, row: p.1, x: 15 + p.0 * 1e-5, y: 52 - p.1 * 1e-5)
      }, controlPointCRS: .init(wkt: wkt, axisMapping: [2, 1]))
    try fixture.write([Double](repeating: 5, count: 1200), to: place.path("points.tif"))
    for scene in ["crs.tif", "mercator.tif", "points.tif"] {
      try place.expectRefusal(
        [scene, "-m", "model.keras"] + options, 5, scene, "proj.db", "PROJ_DATA", "PROJ_LIB",
        environment: FormatTests.broken)
      let result = try place.run([scene, "-m", "model.keras"] + options, environment: FormatTests.broken)
      #expect(result.errors.split(separator: "\n").count == 1 && !result.errors.contains("free"))
    }
  }

  @Test func `without PROJ's database a scene without a CRS works`() throws {
    for name in ["o.tif", "o.png"] {
      let result = try place.run(["scene.tif", "-m", "model.keras", "-o", name], environment: FormatTests.broken)
      #expect(result.status == 0 && result.errorLines.isEmpty, "\(result.errors)")
      #expect(try place.mask(name).count == 48 * 40)
    }
    #expect(
      try place.run(
        ["scene.tif", "-m", "model.keras", "-o", "g.tif", "--of", "GTiff"], environment: FormatTests.broken
      ).status == 0)
  }
}
