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

  /// Builds a complete file in another format, unless it is cancelled.
  func copy(
    to path: String, driver name: String, options: [String], isCancelled: () -> Bool = { false }
  ) throws(RasterError) {
    CPLErrorReset()
    guard let driver = GDALGetDriverByName(name),
      let copy = withStringList(
        options,
        { options in
          withProgress(isCancelled) { GDALCreateCopy(driver, path, handle, 1, options, $0, $1) }
        })
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

/// Calls `body` with a progress function of GDAL's, and its argument, that stops the work when `isCancelled` says so.
private func withProgress<R>(
  _ isCancelled: () -> Bool, _ body: (GDALProgressFunc, UnsafeMutableRawPointer) -> R
) -> R {
  withoutActuallyEscaping(isCancelled) { isCancelled in
    var question = isCancelled
    return withUnsafeMutablePointer(to: &question) { question in
      body(
        { _, _, argument in
          guard let argument else { return 1 }
          return argument.assumingMemoryBound(to: (() -> Bool).self).pointee() ? 0 : 1
        }, question)
    }
  }
}
