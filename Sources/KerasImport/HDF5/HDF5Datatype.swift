import ModelFiles
import Tensors

/// What the elements of a dataset or an attribute are.
///
/// Layout: HDF5 File Format Specification 3.0, section IV.A.2.d. What is made of other types is not looked into.
struct HDF5Datatype {
  enum Kind: Equatable {
    case integer(isSigned: Bool)
    case float(HDF5FloatFormat)
    case opaque
    case string
    /// Text of any length, which lies in the global heap.
    case variableString
    case enumeration
    case other
  }

  let kind: Kind
  /// Bytes of an element; at least 1.
  let size: Int

  init(_ message: HDF5Cursor) throws(ImportError) {
    var message = message
    let head = try message.byte()
    let (version, kind) = (head >> 4, head & 0x0F)
    guard (1...5).contains(version) else { throw message.damaged("has a datatype of version \(version)") }
    let bits = try message.number(3)
    size = try message.int(4)
    guard size > 0 else { throw message.damaged("has elements of 0 bytes") }
    switch kind {
    case 0: self.kind = .integer(isSigned: bits & 8 != 0)
    case 1: self.kind = try HDF5FloatFormat(&message, bits: bits, size: size).map { .float($0) } ?? .other
    case 3: self.kind = .string
    case 5: self.kind = .opaque
    case 8: self.kind = .enumeration
    case 9: self.kind = bits & 0x0F == 1 ? .variableString : .other
    case 2, 4, 6, 7, 10, 11: self.kind = .other
    default: throw message.damaged("has a datatype of the unknown class \(kind)")
    }
    if self.kind == .variableString, size != 8 + message.sizes.offset {
      throw message.damaged("has text of variable length in elements of \(size) bytes")
    }
  }

  /// As NumPy names the type; `isMarked` says that the dataset has an attribute `dtype`, as bfloat16 has.
  func name(isMarked: Bool) -> String {
    switch kind {
    case .integer(let isSigned):
      (isSigned ? "int" : "uint") + String(size.multipliedReportingOverflow(by: 8).partialValue)
    case .float(let format): format.encoding == .bfloat16 ? "bfloat16" : "float\(size * 8)"
    case .opaque: size == 2 && isMarked ? "bfloat16" : "opaque"
    case .string, .variableString: "string"
    case .enumeration: size == 1 ? "bool" : "other"
    case .other: "other"
    }
  }
}

/// How floating-point elements are stored.
struct HDF5FloatFormat: Equatable {
  enum Encoding: Int { case float16 = 2, bfloat16 = 0, float32 = 4, float64 = 8 }

  var encoding: Encoding
  var isBigEndian: Bool

  /// bfloat16 as Keras stores it, in opaque elements.
  static let opaqueBFloat16 = HDF5FloatFormat(encoding: .bfloat16, isBigEndian: false)

  init(encoding: Encoding, isBigEndian: Bool) { (self.encoding, self.isBigEndian) = (encoding, isBigEndian) }

  /// Bytes of an element.
  var size: Int { encoding == .bfloat16 ? 2 : encoding.rawValue }

  /// Reads the properties of a floating-point type; nil when they are not those of an IEEE type or of bfloat16.
  init?(_ message: inout HDF5Cursor, bits: UInt64, size: Int) throws(ImportError) {
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

  /// Converts as many elements as the destination has room for; the source holds that many.
  func convert(_ source: UnsafeRawBufferPointer, into floats: UnsafeMutableBufferPointer<Float>) {
    switch encoding {
    case .float16:
      each(source, floats, UInt16.self) { Float(Float16(bitPattern: $0)) }
    case .bfloat16:
      each(source, floats, UInt16.self) { Float(BFloat16(bitPattern: $0)) }
    case .float32:
      each(source, floats, UInt32.self) { Float(bitPattern: $0) }
    case .float64:
      each(source, floats, UInt64.self) { Float(Double(bitPattern: $0)) }
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
