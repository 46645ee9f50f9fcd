import CGDAL

/// A GDAL dataset; the handle lives as long as the object unless it is closed before. Not thread-safe.
final class Dataset {
  let path: String
  private var open: GDALDatasetH?

  init(path: String, handle: GDALDatasetH) {
    self.path = path
    open = handle
  }

  /// Opens a raster for reading, by any name of GDAL's.
  /// - Throws: what `DatasetName.check` throws, `.notFound`, `.malformed`.
  convenience init(reading path: String) throws(RasterError) {
    let name = DatasetName(path)
    try name.check()
    GDAL.setNetwork(allowed: name.isRemote)
    CPLErrorReset()
    let flags = UInt32(GDAL_OF_RASTER | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR)
    guard let handle = GDALOpenEx(path, flags, nil, nil, nil) else {
      let isSomewhere = !name.files.isEmpty || name.isRemote || path.hasPrefix("/vsi")
      throw RasterError(
        isSomewhere ? .malformed : .notFound, path,
        "\(isSomewhere ? "not a readable raster" : "no such file or dataset") (\(GDAL.lastMessage))")
    }
    self.init(path: path, handle: handle)
  }

  deinit { GDALClose(open) }

  /// The handle; using a closed dataset is a programmer error.
  var handle: GDALDatasetH {
    guard let open else { preconditionFailure("\(path) is closed") }
    return open
  }

  var width: Int { Int(GDALGetRasterXSize(handle)) }
  var height: Int { Int(GDALGetRasterYSize(handle)) }
  var bandCount: Int { Int(GDALGetRasterCount(handle)) }

  /// Band `number`, counted from 1, which must exist.
  func band(_ number: Int) -> GDALRasterBandH {
    guard let band = GDALGetRasterBand(handle, Int32(number)) else { preconditionFailure("no band \(number)") }
    return band
  }

  /// Flushes and closes, reporting what could not be written.
  func close() throws(RasterError) {
    guard let handle = open else { return }
    open = nil
    let failure = GDAL.failure {
      GDALClose(handle)
      return CE_None
    }
    if let failure { throw RasterError(.io, path, "cannot write (\(failure))") }
  }

  /// The names of the rasters in a file that holds several.
  var subdatasets: [String] {
    strings(GDALGetMetadata(handle, "SUBDATASETS")).compactMap { item in
      guard let equals = item.firstIndex(of: "="), item[..<equals].hasSuffix("_NAME") else { return nil }
      return String(item[item.index(after: equals)...])
    }
  }

  /// The paths of the files that make up the dataset.
  var files: [String] {
    let list = GDALGetFileList(handle)
    defer { CSLDestroy(list) }
    return strings(list)
  }
}
