import CGDAL

/// The decoded rows around the one last asked for: whole rows of blocks, in planes, so that each block is decoded once.
final class BlockRows {
  private enum Limit {
    /// Bytes of decoded rows kept.
    static let buffer = 256 << 20
    /// Bytes of one block in all bands, which GDAL must decode at once.
    static let block = 2 << 30
    /// Rows fetched by one call when blocks are lower.
    static let rows = 16
  }

  let blockHeight: Int
  /// Bytes of a pixel and of one block in all bands, decoded.
  let pixelBytes: Int, blockBytes: Int
  private let dataset: Dataset
  private let width: Int
  private let height: Int
  private let blockWidth: Int
  private let channels: Int
  private let hasAlpha: Bool
  /// The chosen bands, then alpha.
  private let planes: [Int32]
  private let type: PixelType
  private let mask: GDALRasterBandH?
  /// One per channel, or `nil` when no pixel can be masked by value.
  private let nodata: [Double]?

  private var rows = 0..<0
  private var columns = 0..<0
  private var samples: [UInt8] = []
  private var maskRows: [UInt8] = []
  private var scratch: [UInt8] = []

  init(_ dataset: Dataset, selection: BandSelection, pixelType: PixelType) throws(RasterError) {
    self.dataset = dataset
    width = dataset.width
    height = dataset.height
    channels = selection.chosen.count
    hasAlpha = selection.alpha != nil
    planes = (selection.chosen + (selection.alpha.map { [$0] } ?? [])).map(Int32.init)
    type = pixelType.buffered
    let first = dataset.band(selection.chosen[0])
    var blockSize: (Int32, Int32) = (0, 0)
    GDALGetBlockSize(first, &blockSize.0, &blockSize.1)
    blockWidth = max(1, Int(blockSize.0))
    blockHeight = max(1, min(Int(blockSize.1), dataset.height))

    let sampleBytes = max(1, Int(GDALGetDataTypeSizeBytes(GDALGetRasterDataType(first))))
    let factors = [Int(blockSize.0), Int(blockSize.1), sampleBytes, dataset.bandCount]
    let bytes = factors.reduce((bytes: 1, overflow: false)) { total, factor in
      let product = total.bytes.multipliedReportingOverflow(by: factor)
      return (product.partialValue, total.overflow || product.overflow)
    }
    guard !bytes.overflow, bytes.bytes <= Limit.block else {
      throw RasterError(
        .unsupported, dataset.path, "stored in blocks of \(blockSize.0)x\(blockSize.1) pixels, over 2 GiB each",
        hint: "retile with gdal_translate -co TILED=YES")
    }

    (pixelBytes, blockBytes) = (sampleBytes * dataset.bandCount, bytes.bytes)
    let flags = GDALGetMaskFlags(first)
    let byValueOrAlpha = flags & (GMF_ALL_VALID | GMF_ALPHA) != 0 || flags == GMF_NODATA
    mask = byValueOrAlpha ? nil : GDALGetMaskBand(first)
    let values = selection.chosen.map { number -> Double? in
      var exists: Int32 = 0
      let value = GDALGetRasterNoDataValue(dataset.band(number), &exists)
      return exists != 0 ? value : nil
    }
    nodata = values.contains(nil) ? nil : values.compactMap { $0 }
  }

  /// Makes one row available.
  func load(_ row: Int, columns wanted: Range<Int>) throws(RasterError) {
    if rows.contains(row), columns.lowerBound <= wanted.lowerBound, wanted.upperBound <= columns.upperBound { return }
    rows = 0..<0
    let left = wanted.lowerBound / blockWidth * blockWidth
    let blocksRight = (wanted.upperBound + blockWidth - 1) / blockWidth
    let (right, overflow) = blocksRight.multipliedReportingOverflow(by: blockWidth)
    let newColumns = left..<(overflow ? width : min(width, right))
    let step = rowsAtOnce(rowBytes(newColumns.count))
    let top = row / step * step
    let newRows = top..<min(height, top + step)
    try fetch(newRows, newColumns)
    rows = newRows
    columns = newColumns
  }

  /// Bytes of the buffer for whole rows.
  var bufferBytes: Int { min(rowsAtOnce(rowBytes(width)), height) * rowBytes(width) }

  private func rowBytes(_ columns: Int) -> Int { columns * (planes.count * type.byteCount + (mask == nil ? 0 : 1)) }

