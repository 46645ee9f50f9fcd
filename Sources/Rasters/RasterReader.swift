import Diagnostics
import CGDAL
import Synchronization

/// A raster read by rows, converted to scaled Float samples and a mask of valid pixels.
///
/// Rows are best asked for from top to bottom: then every compressed block is decoded once. Calls from several threads
/// are taken one at a time.
package final class RasterReader: Sendable {
  package let path: String
  package let width: Int
  package let height: Int
  /// The number of bands that are not alpha, or of all where alpha is not looked at.
  package let bandCount: Int
  /// The chosen bands, counted from 1 over all bands of the file.
  package let bands: [Int]
  /// The type of each chosen band; float32 where its scale and offset are applied.
  package let bandTypes: [PixelType]
  /// The band whose 0 hides pixels, counted from 1.
  package let alphaBand: Int?
  /// What the file says the samples of each chosen band mean; `nil` where they are what they are.
  package let bandScalings: [BandScaling?]
  /// Rows of the blocks in which the raster is stored.
  package let blockHeight: Int
  package let georeference: Georeference
  /// The file's description of each chosen band, often empty.
  package let bandDescriptions: [String]
  /// Every file of the dataset, sidecars included.
  package let files: [String]
  /// Bytes that reading whole rows takes at most: the decoded rows of a row of blocks, and a block being decoded.
  package let bufferBytes: Int
  /// Bytes that GDAL's cache may grow to with this raster and a mask of its size.
  package let cacheBytes: Int

  /// Holds C pointers; used only under `lock`.
  private nonisolated(unsafe) let source: BlockRows
  private let lock = Mutex(())

  /// Opens a raster in any format of GDAL.
  ///
  /// - Parameters:
  ///   - path: a file or another name of GDAL's (see `DatasetName`). The network is used only when the name itself asks for it.
  ///   - bands: the bands to read in order, counted from 1; by default the first `channels` ones that are not alpha,
  ///     which must be marked red, green, blue if there are more.
  ///   - channels: the number of bands the model takes; by default all that are not alpha.
  ///   - validity: what of the file hides pixels.
  ///   - isScaled: applies scale and offset of the bands to their samples.
  /// - Throws: `.notFound`, `.malformed`, `.unsupported` (complex samples, no bands, blocks over 2 GiB), `.bandCount`, and
  ///   `.environment` for a raster with a CRS where PROJ has no database.
  package init(
    path: String, bands: [Int]? = nil, channels: Int? = nil, validity: ValiditySources = .all, isScaled: Bool = false
  ) throws(RasterError) {
    let dataset = try Dataset(reading: path)
    try CoordinateDatabase.check(dataset)
    guard dataset.bandCount > 0 else { throw dataset.hasNoBands }
    let selection = try BandSelection(dataset, bands: bands, channels: channels, validity: validity)
    let types = try selection.chosen.map { (number) throws(RasterError) in try dataset.pixelType(number) }
    let scalings = selection.chosen.map { BandScaling(dataset.band($0)) }
    let applied = isScaled ? scalings : types.map { _ in nil }
    let rows = try BlockRows(dataset, selection: selection, types: types, validity: validity, scalings: applied)
    self.path = path
    bandTypes = zip(types, applied).map { $1 == nil ? $0 : .float32 }
    bandScalings = scalings
    alphaBand = selection.alpha
    width = dataset.width
    height = dataset.height
    bandCount = selection.dataBands.count
    self.bands = selection.chosen
    blockHeight = rows.blockHeight
    bufferBytes = rows.bufferBytes + rows.blockBytes
    let pixels = dataset.width.multipliedReportingOverflow(by: dataset.height)
    let cached = pixels.partialValue.multipliedReportingOverflow(by: rows.pixelBytes + 1)
    let cache = GDAL.fitCache(width: dataset.width)
    cacheBytes = pixels.overflow || cached.overflow ? cache : min(cache, cached.partialValue)
    georeference = Georeference(reading: dataset)
    bandDescriptions = selection.chosen.map { number in
      GDALGetDescription(dataset.band(number)).map { printable(String(cString: $0)) } ?? ""
    }
    files = dataset.files + DatasetName(path).files.filter { $0 != path }
    source = rows
  }

  /// Reads a rectangle of the chosen bands.
  ///
  /// - Parameters:
  ///   - rows: within `0..<height`.
  ///   - columns: within `0..<width`.
  ///   - scale: a factor per channel.
  ///   - offset: a summand per channel: a sample becomes `value * scale + offset`.
  ///   - samples: room for `rows.count * columns.count * bands.count` samples, interleaved `[row][column][channel]`. A
  ///     sample that is NaN or infinite is delivered as 0 before scaling, and its pixel is not valid.
  ///   - valid: room for `rows.count * columns.count` flags: 0 where alpha is 0, where the file's mask says so, where
  ///     every chosen band equals its nodata value (as far as these are looked at), and where a sample is not finite; 1
  ///     elsewhere.
  /// - Throws: `.malformed`, naming the rows, when a block is truncated or corrupt. Other rows stay readable.
  package func readRows(
    _ rows: Range<Int>, columns: Range<Int>, scale: [Float], offset: [Float],
    into samples: UnsafeMutablePointer<Float>, valid: UnsafeMutablePointer<UInt8>
  ) throws(RasterError) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= height, "rows \(rows) of \(height)")
    precondition(columns.lowerBound >= 0 && columns.upperBound <= width, "columns \(columns) of \(width)")
    precondition(scale.count == bands.count && offset.count == bands.count, "a scale and an offset per channel")
    try lock.withLock { _ throws(RasterError) in
      for (index, row) in rows.enumerated() where !columns.isEmpty {
        try source.load(row, columns: columns)
        source.deliver(
          row, columns: columns, scale: scale, offset: offset,
          samples: samples + index * columns.count * scale.count, valid: valid + index * columns.count)
      }
    }
  }
}

extension Dataset {
  /// The error for a file that is a raster only by parts of it.
  fileprivate var hasNoBands: RasterError {
    let names = subdatasets
    let shown = names.prefix(3).map(printable).joined(separator: ", ")
    let more = names.count > 3 ? " and \(names.count - 3) more" : ""
    return RasterError(
      .unsupported, path, "no raster bands",
      remedy: names.isEmpty ? nil : .advice("name one of its rasters: \(shown)\(more)"))
  }
}
