import CGDAL

extension Georeference {
  init(reading dataset: Dataset) {
    let handle = dataset.handle
    var transform = [Double](repeating: 0, count: 6)
    let hasTransform = GDALGetGeoTransform(handle, &transform) == CE_None
    self.init(
      crs: GDALGetSpatialRef(handle).flatMap(CRS.init),
      geotransform: hasTransform ? transform : nil,
      controlPoints: Self.controlPoints(of: handle),
      controlPointCRS: GDALGetGCPSpatialRef(handle).flatMap(CRS.init),
      areaOrPoint: GDALGetMetadataItem(handle, "AREA_OR_POINT", nil).map { String(cString: $0) },
      rpc: strings(GDALGetMetadata(handle, "RPC")))
  }

  private static func controlPoints(of handle: GDALDatasetH) -> [ControlPoint] {
    guard let points = GDALGetGCPs(handle) else { return [] }
    return (0..<Int(GDALGetGCPCount(handle))).map { index in
      let p = points[index]
      return ControlPoint(
        id: p.pszId.map { String(cString: $0) } ?? "", info: p.pszInfo.map { String(cString: $0) } ?? "",
        column: p.dfGCPPixel, row: p.dfGCPLine, x: p.dfGCPX, y: p.dfGCPY, z: p.dfGCPZ)
    }
  }

  /// Gives a dataset under construction this position. Returns the names of the parts that GDAL refused.
  func apply(to dataset: Dataset) -> [String] {
    let handle = dataset.handle
    var refused: [String] = []
    func attempt(_ part: String, _ body: () -> CPLErr) {
      if GDAL.failure(of: body) != nil { refused.append(part) }
    }
    // The driver shifts the geotransform of PixelIsPoint rasters, so it must know first.
    if let areaOrPoint {
      attempt("AREA_OR_POINT") { GDALSetMetadataItem(handle, "AREA_OR_POINT", areaOrPoint, nil) }
    }
    if let crs { attempt("CRS") { crs.withGDAL { $0.map { GDALSetSpatialRef(handle, $0) } ?? CE_Failure } } }
    if var transform = geotransform { attempt("geotransform") { GDALSetGeoTransform(handle, &transform) } }
    if !controlPoints.isEmpty { attempt("control points") { setControlPoints(of: handle) } }
    if !rpc.isEmpty { attempt("RPC") { withStringList(rpc) { GDALSetMetadata(handle, $0, "RPC") } } }
    return refused
  }

  private func setControlPoints(of handle: GDALDatasetH) -> CPLErr {
    let points = controlPoints.map { p in
      GDAL_GCP(
        pszId: CPLStrdup(p.id), pszInfo: CPLStrdup(p.info), dfGCPPixel: p.column, dfGCPLine: p.row,
        dfGCPX: p.x, dfGCPY: p.y, dfGCPZ: p.z)
    }
    defer {
      for point in points {
        VSIFree(point.pszId)
        VSIFree(point.pszInfo)
      }
    }
    guard let crs = controlPointCRS else { return GDALSetGCPs2(handle, Int32(points.count), points, nil) }
    return crs.withGDAL { GDALSetGCPs2(handle, Int32(points.count), points, $0) }
  }
}

extension Georeference.CRS {
  /// `nil` for a system that has no WKT form.
  fileprivate init?(_ reference: OGRSpatialReferenceH) {
    var text: UnsafeMutablePointer<CChar>?
    defer { VSIFree(text) }
    let exported = withStringList(["FORMAT=WKT2_2019"]) { options in
      options.map {
        OSRExportToWktEx(reference, &text, UnsafeRawPointer($0).assumingMemoryBound(to: UnsafePointer<CChar>?.self))
      }
    }
    guard exported == OGRErr(OGRERR_NONE), let text, text.pointee != 0 else { return nil }
    var count: Int32 = 0
    let axes = OSRGetDataAxisToSRSAxisMapping(reference, &count)
    self.init(
      wkt: String(cString: text),
      axisMapping: axes.map { axes in (0..<Int(count)).map { Int(axes[$0]) } } ?? [],
      epoch: OSRGetCoordinateEpoch(reference))
  }

  /// Calls `body` with GDAL's form of the system, `nil` when it does not understand the text.
  func withGDAL<R>(_ body: (OGRSpatialReferenceH?) -> R) -> R {
    let reference = OSRNewSpatialReference(wkt)
    defer { OSRRelease(reference) }
    if reference != nil {
      if !axisMapping.isEmpty {
        _ = OSRSetDataAxisToSRSAxisMapping(reference, Int32(axisMapping.count), axisMapping.map(Int32.init))
      }
      if epoch != 0 { OSRSetCoordinateEpoch(reference, epoch) }
    }
    return body(reference)
  }
}
