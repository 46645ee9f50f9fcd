import Foundation
import Rasters
import Testing

/// Areas of `--stats` against ground areas by pyproj's `Geod`, pixel by pixel (tools/make_fixtures/ground_areas.py).
struct AreaTests {
  struct Grid: Decodable, Sendable, CustomTestStringConvertible {
    var name, wkt: String
    var axis_mapping: [Int]
    var geotransform: [Double]
    var width, height: Int
    /// Of all pixels, and of those with column * height < row * width.
    var total, lower_left: Double

    var testDescription: String { name }
  }

  private struct Statistics: Decodable {
    struct Class: Decodable {
      var area_m2, area_ha, area_km2: Double?
    }
    var pixel_area_m2: Double?
    var classes: [Class]
  }

  static let grids: [Grid] =
    (try? JSONDecoder().decode(
      [Grid].self, from: Data(contentsOf: Workplace.fixtures.appending(path: "areas/areas.json"))))
    ?? []

  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.copy("cases/raster_areas/largest_of_3.onnx", "largest.onnx")
  }

  /// A scene on which the lower left triangle is class 1, the rest class 0.
  private func write(_ grid: Grid, _ georeference: Georeference) throws {
    var fixture = RasterFixture(grid.width, grid.height, bands: 3, type: .uint8)
    fixture.georeference = georeference
    var samples: [Double] = []
    for y in 0..<grid.height {
      for x in 0..<grid.width { samples += x * grid.height < y * grid.width ? [0, 9, 0] : [9, 0, 0] }
    }
    try fixture.write(samples, to: place.path("grid.tif"))
  }

  private func statistics(_ scene: String, _ options: String...) throws -> (Statistics, log: String) {
    let result = try place.run(
      [scene, "-m", "largest.onnx", "-o", "o.tif", "--stats", "s.json", "--overwrite"] + options)
    #expect(result.status == 0, "\(result.errors)")
    let bytes = try #require(place.bytes("s.json"))
    return (try JSONDecoder().decode(Statistics.self, from: Data(bytes)), result.errors)
  }

  @Test(arguments: grids)
  func `areas are those on the ground`(_ grid: Grid) throws {
    try write(
      grid,
      Georeference(crs: .init(wkt: grid.wkt, axisMapping: grid.axis_mapping), geotransform: grid.geotransform))
    let (found, _) = try statistics("grid.tif")
    let (triangle, rest) = (try #require(found.classes[1].area_m2), try #require(found.classes[0].area_m2))
    #expect(abs(triangle / grid.lower_left - 1) < 1e-4, "\(triangle) instead of \(grid.lower_left)")
    #expect(abs((triangle + rest) / grid.total - 1) < 1e-5, "\(triangle + rest) instead of \(grid.total)")
    #expect(found.classes[1].area_ha == triangle / 1e4 && found.classes[1].area_km2 == triangle / 1e6)
    let mean = try #require(found.pixel_area_m2)
    #expect(abs(mean * Double(grid.width * grid.height) / grid.total - 1) < 1e-5)
    // The same numbers, however the work is cut.
    let (again, _) = try statistics("grid.tif", "--window", "8", "-t", "1")
    #expect(again.classes.map(\.area_m2) == found.classes.map(\.area_m2))
  }

  @Test(arguments: ["web_mercator_0", "web_mercator_52.5"])
  func `web mercator is not planar`(_ name: String) throws {
    try place.copy("cases/raster_areas/\(name).tif", "m.tif")
    let text = try String(
      contentsOf: Workplace.fixtures.appending(path: "cases/raster_areas/\(name).expected.txt"), encoding: .utf8)
    let expected = try #require(Double(text.split(separator: " ")[2]))
    let sum = try statistics("m.tif").0.classes.compactMap(\.area_m2).reduce(0, +)
    #expect(abs(sum / expected - 1) < 1e-4)
  }

  @Test func `without a place on the ground there is no area but a reason`() throws {
    let grid = try #require(AreaTests.grids.first { $0.name == "utm_340_km_off" })
    let crs = Georeference.CRS(wkt: grid.wkt, axisMapping: grid.axis_mapping)
    for (georeference, reason) in [
      (Georeference(geotransform: grid.geotransform), "no CRS"), (Georeference(crs: crs), "no geotransform"),
      (Georeference(crs: crs, geotransform: [0, 1e300, 0, 0, 0, -1]), "PROJ cannot say"),
      (Georeference(crs: crs, geotransform: [1e200, 1e-300, 0, 0, 0, -1e-300]), "no pixels"),
    ] {
      try write(grid, georeference)
      let (found, log) = try statistics("grid.tif")
      #expect(found.pixel_area_m2 == nil && found.classes.allSatisfy { $0.area_m2 == nil })
      #expect(log.contains("areas: none") && log.contains(reason), "\(log)")
    }
  }

  @Test func `there are grids`() { #expect(AreaTests.grids.count > 20) }
}
