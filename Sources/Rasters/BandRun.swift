import Diagnostics
import CGDAL

/// Bands that are wanted one after the other and have one type, with the decoded rows of them that are kept.
struct BandRun {
  let type: PixelType
  /// Counted from 1; the alpha band, if it is here, comes last and is no channel.
  private(set) var bands: [Int32]
  /// The channels of the reader's samples that the bands are.
  let channels: Range<Int>
  /// `[row][plane][column]` of the type.
  private var samples: [UInt8] = []

  var hasAlpha: Bool { bands.count > channels.count }
  var pixelBytes: Int { bands.count * type.byteCount }

  /// The runs of the chosen bands and of the alpha band.
  static func all(_ dataset: Dataset, _ selection: BandSelection, types: [PixelType]) throws(RasterError) -> [BandRun] {
    var runs: [BandRun] = []
    var first = 0
    for channel in types.indices where channel + 1 == types.count || types[channel + 1] != types[channel] {
      let bands = selection.chosen[first...channel].map(Int32.init)
      runs.append(BandRun(type: types[channel], bands: bands, channels: first..<channel + 1))
      first = channel + 1
    }
    if let alpha = selection.alpha {
      let type = try dataset.pixelType(alpha)
      if let last = runs.indices.last, runs[last].type == type {
        runs[last].bands.append(Int32(alpha))
      } else {
        runs.append(BandRun(type: type, bands: [Int32(alpha)], channels: types.count..<types.count))
      }
    }
    return runs
  }

  private init(type: PixelType, bands: [Int32], channels: Range<Int>) {
    (self.type, self.bands, self.channels) = (type, bands, channels)
  }

  /// Reads a rectangle of the bands, each sample in its own type. Returns GDAL's message when it fails.
  mutating func fetch(_ dataset: Dataset, rows: Range<Int>, columns: Range<Int>) -> String? {
    let needed = rows.count * columns.count * pixelBytes
    if samples.count < needed { samples = [UInt8](repeating: 0, count: needed) }
    var extra = rasterIOExtra()
    let (width, height) = (Int32(columns.count), Int32(rows.count))
    let lineBytes = columns.count * type.byteCount
    return samples.withUnsafeMutableBytes { buffer in
      GDAL.failure {
        GDALDatasetRasterIOEx(
          dataset.handle, GF_Read, Int32(columns.lowerBound), Int32(rows.lowerBound), width, height,
          buffer.baseAddress, width, height, type.gdal, Int32(bands.count), &bands, Int64(type.byteCount),
          Int64(lineBytes * bands.count), Int64(lineBytes), &extra)
      }
    }
  }

  /// Calls `body` with the fetched row `line`, `columns` of which `count` from `left` on are wanted.
  func withRow(
    _ line: Int, columns: Int, left: Int, count: Int, outputChannels: Int, _ body: (any DecodedRow) -> Void
  ) {
    samples.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      func row<S: Sample>(_: S.Type) -> any DecodedRow {
        PlanarRow(
          start: base.assumingMemoryBound(to: S.self) + line * bands.count * columns + left, planeStride: columns,
          count: count, channels: channels, outputChannels: outputChannels)
      }
      switch type {
      case .uint8: body(row(UInt8.self))
      case .int8: body(row(Int8.self))
      case .uint16: body(row(UInt16.self))
      case .int16: body(row(Int16.self))
      case .uint32: body(row(UInt32.self))
      case .int32: body(row(Int32.self))
      case .float32: body(row(Float.self))
      case .float64: body(row(Double.self))
      }
    }
  }
}

/// What is done with a row of bands whose type is known at run time only.
protocol DecodedRow {
  func interleave(
    scalings: [BandScaling?], scale: [Float], offset: [Float], into output: UnsafeMutablePointer<Float>)
  func repairNonFinite(
    scalings: [BandScaling?], offset: [Float], in output: UnsafeMutablePointer<Float>,
    valid: UnsafeMutablePointer<UInt8>)
  func clearData(_ nodata: [Double], isNodata: UnsafeMutablePointer<UInt8>)
  func markTransparent(valid: UnsafeMutablePointer<UInt8>)
}

extension PlanarRow: DecodedRow {}

extension Dataset {
  /// The type of a band. Throws `.unsupported`.
  func pixelType(_ number: Int) throws(RasterError) -> PixelType {
    if let type = PixelType(band(number)) { return type == .uint8 && hasSignedSource(number) ? .int8 : type }
    let name = GDALGetDataTypeName(GDALGetRasterDataType(band(number))).map { String(cString: $0) } ?? "unknown"
    throw RasterError(
      .unsupported, path, part: "band \(number)", "samples of type \(name)",
      remedy: .advice("convert with gdal_translate -ot Float32"))
  }
}
