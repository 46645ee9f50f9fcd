package import Scenes
import Diagnostics
import CGDAL
import Synchronization

/// Writes a raster of class numbers on the grid of its source.
///
/// The file appears under its name in `finish()`; before that there are only temporary files beside it. Calls from
/// several threads are taken one at a time.
package final class MaskWriter: Sendable {
  package let path: String
  package let width: Int
  package let height: Int
  /// Parts of the source's georeference that GDAL could not carry over, such as `CRS`; normally empty.
  package let lostGeoreference: [String]

  /// Pixels of a side of the blocks in which rows are kept until the result is built.
  static let blockSide = 256
  /// More threads than this make the result no faster.
  private static let mostThreads = 4

  private let output: OutputFile
  private let format: MaskFormat
  private let options: [String]
  /// `nil` once finished or abandoned. Holds a C pointer; used only under `lock`.
  private nonisolated(unsafe) var rows: Dataset?
  private let lock = Mutex(())

  /// Checks everything that can be checked and creates the temporary file, before any work is done.
  ///
  /// - Parameters:
  ///   - path: where the result goes; its directory must exist.
  ///   - source: gives the grid and the position.
  ///   - creationOptions: GDAL's, as `NAME=VALUE`. Defaults: DEFLATE, blocks of 512, MODE overviews in a COG.
  ///   - classes: the palette, and names that are stored as GDAL category names (in the sidecar `.aux.xml`) and as
  ///     `CLASS_n` items of the band's metadata, inside the file except in a PNG.
  ///   - nodata: the value of pixels that are not classified, also of those never written (0 when `nil`).
  ///   - threads: how many may build the result at the end; its bytes do not depend on them.
  /// - Throws: `.exists`, `.invalidOption` (lossy or unknown options, output equal to input, nodata equal to a class
  ///   other than 0), `.io`.
  package init(
    path: String, like source: RasterReader, format: MaskFormat = .cog, creationOptions: [String] = [],
    classes: ClassTable, nodata: UInt8? = 255, overwrite: Bool = false, threads: Int = 1
  ) throws(RasterError) {
    if let nodata, nodata != 0, Int(nodata) < classes.count {
      throw RasterError(
        .invalidOption, path, "nodata \(nodata) is class \"\(classes.names[Int(nodata)])\"",
        remedy: .chooseOtherNodata)
    }
    let options = try format.creationOptions(
      creationOptions, threads: max(1, min(threads, Self.mostThreads)), file: path)
    let output = try OutputFile(
      path, overwrite: overwrite, inputs: [source.path] + source.files, companions: Self.companionSuffixes)
    output.watchTemporaries()
    do throws(RasterError) {
      // Uncompressed, so that a block that is completed later is rewritten in place.
      let dataset = try Dataset(
        creating: output.working, driver: "GTiff", width: source.width, height: source.height, bands: 1, type: .uint8,
        options: [
          "TILED=YES", "BLOCKXSIZE=\(Self.blockSide)", "BLOCKYSIZE=\(Self.blockSide)", "BIGTIFF=IF_SAFER",
          "SPARSE_OK=TRUE",
        ])
      lostGeoreference = source.georeference.apply(to: dataset)
      try Self.describe(dataset.band(1), classes: classes, nodata: nodata, path: path)
      rows = dataset
    } catch {
      output.removeTemporaries()
      throw error.at(path)
    }
    self.path = path
    self.format = format
    self.options = options
    self.output = output
    width = source.width
    height = source.height
  }

  deinit { abandon() }

  /// The files that exist until `finish()` or `abandon()`.
  package var temporaryPaths: [String] { output.temporaries }

  /// Endings of the names of files that come with a mask.
  package static let companionSuffixes = [OutputFile.sidecar]

  private static func describe(
    _ band: GDALRasterBandH, classes: ClassTable, nodata: UInt8?, path: String
  ) throws(RasterError) {
    let failure = GDAL.failure {
      if classes.count > 0 {
        let table = GDALCreateColorTable(GPI_RGB)
        defer { GDALDestroyColorTable(table) }
        // All 256, since PNG refuses values without an entry.
        for id in 0..<256 {
          let rgb = id < classes.count ? classes.entries[id].color : RGB(0, 0, 0)
          var color = GDALColorEntry(c1: Int16(rgb.red), c2: Int16(rgb.green), c3: Int16(rgb.blue), c4: 255)
          GDALSetColorEntry(table, Int32(id), &color)
        }
        _ = GDALSetRasterColorTable(band, table)
      }
      for (id, name) in classes.names.enumerated() { _ = GDALSetMetadataItem(band, "CLASS_\(id)", name, nil) }
      _ = withStringList(classes.names) { GDALSetRasterCategoryNames(band, $0) }
      if let nodata { _ = GDALSetRasterNoDataValue(band, Double(nodata)) }
      return CE_None
    }
    if let failure { throw RasterError(.io, path, "palette, class names or nodata refused (\(failure))") }
  }

  /// Writes a rectangle; rectangles may come in any order and overwrite each other.
  ///
  /// - Parameter pixels: `rows.count * columns.count` class numbers, `[row][column]`.
  /// - Throws: `.io`, for example on a full disk. The writer is best abandoned then.
  package func write(
    rows range: Range<Int>, columns: Range<Int>, pixels: UnsafePointer<UInt8>
  ) throws(RasterError) {
    precondition(range.lowerBound >= 0 && range.upperBound <= height, "rows \(range) of \(height)")
    precondition(columns.lowerBound >= 0 && columns.upperBound <= width, "columns \(columns) of \(width)")
    if range.isEmpty || columns.isEmpty { return }
    try lock.withLock { _ throws(RasterError) in
      guard let dataset = rows else { preconditionFailure("\(path) is finished or abandoned") }
      var extra = rasterIOExtra()
      let width = Int32(columns.count)
      let height = Int32(range.count)
      let failure = GDAL.failure {
        GDALRasterIOEx(
          dataset.band(1), GF_Write, Int32(columns.lowerBound), Int32(range.lowerBound), width, height,
          UnsafeMutableRawPointer(mutating: pixels), width, height, GDT_Byte, 1, Int64(columns.count), &extra)
      }
      if let failure { throw RasterError(.io, path, "cannot write rows \(range) (\(failure))") }
      // What stays in the cache may be flushed by a thread that reads another raster, which would report a full disk as its own.
      do throws(RasterError) { try dataset.flush() } catch { throw error.at(path) }
    }
  }

  /// About the bytes that `finish()` takes for a mask of so many pixels, beside GDAL's cache: what each thread holds of
  /// the rows from which overviews are built, and of blocks being compressed.
  package static func finishBytes(_ format: MaskFormat, pixels: Int, threads: Int) -> Int {
    let pixels = min(pixels, 32 << 20)
    let first = (8 << 20) + min(5 * pixels / 2, 28 << 20)
    let further = (2 << 20) + min(4 * pixels, 26 << 20)
    return format == .png ? first : first + further * (max(1, min(threads, mostThreads)) - 1)
  }

  /// Builds the result and gives it its name. On an error nothing is left.
  ///
  /// - Parameter isCancelled: asked now and then; saying yes ends the work with an error of kind `.io`.
  package func finish(isCancelled: () -> Bool = { false }) throws(RasterError) {
    try lock.withLock { _ throws(RasterError) in
      guard let dataset = rows else { preconditionFailure("\(path) is finished or abandoned") }
      rows = nil
      defer { output.removeTemporaries() }
      do throws(RasterError) {
        try dataset.flush()
        try dataset.copy(to: output.partial, driver: format.rawValue, options: options, isCancelled: isCancelled)
        try dataset.close()
        try output.commit()
      } catch {
        throw error.at(path)
      }
    }
  }

  /// Removes the temporary files; does nothing after `finish()`.
  package func abandon() {
    lock.withLock { _ in
      guard let dataset = rows else { return }
      rows = nil
      try? dataset.close()
      output.removeTemporaries()
    }
  }
}

extension RasterError {
  /// The same error, told about the file the user knows.
  func at(_ file: String) -> RasterError {
    RasterError(kind, file, part: site.part, what, remedy: remedy)
  }
}
