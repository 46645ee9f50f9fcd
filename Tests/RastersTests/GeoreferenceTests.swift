import Rasters
import TestSupport
import Scenes
import Testing

@Suite struct GeoreferenceTests {
  let scratch: Scratch
  init() throws { scratch = try Scratch() }

  /// The position as a file that was written with it returns it.
  func canonical(_ georeference: Georeference) throws -> Georeference {
    var fixture = RasterFixture(8, 6, bands: 3, type: .uint8)
    fixture.georeference = georeference
    try fixture.write(pattern(8 * 6 * 3), to: scratch.path("source.tif"))
    return try RasterReader(path: scratch.path("source.tif")).georeference
  }

  func written(_ format: MaskFormat) throws -> Georeference {
    let source = try RasterReader(path: scratch.path("source.tif"))
    let path = scratch.path("mask.\(format.rawValue)")
    let writer = try MaskWriter(
      path: path, like: source, format: format, classes: ClassTable(count: 3), overwrite: true)
    try writer.write(rows: 0..<6, columns: 0..<8, pixels: [UInt8](repeating: 1, count: 48))
    try writer.finish()
    #expect(writer.lostGeoreference.isEmpty)
    return try RasterReader(path: path).georeference
  }

  @Test(arguments: [MaskFormat.cog, .gtiff])
  func `rotated and PixelIsPoint grids survive`(format: MaskFormat) throws {
    for areaOrPoint in ["Area", "Point"] {
      let wkt = """
        GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],\
        UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]
        """
      let source = try canonical(
        Georeference(
          crs: .init(wkt: wkt, axisMapping: [2, 1]), geotransform: [10.5, 0.25, 0.125, 50.25, 0.0625, -0.5],
          areaOrPoint: areaOrPoint))
      #expect(source.geotransform == [10.5, 0.25, 0.125, 50.25, 0.0625, -0.5])
      #expect(source.areaOrPoint == areaOrPoint)
      #expect(source.crs?.axisMapping == [2, 1])
      #expect(try written(format) == source)
    }
  }

  @Test(arguments: [MaskFormat.cog, .gtiff])
  func `control points survive with their reference system`(format: MaskFormat) throws {
    let wkt = """
      PROJCS["UTM 33N",GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],\
      PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],\
      PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",15],PARAMETER["scale_factor",0.9996],\
      PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["metre",1]]
      """
    let points = [(0.0, 0.0), (8, 0), (8, 6), (0, 6), (3, 2)].enumerated().map { index, p in
      Georeference.ControlPoint(
        id: String(index + 1), column: p.0, row: p.1, x: 500_000 + p.0 * 3 + p.1, y: 5_600_000 - p.1 * 2, z: 100)
    }
    let source = try canonical(Georeference(controlPoints: points, controlPointCRS: .init(wkt: wkt)))
    #expect(source.controlPoints.count == 5)
    #expect(source.controlPoints.map(\.x) == points.map(\.x))
    #expect(source.controlPointCRS != nil)
    #expect(try written(format) == source)
  }

  @Test(arguments: MaskFormat.allCases)
  func `a raster without any position works`(format: MaskFormat) throws {
    #expect(try canonical(Georeference()).isEmpty)
    #expect(try written(format).isEmpty)
  }

  @Test func `a mask in PNG keeps its position in the sidecar`() throws {
    let wkt = """
      GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],\
      UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]
      """
    let source = try canonical(
      Georeference(crs: .init(wkt: wkt), geotransform: [10.5, 0.25, 0, 50.25, 0, -0.5], areaOrPoint: "Area"))
    let mask = try written(.png)
    #expect(mask.geotransform == source.geotransform)
    #expect(mask.crs?.axisMapping == source.crs?.axisMapping)
    #expect(mask.crs?.wkt.hasSuffix(#"ID["EPSG",4326]]"#) == true)
  }
}
