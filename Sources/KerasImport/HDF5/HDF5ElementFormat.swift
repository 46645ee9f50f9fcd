import ModelFiles
import Tensors

/// How the elements of a dataset of numbers are stored.
struct HDF5ElementFormat: Equatable {
  enum Encoding {
    case float16, bfloat16, float32, float64
    case int8, uint8, int16, uint16, int32, uint32, int64, uint64
  }

  var encoding: Encoding
  var isBigEndian: Bool

  /// bfloat16 as Keras stores it, in opaque elements.
  static let opaqueBFloat16 = HDF5ElementFormat(encoding: .bfloat16, isBigEndian: false)

  init(encoding: Encoding, isBigEndian: Bool) { (self.encoding, self.isBigEndian) = (encoding, isBigEndian) }

  /// Bytes of an element.
  var size: Int {
    switch encoding {
    case .int8, .uint8: 1
    case .float16, .bfloat16, .int16, .uint16: 2
    case .float32, .int32, .uint32: 4
    case .float64, .int64, .uint64: 8
    }
  }

  /// Reads the properties of a floating-point type; nil when they are not those of an IEEE type or of bfloat16.
  init?(float message: inout HDF5Cursor, bits: UInt64, size: Int) throws(ImportError) {
    let offset = try message.int(2), precision = try message.int(2)
    var fields: [Int] = []
    for _ in 0..<4 { fields.append(Int(try message.byte())) }
    let bias = try message.int(4)
    let sign = Int(bits >> 8 & 0xFF)
    // Exponent and mantissa by place and size, then the exponent's bias.
    let known: [(Encoding, [Int])] = [
      (.float16, [10, 5, 0, 10, 15]), (.bfloat16, [7, 8, 0, 7, 127]), (.float32, [23, 8, 0, 23, 127]),
      (.float64, [52, 11, 0, 52, 1023]),
    ]
    let normalisation = bits >> 4 & 3
    guard let found = known.first(where: { $0.1 == fields + [bias] }), offset == 0, normalisation == 2 else {
      return nil
    }
    let order = bits & 0x41
    self.init(encoding: found.0, isBigEndian: order == 1)
    guard order < 2, self.size == size, precision == 8 * size, sign == precision - 1 else { return nil }
  }

  /// Reads the properties of an integer type; nil when an element has padding or another size than 1, 2, 4 or 8 bytes.
  init?(integer message: inout HDF5Cursor, bits: UInt64, size: Int) throws(ImportError) {
    let offset = try message.int(2), precision = try message.int(2)
    let signed: [Int: Encoding] = [1: .int8, 2: .int16, 4: .int32, 8: .int64]
    let unsigned: [Int: Encoding] = [1: .uint8, 2: .uint16, 4: .uint32, 8: .uint64]
    guard offset == 0, let encoding = bits & 8 != 0 ? signed[size] : unsigned[size], precision == 8 * size else {
      return nil
    }
    self.init(encoding: encoding, isBigEndian: bits & 1 == 1)
  }

  /// Converts as many elements as the destination has room for; the source holds that many.
  func convert(_ source: UnsafeRawBufferPointer, into floats: UnsafeMutableBufferPointer<Float>) {
    switch encoding {
    case .float16: each(source, floats, UInt16.self) { Float(Float16(bitPattern: $0)) }
    case .bfloat16: each(source, floats, UInt16.self) { Float(BFloat16(bitPattern: $0)) }
    case .float32: each(source, floats, UInt32.self) { Float(bitPattern: $0) }
    case .float64: each(source, floats, UInt64.self) { Float(Double(bitPattern: $0)) }
    case .int8: each(source, floats, Int8.self) { Float($0) }
    case .uint8: each(source, floats, UInt8.self) { Float($0) }
    case .int16: each(source, floats, Int16.self) { Float($0) }
    case .uint16: each(source, floats, UInt16.self) { Float($0) }
    case .int32: each(source, floats, Int32.self) { Float($0) }
    case .uint32: each(source, floats, UInt32.self) { Float($0) }
    case .int64: each(source, floats, Int64.self) { Float($0) }
    case .uint64: each(source, floats, UInt64.self) { Float($0) }
    }
  }

  @inline(__always)
  private func each<Bits: FixedWidthInteger>(
    _ source: UnsafeRawBufferPointer, _ floats: UnsafeMutableBufferPointer<Float>, _ type: Bits.Type,
    _ value: (Bits) -> Float
  ) {
    let width = MemoryLayout<Bits>.size
    if isBigEndian {
      for place in floats.indices {
        floats.initializeElement(
          at: place, to: value(Bits(bigEndian: source.loadUnaligned(fromByteOffset: place * width, as: type))))
      }
    } else {
      for place in floats.indices {
        floats.initializeElement(
          at: place, to: value(Bits(littleEndian: source.loadUnaligned(fromByteOffset: place * width, as: type))))
      }
    }
  }
}
