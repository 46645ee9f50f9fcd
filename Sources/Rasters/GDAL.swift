import Diagnostics
import CGDAL

/// GDAL's process-wide state: drivers, configuration, error reporting.
enum GDAL {
  /// Drivers that fetch from a network or a server; a local file must not be able to make the process do so.
  private static let networkDrivers =
    "WCS WMS WMTS HTTP PLMOSAIC PostGISRaster EEDAI DAAS OGCAPI STACTA STACIT NGW"

  /// Registers the drivers on first use, so that commands without rasters do not pay for it.
  private static let registered: Void = {
    CPLSetConfigOption("GDAL_SKIP", networkDrivers)
    CPLSetConfigOption("GDAL_ERROR_ON_LIBJPEG_WARNING", "YES")
    CPLSetErrorHandler(CPLQuietErrorHandler)
    GDALAllRegister()
    GDALSetCacheMax64(Int64(smallestCache))
  }()

  static func start() { registered }

  /// Bytes of decoded blocks that GDAL keeps, for all datasets together.
  private static let smallestCache = 16 << 20

  /// Lets the cache hold two rows of a mask's blocks, which is what building its overviews reads again and again.
  /// - Returns: the bytes that the cache may grow to.
  static func fitCache(width: Int) -> Int {
    start()
    let bytes = max(smallestCache, 2 * MaskWriter.blockSide * width)
    GDALSetCacheMax64(Int64(bytes))
    return bytes
  }

  /// `/vsicurl/` and its kin open nothing until the user names such a path: a local VRT cannot reach the network.
  static func setNetwork(allowed: Bool) {
    start()
    CPLSetConfigOption("CPL_VSIL_CURL_ALLOWED_FILENAME", allowed ? nil : "none")
  }

  static var lastMessage: String {
    let message = printable(String(cString: CPLGetLastErrorMsg()))
    return message.isEmpty ? "no reason given" : message
  }

  /// Runs `body` and reports GDAL's message if it, or anything that it flushed, raised an error.
  static func failure(of body: () -> CPLErr) -> String? {
    CPLErrorReset()
    let status = body()
    let raised = CPLGetLastErrorType()
    return status.rawValue >= CE_Failure.rawValue || raised.rawValue >= CE_Failure.rawValue ? lastMessage : nil
  }
}

/// A `NAME=VALUE` list in the form GDAL takes, alive for the duration of `body`.
func withStringList<R>(_ items: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> R) -> R {
  var list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
  for item in items { list = CSLAddString(list, item) }
  defer { CSLDestroy(list) }
  return body(list)
}

/// The items of a list that GDAL owns.
func strings(_ list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> [String] {
  (0..<CSLCount(list)).compactMap { CSLGetField(list, $0).map { String(cString: $0) } }
}
