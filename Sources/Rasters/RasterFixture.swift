package import Scenes
import CGDAL

/// A small raster made for a test, in any layout GDAL can write.
package struct RasterFixture: Sendable {
  package var width: Int
  package var height: Int
  package var bands: Int
  package var type: PixelType
  /// GDAL creation options, `NAME=VALUE`.
  package var options: [String] = []
  package var driver = "GTiff"
  package var nodata: Double?
  /// Of all bands.
  package var scaling: (scale: Double, offset: Double)?
  /// The last band is alpha.
  package var hasAlpha = false
  /// One byte per pixel, 0 where the internal mask hides it.
  package var mask: [UInt8]?
  /// A one-band raster gets a palette.
  package var hasPalette = false
  package var georeference = Georeference()

  package init(_ width: Int, _ height: Int, bands: Int, type: PixelType) {
    self.width = width
    self.height = height
    self.bands = bands
    self.type = type
  }

  /// Writes `samples`, interleaved `[row][column][band]` and converted to the raster's type by GDAL.
  package func write(_ samples: [Double], to path: String) throws(RasterError) {
    precondition(samples.count == width * height * bands, "\(samples.count) samples for \(width)x\(height)x\(bands)")
    // Before GDAL 3.7 signed bytes are bytes with a mark.
    let isMarked = type == .int8 && PixelType.signedByte == nil
    let dataset = try Dataset(
      creating: path, driver: driver, width: width, height: height, bands: bands, type: type,
      options: options + (isMarked ? ["PIXELTYPE=SIGNEDBYTE"] : []))
    _ = georeference.apply(to: dataset)
    let failure = GDAL.failure {
      for band in 1...bands {
        if let nodata { _ = GDALSetRasterNoDataValue(dataset.band(band), nodata) }
        if let scaling {
          _ = GDALSetRasterScale(dataset.band(band), scaling.scale)
          _ = GDALSetRasterOffset(dataset.band(band), scaling.offset)
        }
      }
      if hasAlpha { _ = GDALSetRasterColorInterpretation(dataset.band(bands), GCI_AlphaBand) }
      if hasPalette {
        let table = GDALCreateColorTable(GPI_RGB)
        var color = GDALColorEntry(c1: 10, c2: 20, c3: 30, c4: 255)
        GDALSetColorEntry(table, 0, &color)
        _ = GDALSetRasterColorTable(dataset.band(1), table)
        GDALDestroyColorTable(table)
      }
      var samples = isMarked ? samples.map { $0 < 0 ? $0 + 256 : $0 } : samples
      var extra = rasterIOExtra()
      let stride = Int64(bands * 8)
      return GDALDatasetRasterIOEx(
        dataset.handle, GF_Write, 0, 0, Int32(width), Int32(height), &samples, Int32(width), Int32(height), GDT_Float64,
        Int32(bands), nil, stride, stride * Int64(width), 8, &extra)
    }
    if let failure { throw RasterError(.io, path, "cannot be written (\(failure))") }
    if var mask {
      CPLSetThreadLocalConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES")
      defer { CPLSetThreadLocalConfigOption("GDAL_TIFF_INTERNAL_MASK", nil) }
      let failure = GDAL.failure {
        guard GDALCreateDatasetMaskBand(dataset.handle, GMF_PER_DATASET) == CE_None else { return CE_Failure }
        var extra = rasterIOExtra()
        return GDALRasterIOEx(
          GDALGetMaskBand(dataset.band(1)), GF_Write, 0, 0, Int32(width), Int32(height), &mask, Int32(width),
          Int32(height), GDT_Byte, 1, Int64(width), &extra)
      }
      if let failure { throw RasterError(.io, path, "cannot be written (\(failure))") }
    }
    try dataset.close()
  }
}

/// What a mask file holds besides pixels.
package struct MaskFacts: Hashable, Sendable {
  package let classNames: [String]
  package let embeddedNames: [String]
  package let palette: [RGB]
  package let nodata: Double?
  package let overviews: Int
  package let blockSize: [Int]

  package init(path: String) throws(RasterError) {
    let dataset = try Dataset(reading: path)
    let band = dataset.band(1)
    // Metadata first: it makes the GTiff driver load the sidecar, the category names alone do not.
    embeddedNames = strings(GDALGetMetadata(band, nil)).filter { $0.hasPrefix("CLASS_") }
    classNames = strings(GDALGetRasterCategoryNames(band))
    let table = GDALGetRasterColorTable(band)
    palette = (0..<(table.map { GDALGetColorEntryCount($0) } ?? 0)).compactMap { index in
      GDALGetColorEntry(table, index).map { RGB(UInt8($0.pointee.c1), UInt8($0.pointee.c2), UInt8($0.pointee.c3)) }
    }
    var exists: Int32 = 0
    let value = GDALGetRasterNoDataValue(band, &exists)
    nodata = exists != 0 ? value : nil
    overviews = Int(GDALGetOverviewCount(band))
    var size: (Int32, Int32) = (0, 0)
    GDALGetBlockSize(band, &size.0, &size.1)
    blockSize = [Int(size.0), Int(size.1)]
  }
}
