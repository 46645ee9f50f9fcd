import Diagnostics
import CGDAL

/// PROJ's database of coordinate reference systems, without which GDAL loses the CRS of what it reads or writes.
package enum CoordinateDatabase {
  /// What PROJ says when it is asked for a system, `nil` when it answers.
  private static let failure: String? = {
    GDAL.start()
    let reference = OSRNewSpatialReference(nil)
    defer { OSRRelease(reference) }
    CPLErrorReset()
    return OSRImportFromEPSG(reference, 4326) == OGRErr(OGRERR_NONE) ? nil : GDAL.lastMessage
  }()

  /// Opens a raster only if the database cannot be used, to see whether it needs it.
  /// - Throws: `.environment` if it does, and what opening it throws.
  package static func check(path: String) throws(RasterError) {
    if failure != nil { try check(Dataset(reading: path)) }
  }

  /// Takes a dataset that has just been opened, while GDAL's last message is of that.
  static func check(_ dataset: Dataset) throws(RasterError) {
    // Asking for the failure would forget the message.
    let opening = GDAL.lastMessage
    guard let failure else { return }
    let hasCRS =
      GDALGetSpatialRef(dataset.handle) != nil || GDALGetGCPSpatialRef(dataset.handle) != nil
      || (opening + GDAL.lastMessage).contains("proj.db")
    if hasCRS {
      throw RasterError(
        .environment, dataset.path, part: "CRS", "PROJ cannot use its database proj.db (\(failure))",
        remedy: .locateProjectionDatabase)
    }
  }
}
