/// Where a raster lies: everything about position that a result takes over unchanged from its source.
package struct Georeference: Sendable, Hashable {
  /// A coordinate reference system.
  package struct CRS: Sendable, Hashable {
    /// WKT2:2019.
    package var wkt: String
    /// For each data axis the CRS axis it holds, counted from 1 and negative when reversed; `[2, 1]` for longitude/latitude in EPSG:4326.
    package var axisMapping: [Int]
    /// Decimal year of the coordinates in a dynamic CRS; 0 when there is none.
    package var epoch: Double

    package init(wkt: String, axisMapping: [Int] = [], epoch: Double = 0) {
      self.wkt = wkt
      self.axisMapping = axisMapping
      self.epoch = epoch
    }
  }

  /// A pixel position tied to a position on the ground.
  package struct ControlPoint: Sendable, Hashable {
    package var id: String
    package var info: String
    package var column: Double
    package var row: Double
    package var x: Double
    package var y: Double
    package var z: Double

    package init(id: String, info: String = "", column: Double, row: Double, x: Double, y: Double, z: Double = 0) {
      self.id = id
      self.info = info
      self.column = column
      self.row = row
      self.x = x
      self.y = y
      self.z = z
    }
  }

  package var crs: CRS?
  /// GDAL's six coefficients: `x = t[0] + column * t[1] + row * t[2]`, `y = t[3] + column * t[4] + row * t[5]`,
  /// from the upper left corner of the upper left pixel.
  package var geotransform: [Double]?
  package var controlPoints: [ControlPoint]
  package var controlPointCRS: CRS?
  /// `Area` or `Point` (GeoTIFF's PixelIsArea and PixelIsPoint).
  package var areaOrPoint: String?
  /// Rational polynomial coefficients as `NAME=VALUE`.
  package var rpc: [String]

  package init(
    crs: CRS? = nil, geotransform: [Double]? = nil, controlPoints: [ControlPoint] = [], controlPointCRS: CRS? = nil,
    areaOrPoint: String? = nil, rpc: [String] = []
  ) {
    precondition(geotransform == nil || geotransform?.count == 6, "a geotransform has six coefficients")
    self.crs = crs
    self.geotransform = geotransform
    self.controlPoints = controlPoints
    self.controlPointCRS = controlPointCRS
    self.areaOrPoint = areaOrPoint
    self.rpc = rpc
  }

  /// Whether nothing ties the raster to the ground.
  package var isEmpty: Bool { crs == nil && geotransform == nil && controlPoints.isEmpty && rpc.isEmpty }
}
