import Foundation
import Rasters

/// What a reader delivers.
struct Pixels: Equatable {
  var samples: [Float]
  var valid: [UInt8]
}

extension RasterReader {
  /// Reads the rectangle by calls of `step` rows.
  func pixels(rows: Range<Int>? = nil, columns: Range<Int>? = nil, step: Int = 5, scale: Float = 1, offset: Float = 0)
    throws -> Pixels
  {
    let rows = rows ?? 0..<height
    let columns = columns ?? 0..<width
    let channels = bands.count
    var result = Pixels(
      samples: [Float](repeating: -1, count: rows.count * columns.count * channels),
      valid: [UInt8](repeating: 9, count: rows.count * columns.count))
    try result.samples.withUnsafeMutableBufferPointer { samples in
      try result.valid.withUnsafeMutableBufferPointer { valid in
        guard let samples = samples.baseAddress, let valid = valid.baseAddress else { return }
        var row = rows.lowerBound
        while row < rows.upperBound {
          let part = row..<min(rows.upperBound, row + step)
          let done = (row - rows.lowerBound) * columns.count
          try readRows(
            part, columns: columns, scale: .init(repeating: scale, count: channels),
            offset: .init(repeating: offset, count: channels), into: samples + done * channels, valid: valid + done)
          row = part.upperBound
        }
      }
    }
    return result
  }
}

/// A repeatable sequence of small integers.
func pattern(_ count: Int, modulus: Int = 251, seed: Int = 7) -> [Double] {
  (0..<count).map { Double(($0 &* 7919 &+ $0 / 13 &+ seed) % modulus) }
}

/// The error that `body` throws, or `nil`.
func rasterError(_ body: () throws -> Void) -> RasterError? {
  do {
    try body()
    return nil
  } catch { return error as? RasterError }
}
