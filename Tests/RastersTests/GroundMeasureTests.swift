import Foundation
import Rasters
import Testing

/// Ground areas against those of pyproj's `Geod`, pixel by pixel (tools/make_fixtures/ground_areas.py).
@Suite struct GroundMeasureTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    var name, wkt: String
    var axis_mapping: [Int]
    var geotransform: [Double]
    var width, height: Int
    var total: Double

    var testDescription: String { name }
  }

  static let cases: [Case] = {
    let file = URL(filePath: #filePath).appending(path: "../../../Fixtures/areas/areas.json").standardizedFileURL
    return (try? JSONDecoder().decode([Case].self, from: Data(contentsOf: file))) ?? []
  }()

  @Test func `there are cases`() { #expect(GroundMeasureTests.cases.count > 20) }

  @Test(arguments: cases)
  func `a scene has the area of its pixels on the ellipsoid`(_ grid: Case) throws {
    let ground = try GroundMeasure(
      Georeference(crs: .init(wkt: grid.wkt, axisMapping: grid.axis_mapping), geotransform: grid.geotransform))
    // In parts, so that the whole earth has an outline.
    var total = 0.0
    for row in 0..<8 {
      for column in 0..<8 {
        let (width, height) = (Double(grid.width) / 8, Double(grid.height) / 8)
        total += try #require(
          ground.area(
            columns: Double(column) * width..<Double(column + 1) * width,
            rows: Double(row) * height..<Double(row + 1) * height))
      }
    }
    #expect(abs(total / grid.total - 1) < 1e-5, "\(total) instead of \(grid.total)")
  }

  @Test func `what has no area has a reason`() throws {
    let utm = try #require(GroundMeasureTests.cases.first { $0.name == "utm_340_km_off" })
    let crs = Georeference.CRS(wkt: utm.wkt, axisMapping: [1, 2])
    func reason(_ crs: Georeference.CRS?, _ transform: [Double]?) -> String? {
      do throws(GroundMeasure.Missing) {
        _ = try GroundMeasure(Georeference(crs: crs, geotransform: transform))
        return nil
      } catch { return error.description }
    }
    let good = [500_000, 1, 0, 5_000_000, 0, -1.0]
    #expect(reason(crs, good) == nil)
    #expect(reason(nil, good)?.contains("no CRS") == true)
    #expect(reason(crs, nil)?.contains("no geotransform") == true)
    for broken in [
      [0, 0, 0, 0, 0, 0], [0, .nan, 0, 0, 0, 1], [0, 1, 2, 0, 1, 2], [.infinity, 1, 0, 0, 0, 1],
      [0, 1e200, 0, 0, 0, 1e200],
    ] {
      #expect(reason(crs, broken)?.contains("makes no pixels") == true)
    }
    #expect(reason(.init(wkt: #"LOCAL_CS["site",UNIT["metre",1]]"#), good)?.contains("neither") == true)
    #expect(reason(.init(wkt: "nonsense"), good)?.contains("neither") == true)
  }

  @Test func `places that are nowhere have no area`() throws {
    let utm = try #require(GroundMeasureTests.cases.first { $0.name == "utm_340_km_off" })
    let polar = try #require(GroundMeasureTests.cases.first { $0.name == "geographic_county" })
    for (grid, transform) in [
      (utm, [1e300, 1, 0, 1e300, 0, -1]), (utm, [0, 1e300, 0, 0, 0, -1]), (utm, [1e8, 1e7, 0, 1e8, 0, -1e7]),
      (polar, [0, 1, 0, 500, 0, -1]), (polar, [1e9, 1, 0, 50, 0, -1]),
    ] {
      let ground = try? GroundMeasure(
        Georeference(crs: .init(wkt: grid.wkt, axisMapping: grid.axis_mapping), geotransform: transform))
      #expect(ground?.area(columns: 0..<10, rows: 0..<10) == nil, "\(transform)")
    }
  }
}
