import ModelFiles

/// What the elements of a dataset or an attribute are.
///
/// Layout: HDF5 File Format Specification 3.0, section IV.A.2.d. What is made of other types is not looked into.
struct HDF5Datatype {
  enum Kind: Equatable {
    /// The format is nil where bits of an element are padding.
    case integer(isSigned: Bool, HDF5ElementFormat?)
    case float(HDF5ElementFormat)
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
    case 0:
      let format = try HDF5ElementFormat(integer: &message, bits: bits, size: size)
      self.kind = .integer(isSigned: bits & 8 != 0, format)
    case 1: self.kind = try HDF5ElementFormat(float: &message, bits: bits, size: size).map { .float($0) } ?? .other
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
    case .integer(let isSigned, _):
      (isSigned ? "int" : "uint") + String(size.multipliedReportingOverflow(by: 8).partialValue)
    case .float(let format): format.encoding == .bfloat16 ? "bfloat16" : "float\(size * 8)"
    case .opaque: size == 2 && isMarked ? "bfloat16" : "opaque"
    case .string, .variableString: "string"
    case .enumeration: size == 1 ? "bool" : "other"
    case .other: "other"
    }
  }
}
