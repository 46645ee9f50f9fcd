import Diagnostics
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
  private let mask: GDALRasterBandH?
  /// One per channel, or `nil` when no pixel can be masked by value.
  private let nodata: [Double]?
  /// What is made of each channel's samples first.
  private let scalings: [BandScaling?]

  private var rows = 0..<0
  private var columns = 0..<0
  private var runs: [BandRun]
  private var maskRows: [UInt8] = []
  private var scratch: [UInt8] = []

  /// - Parameters:
  ///   - types: of the chosen bands.
  ///   - validity: what hides pixels beside the alpha band of the selection.
  ///   - scalings: of each chosen band, what is applied to its samples.
  init(
    _ dataset: Dataset, selection: BandSelection, types: [PixelType], validity: ValiditySources,
    scalings: [BandScaling?]
  ) throws(RasterError) {
    self.dataset = dataset
    self.scalings = scalings
    width = dataset.width
    height = dataset.height
    channels = selection.chosen.count
    runs = try BandRun.all(dataset, selection, types: types)
    let first = dataset.band(selection.chosen[0])
    var blockSize: (Int32, Int32) = (0, 0)
    GDALGetBlockSize(first, &blockSize.0, &blockSize.1)
    blockWidth = max(1, Int(blockSize.0))
    blockHeight = max(1, min(Int(blockSize.1), dataset.height))

    pixelBytes = (1...dataset.bandCount).reduce(0) {
      $0 + max(1, Int(GDALGetDataTypeSizeBytes(GDALGetRasterDataType(dataset.band($1)))))
    }
    let factors = [Int(blockSize.0), Int(blockSize.1), pixelBytes]
    let bytes = factors.reduce((bytes: 1, overflow: false)) { total, factor in
      let product = total.bytes.multipliedReportingOverflow(by: factor)
      return (product.partialValue, total.overflow || product.overflow)
    }
    guard !bytes.overflow, bytes.bytes <= Limit.block else {
      throw RasterError(
        .unsupported, dataset.path, "stored in blocks of \(blockSize.0)x\(blockSize.1) pixels, over 2 GiB each",
        remedy: .advice("retile with gdal_translate -co TILED=YES"))
    }
    blockBytes = bytes.bytes
    mask = Self.maskBand(first, validity)
    nodata = validity.contains(.nodata) ? Self.nodataValues(selection.chosen.map(dataset.band)) : nil
  }

  /// The mask that is read beside the samples; alpha and a nodata value of each band show in the samples themselves.
  private static func maskBand(_ band: GDALRasterBandH, _ validity: ValiditySources) -> GDALRasterBandH? {
    let flags = GDALGetMaskFlags(band)
    if flags & (GMF_ALL_VALID | GMF_ALPHA) != 0 || flags == GMF_NODATA { return nil }
    // A mask of the dataset that comes from values of several bands.
    let source: ValiditySources = flags & GMF_NODATA != 0 ? .nodata : .mask
    return validity.contains(source) ? GDALGetMaskBand(band) : nil
  }

  private static func nodataValues(_ bands: [GDALRasterBandH]) -> [Double]? {
    let values = bands.map { band -> Double? in
      var exists: Int32 = 0
      let value = GDALGetRasterNoDataValue(band, &exists)
      return exists != 0 ? value : nil
    }
    return values.contains(nil) ? nil : values.compactMap { $0 }
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

  private func rowBytes(_ columns: Int) -> Int {
    columns * (runs.reduce(0) { $0 + $1.pixelBytes } + (mask == nil ? 0 : 1))
  }

  private func rowsAtOnce(_ rowBytes: Int) -> Int {
    let wholeBlocks = (Limit.rows + blockHeight - 1) / blockHeight * blockHeight
    return max(1, min(wholeBlocks, Limit.buffer / rowBytes))
  }

  private func fetch(_ rows: Range<Int>, _ columns: Range<Int>) throws(RasterError) {
    var failure: String?
    for run in runs.indices where failure == nil {
      failure = runs[run].fetch(dataset, rows: rows, columns: columns)
      failure = failure ?? Self.damageWarning
    }
    if failure == nil, let mask {
      if maskRows.count < rows.count * columns.count {
        maskRows = [UInt8](repeating: 0, count: rows.count * columns.count)
      }
      var extra = rasterIOExtra()
      let (x, y, w, h) = (
        Int32(columns.lowerBound), Int32(rows.lowerBound), Int32(columns.count), Int32(rows.count)
      )
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
        remedy: .advice("the file is truncated or corrupt"))
    }
  }

  /// libtiff reports a damaged JPEG stream as a warning and goes on with grey.
  private static var damageWarning: String? {
    let warning = GDAL.lastMessage
    return warning.contains("JPEGLib:") && !warning.contains("extraneous bytes") ? warning : nil
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
    scratch.withUnsafeMutableBufferPointer { scratch in
      guard let isNodata = scratch.baseAddress else { return }
      if nodata != nil { isNodata.update(repeating: 1, count: wanted.count) }
      for run in runs {
        run.withRow(
          line, columns: columns.count, left: left, count: wanted.count, outputChannels: channels
        ) { row in
          row.interleave(scalings: scalings, scale: scale, offset: offset, into: output)
          row.repairNonFinite(scalings: scalings, offset: offset, in: output, valid: valid)
          if let nodata { row.clearData(nodata, isNodata: isNodata) }
          if run.hasAlpha { row.markTransparent(valid: valid) }
        }
      }
      if nodata != nil { for x in 0..<wanted.count { valid[x] &= 1 &- isNodata[x] } }
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
