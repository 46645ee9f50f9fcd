package import Diagnostics
import CGDAL
import CPROJ
import Glibc

/// Measures parts of a raster on the ellipsoid of its CRS.
///
/// The outline of a part, straight between pixels, is brought to longitude and latitude by PROJ and measured as a geodesic polygon
/// (C. F. F. Karney, Algorithms for geodesics, J. Geodesy 87, 43-55, 2013). Not thread-safe.
package final class GroundMeasure {
  /// Why a raster has no areas.
  package struct Missing: SiteError {
    package enum Kind: Sendable, Hashable { case noCRS, noGeotransform, noPixels, localCRS }

    package let kind: Kind

    package var site: String { kind == .noCRS || kind == .localCRS ? "CRS" : "geotransform" }

    package var what: String {
      switch kind {
      case .noCRS: "the scene has no CRS"
      case .noGeotransform: "the scene has no geotransform"
      case .noPixels: "the geotransform makes no pixels"
      case .localCRS: "the CRS is neither projected nor geographic"
      }
    }

    package var remedy: Remedy? { nil }

    /// What is wrong, which says where.
    package var description: String { what }
  }

  private let transform: [Double]
  private let toGeographic: OGRCoordinateTransformationH
  private var ellipsoid = geod_geodesic()
  /// Degrees in a unit of the geographic system.
  private let unit: Double

  /// - Throws: the reason why nothing can be measured: no CRS, no geotransform, numbers that make no grid.
  package init(_ georeference: Georeference) throws(Missing) {
    guard let crs = georeference.crs else { throw Missing(kind: .noCRS) }
    guard let transform = georeference.geotransform else { throw Missing(kind: .noGeotransform) }
    let determinant = transform[1] * transform[5] - transform[2] * transform[4]
    guard transform.allSatisfy(\.isFinite), determinant.isFinite, determinant != 0 else {
      throw Missing(kind: .noPixels)
    }
    GDAL.start()
    self.transform = transform
    let made = crs.withGDAL { reference in reference.flatMap(Self.geographic) }
    guard let made else { throw Missing(kind: .localCRS) }
    (toGeographic, unit) = (made.transformation, made.unit)
    geod_init(&ellipsoid, made.semiMajor, made.flattening)
  }

  deinit { OCTDestroyCoordinateTransformation(toGeographic) }

  /// The way from a system to longitude and latitude of its own datum, in that order, and its ellipsoid.
  private static func geographic(
    _ reference: OGRSpatialReferenceH
  ) -> (transformation: OGRCoordinateTransformationH, unit: Double, semiMajor: Double, flattening: Double)? {
    guard OSRIsProjected(reference) != 0 || OSRIsGeographic(reference) != 0 else { return nil }
    var error: OGRErr = OGRErr(OGRERR_NONE)
    let semiMajor = OSRGetSemiMajor(reference, &error)
    guard error == OGRErr(OGRERR_NONE), semiMajor.isFinite, semiMajor > 0 else { return nil }
    let inverse = OSRGetInvFlattening(reference, &error)
    guard error == OGRErr(OGRERR_NONE), inverse.isFinite, inverse == 0 || inverse > 1 else { return nil }
    guard let target = target(reference, semiMajor, inverse) else { return nil }
    defer { OSRRelease(target) }
    OSRSetAxisMappingStrategy(target, OAMS_TRADITIONAL_GIS_ORDER)
    let unit = OSRGetAngularUnits(target, nil) * 180 / .pi
    guard unit.isFinite, unit > 0, let transformation = OCTNewCoordinateTransformation(reference, target) else {
      return nil
    }
    return (transformation, unit, semiMajor, inverse == 0 ? 0 : 1 / inverse)
  }

  /// The geographic system that a system is based on. A rotated pole's longitudes and latitudes are not those of its ellipsoid.
  private static func target(
    _ reference: OGRSpatialReferenceH, _ semiMajor: Double, _ inverseFlattening: Double
  ) -> OGRSpatialReferenceH? {
    guard OSRIsDerivedGeographic(reference) != 0 else { return OSRCloneGeogCS(reference) }
    guard let plain = OSRNewSpatialReference(nil) else { return nil }
    let status = OSRSetGeogCS(
      plain, "unknown", "unknown", "unknown", semiMajor, inverseFlattening, nil, 0, nil, .pi / 180)
    if status == OGRErr(OGRERR_NONE) { return plain }
    OSRRelease(plain)
    return nil
  }

  /// Square metres of the rectangle between these corners, in pixels from the upper left corner of the raster. `nil` where PROJ cannot
  /// say where it lies.
  package func area(columns: Range<Double>, rows: Range<Double>) -> Double? {
    // Each side is brought to the ground in pieces. Twice as many leave a quarter of the error, so that most of it can be told from two
    // measurements and taken away.
    let (enough, tolerable, most) = (2e-5, 1e-3, 1024)
    var pieces = 4
    guard var coarse = area(columns, rows, pieces: pieces) else { return nil }
    while true {
      pieces *= 2
      guard let fine = area(columns, rows, pieces: pieces) else { return nil }
      let error = (fine - coarse) / 3
      if abs(error) <= (pieces < most ? enough : tolerable) * fine { return fine + error }
      if pieces >= most { return nil }
      coarse = fine
    }
  }

  private func area(_ columns: Range<Double>, _ rows: Range<Double>, pieces count: Int) -> Double? {
    let corners = [
      (columns.lowerBound, rows.lowerBound), (columns.upperBound, rows.lowerBound),
      (columns.upperBound, rows.upperBound), (columns.lowerBound, rows.upperBound),
    ]
    var (x, y): ([Double], [Double]) = ([], [])
    for (index, start) in corners.enumerated() {
      let end = corners[(index + 1) % 4]
      for step in 0..<count {
        let part = Double(step) / Double(count)
        let (column, row) = (start.0 + (end.0 - start.0) * part, start.1 + (end.1 - start.1) * part)
        x.append(transform[0] + column * transform[1] + row * transform[2])
        y.append(transform[3] + column * transform[4] + row * transform[5])
      }
    }
    guard x.allSatisfy(\.isFinite), y.allSatisfy(\.isFinite) else { return nil }
    var isDone = [Int32](repeating: 0, count: x.count)
    CPLErrorReset()
    _ = OCTTransformEx(toGeographic, Int32(x.count), &x, &y, nil, &isDone)
    guard isDone.allSatisfy({ $0 != 0 }) else { return nil }
    return polygonArea(longitudes: x.map { $0 * unit }, latitudes: y.map { $0 * unit })
  }

  private func polygonArea(longitudes: [Double], latitudes: [Double]) -> Double? {
    // Pixels that are centred on a pole reach beyond it.
    let beyond = 2.0
    guard longitudes.allSatisfy({ abs($0) <= 1e4 }), latitudes.allSatisfy({ abs($0) <= 90 + beyond }) else {
      return nil
    }
    if let area = smallArea(longitudes, latitudes) { return area }
    var polygon = geod_polygon()
    geod_polygon_init(&polygon, 0)
    for (longitude, latitude) in zip(longitudes, latitudes) {
      geod_polygon_addpoint(&ellipsoid, &polygon, max(-90, min(90, latitude)), longitude)
    }
    var area = 0.0
    _ = geod_polygon_compute(&ellipsoid, &polygon, 0, 1, &area, nil)
    return area.isFinite && area != 0 ? abs(area) : nil
  }

  /// The area of a polygon of at most a kilometre, where that of geodesics, a difference of areas down to the equator, has lost too
  /// many digits. Sides are straight in longitude and in the area between latitudes. `nil` for a larger polygon.
  private func smallArea(_ longitudes: [Double], _ latitudes: [Double]) -> Double? {
    let most = 0.01
    guard let west = longitudes.min(), let east = longitudes.max(), east - west < most,
      let south = latitudes.min(), let north = latitudes.max(), north - south < most, south >= -90, north <= 90
    else { return nil }
    let radians = Double.pi / 180
    let squared = ellipsoid.f * (2 - ellipsoid.f)
    // Of a strip between latitudes that are a radian apart, one radian wide (J. P. Snyder, Map Projections, 1987, 3-12).
    func density(_ latitude: Double) -> Double {
      let sine = sin(latitude * radians)
      let narrowing = 1 - squared * sine * sine
      return ellipsoid.a * ellipsoid.a * (1 - squared) * cos(latitude * radians) / (narrowing * narrowing)
    }
    let strips = latitudes.map { latitude in
      (latitude - south) * radians * (density(south) + 4 * density((south + latitude) / 2) + density(latitude)) / 6
    }
    var area = 0.0
    for (index, strip) in strips.enumerated() {
      let next = (index + 1) % strips.count
      area += (longitudes[next] - longitudes[index]) * radians * (strip + strips[next]) / 2
    }
    return area != 0 ? abs(area) : nil
  }
}
