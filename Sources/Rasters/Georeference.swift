/// Where a raster lies: everything about position that a result takes over unchanged from its source.
public struct Georeference: Sendable, Hashable {
  /// A coordinate reference system.
  public struct CRS: Sendable, Hashable {
    /// WKT2:2019.
    public var wkt: String
    /// For each data axis the CRS axis it holds, counted from 1 and negative when reversed; `[2, 1]` for longitude/latitude in EPSG:4326.
    public var axisMapping: [Int]
    /// Decimal year of the coordinates in a dynamic CRS; 0 when there is none.
    public var epoch: Double

    public init(wkt: String, axisMapping: [Int] = [], epoch: Double = 0) {
      self.wkt = wkt
      self.axisMapping = axisMapping
      self.epoch = epoch
    }
  }

  /// A pixel position tied to a position on the ground.
  public struct ControlPoint: Sendable, Hashable {
    public var id: String
    public var info: String
    public var column: Double
    public var row: Double
    public var x: Double
    public var y: Double
    public var z: Double

    public init(id: String, info: String = "", column: Double, row: Double, x: Double, y: Double, z: Double = 0) {
      self.id = id
      self.info = info
      self.column = column
      self.row = row
      self.x = x
      self.y = y
      self.z = z
    }
  }

  public var crs: CRS?
  /// GDAL's six coefficients: `x = t[0] + column * t[1] + row * t[2]`, `y = t[3] + column * t[4] + row * t[5]`,
  /// from the upper left corner of the upper left pixel.
  public var geotransform: [Double]?
  public var controlPoints: [ControlPoint]
  public var controlPointCRS: CRS?
  /// `Area` or `Point` (GeoTIFF's PixelIsArea and PixelIsPoint).
  public var areaOrPoint: String?
  /// Rational polynomial coefficients as `NAME=VALUE`.
  public var rpc: [String]

  public init(
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
  public var isEmpty: Bool { crs == nil && geotransform == nil && controlPoints.isEmpty && rpc.isEmpty }
}
