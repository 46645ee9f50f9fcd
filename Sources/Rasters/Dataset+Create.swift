import CGDAL

extension Dataset {
  /// Creates a raster that can be written in any order.
  convenience init(
    creating path: String, driver name: String, width: Int, height: Int, bands: Int, type: PixelType, options: [String]
  ) throws(RasterError) {
    GDAL.start()
    CPLErrorReset()
    guard let driver = GDALGetDriverByName(name), let columns = Int32(exactly: width),
      let rows = Int32(exactly: height),
      let handle = withStringList(
        options, { GDALCreate(driver, path, columns, rows, Int32(bands), type.gdal, $0) })
    else { throw RasterError(.io, path, "cannot be created (\(GDAL.lastMessage))") }
    self.init(path: path, handle: handle)
  }

  /// Builds a complete file in another format.
  func copy(to path: String, driver name: String, options: [String]) throws(RasterError) {
    CPLErrorReset()
    guard let driver = GDALGetDriverByName(name),
      let copy = withStringList(options, { GDALCreateCopy(driver, path, handle, 1, $0, nil, nil) })
    else { throw RasterError(.io, path, "cannot be written (\(GDAL.lastMessage))") }
    let raised = CPLGetLastErrorType().rawValue >= CE_Failure.rawValue
    let message = GDAL.lastMessage
    let result = Dataset(path: path, handle: copy)
    try result.close()
    if raised { throw RasterError(.io, path, "cannot be written (\(message))") }
  }

  /// Flushes what is cached.
  func flush() throws(RasterError) {
    let failure = GDAL.failure {
      GDALFlushCache(handle)
      return CE_None
    }
    if let failure { throw RasterError(.io, path, "cannot be written (\(failure))") }
  }
}