  private func rowsAtOnce(_ rowBytes: Int) -> Int {
    let wholeBlocks = (Limit.rows + blockHeight - 1) / blockHeight * blockHeight
    return max(1, min(wholeBlocks, Limit.buffer / rowBytes))
  }

  private func fetch(_ rows: Range<Int>, _ columns: Range<Int>) throws(RasterError) {
    let needed = rows.count * columns.count * planes.count * type.byteCount
    if samples.count < needed { samples = [UInt8](repeating: 0, count: needed) }
    var extra = rasterIOExtra()
    let x = Int32(columns.lowerBound)
    let y = Int32(rows.lowerBound)
    let w = Int32(columns.count)
    let h = Int32(rows.count)
    let lineBytes = columns.count * type.byteCount
    var bandMap = planes
    var failure = samples.withUnsafeMutableBytes { buffer in
      GDAL.failure {
        GDALDatasetRasterIOEx(
          dataset.handle, GF_Read, x, y, w, h, buffer.baseAddress, w, h, type.gdal, Int32(bandMap.count), &bandMap,
          Int64(type.byteCount), Int64(lineBytes * planes.count), Int64(lineBytes), &extra)
      }
    }
    // libtiff reports a damaged JPEG stream as a warning and goes on with grey.
    let warning = GDAL.lastMessage
    if failure == nil, warning.contains("JPEGLib:"), !warning.contains("extraneous bytes") { failure = warning }
    if failure == nil, let mask {
      if maskRows.count < rows.count * columns.count {
        maskRows = [UInt8](repeating: 0, count: rows.count * columns.count)
      }
      failure = maskRows.withUnsafeMutableBytes { buffer in
        GDAL.failure {
          GDALRasterIOEx(
            mask, GF_Read, x, y, w, h, buffer.baseAddress, w, h, GDT_Byte, 1, Int64(columns.count), &extra)
        }
      }
    }
    if let failure {
      throw RasterError(
        .malformed, dataset.path, part: "rows \(rows.lowerBound)..<\(rows.upperBound)",
        "cannot be decoded (\(failure))",
        hint: "the file is truncated or corrupt")
    }
  }

  /// Converts a part of a loaded row.
  func deliver(
    _ row: Int, columns wanted: Range<Int>, scale: [Float], offset: [Float],
    samples output: UnsafeMutablePointer<Float>, valid: UnsafeMutablePointer<UInt8>
  ) {
    let line = row - rows.lowerBound
    let left = wanted.lowerBound - columns.lowerBound
    if mask != nil {
      for x in 0..<wanted.count { valid[x] = maskRows[line * columns.count + left + x] != 0 ? 1 : 0 }
    } else {
      valid.update(repeating: 1, count: wanted.count)
    }
    if scratch.count < wanted.count { scratch = [UInt8](repeating: 0, count: wanted.count) }
    samples.withUnsafeBytes { bytes in
      scratch.withUnsafeMutableBufferPointer { scratch in
        guard let base = bytes.baseAddress, let scratch = scratch.baseAddress else { return }
        func convert<S: Sample>(_: S.Type) {
          let planeStride = columns.count
          let start = base.assumingMemoryBound(to: S.self) + line * planes.count * planeStride + left
          let row = PlanarRow(start: start, planeStride: planeStride, count: wanted.count, channels: channels)
          row.interleave(scale: scale, offset: offset, into: output)
          if S.self == Float.self { row.repairNonFinite(offset: offset, in: output, valid: valid) }
          if let nodata { row.markNodata(nodata, valid: valid, scratch: scratch) }
          if hasAlpha { row.markTransparent(alphaPlane: channels, valid: valid) }
        }
        switch type {
        case .uint8: convert(UInt8.self)
        case .uint16: convert(UInt16.self)
        case .int16: convert(Int16.self)
        default: convert(Float.self)
        }
      }
    }
  }
}

/// GDAL's optional arguments of a read or write in their initial state.
func rasterIOExtra(resampling: GDALRIOResampleAlg = GRIORA_NearestNeighbour) -> GDALRasterIOExtraArg {
  var extra = GDALRasterIOExtraArg()
  extra.nVersion = RASTERIO_EXTRA_ARG_CURRENT_VERSION
  extra.eResampleAlg = resampling
  return extra
}
