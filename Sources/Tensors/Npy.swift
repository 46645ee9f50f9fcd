private let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

extension Tensor {
  /// Reads an .npy file, versions 1.0 to 3.0 (NumPy Enhancement Proposal 1, `numpy.lib.format`).
  ///
  /// Read are float16 (widened to float32), float32, float64, int32, int64, uint8, int8 and bool in either byte order; arrays in
  /// Fortran order come out row-major. Errors: every other data type, a damaged header, and data shorter or longer than announced.
  package init(npy bytes: [UInt8]) throws(NpyError) {
    let (header, start) = try Self.npyHeader(bytes)
    let byteCounts = ["b1": 1, "u1": 1, "i1": 1, "f2": 2, "f4": 4, "i4": 4, "f8": 8, "i8": 8]
    guard let elementBytes = byteCounts[header.descr] else {
      throw NpyError(.unsupportedType(header.descr), at: start)
    }
    guard let size = header.size(elementBytes: elementBytes) else { throw NpyError(.shapeTooLarge, at: start) }
    let found = bytes.count - start
    guard size.bytes == found else {
      throw NpyError(.dataLength(expected: size.bytes, found: found), at: min(bytes.count, start + size.bytes))
    }
    let shape = Shape(header.dims)
    let order = header.fortranOrder && shape.rank > 1 ? shape.columnMajorOffsets : nil
    let source = NpyData(bytes: bytes, start: start, count: size.elements, bigEndian: header.bigEndian, order: order)
    let elements: Elements =
      switch header.descr {
      case "b1": .bool(source.read { (raw: UInt8) in raw != 0 })
      case "u1": .uint8(source.read { (raw: UInt8) in raw })
      case "i1": .int8(source.read { (raw: UInt8) in Int8(bitPattern: raw) })
      case "f2": .float32(source.read { (raw: UInt16) in Float(Float16(bitPattern: raw)) })
      case "i4": .int32(source.read { (raw: UInt32) in Int32(bitPattern: raw) })
      case "i8": .int64(source.read { (raw: UInt64) in Int64(bitPattern: raw) })
      case "f8": .float64(source.read { (raw: UInt64) in Double(bitPattern: raw) })
      default: .float32(source.read { (raw: UInt32) in Float(bitPattern: raw) })
      }
    self.init(shape, elements)
  }

  /// The tensor as an .npy file of version 1.0, little-endian and row-major; the rank must be at most 64.
  package func npyBytes() -> [UInt8] {
    let header = npyHeader
    var bytes: [UInt8] = []
    bytes.reserveCapacity(header.count + shape.count * dataType.byteCount)
    bytes += header
    withUnsafeBytes { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// What an .npy file of the tensor begins with; the elements follow as `withUnsafeBytes` has them. The rank must be at most 64.
  package var npyHeader: [UInt8] {
    precondition(shape.rank <= NpyHeader.highestRank, "an .npy file has at most \(NpyHeader.highestRank) dimensions")
    let descr =
      switch dataType {
      case .float32: "<f4"
      case .float64: "<f8"
      case .int64: "<i8"
      case .int32: "<i4"
      case .uint8: "|u1"
      case .int8: "|i1"
      case .bool: "|b1"
      }
    let dims = shape.dims.map(String.init).joined(separator: ", ") + (shape.rank == 1 ? "," : "")
    var header = Array("{'descr': '\(descr)', 'fortran_order': False, 'shape': (\(dims)), }".utf8)
    // The data starts at a multiple of 64 bytes, as NumPy aligns it.
    let prefix = magic.count + 4
    header += [UInt8](repeating: UInt8(ascii: " "), count: 63 - (prefix + header.count) % 64)
    header.append(UInt8(ascii: "\n"))

    return magic + [1, 0, UInt8(header.count & 0xff), UInt8(header.count >> 8)] + header
  }

  /// The header and the offset of the data.
  private static func npyHeader(_ bytes: [UInt8]) throws(NpyError) -> (NpyHeader, Int) {
    guard bytes.starts(with: magic) else { throw NpyError(.notNpy, at: 0) }
    guard bytes.count >= magic.count + 2 else {
      throw NpyError(.truncatedHeader(expected: 2, found: bytes.count - magic.count), at: bytes.count)
    }
    let (major, minor) = (bytes[magic.count], bytes[magic.count + 1])
    guard (1...3).contains(major), minor == 0 else {
      throw NpyError(.unknownVersion(major: major, minor: minor), at: magic.count)
    }
    let lengthSite = magic.count + 2
    let start = lengthSite + (major == 1 ? 2 : 4)
    guard bytes.count >= start else {
      throw NpyError(.truncatedHeader(expected: start - lengthSite, found: bytes.count - lengthSite), at: bytes.count)
    }
    let length = bytes[lengthSite..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= NpyHeader.longest else { throw NpyError(.headerTooLong(length), at: lengthSite) }
    guard bytes.count - start >= length else {
      throw NpyError(.truncatedHeader(expected: length, found: bytes.count - start), at: bytes.count)
    }
    var parser = NpyHeaderParser(bytes[start..<start + length])
    return (try parser.parse(), start + length)
  }
}

/// The data part of an .npy file whose length has been checked.
private struct NpyData {
  let bytes: [UInt8]
  let start: Int
  let count: Int
  let bigEndian: Bool
  /// Where each element lies when the file is not row-major.
  let order: [Int]?

  func read<Raw: FixedWidthInteger, E>(_ make: (Raw) -> E) -> [E] {
    bytes.withUnsafeBytes { source in
      [E](unsafeUninitializedCapacity: count) { buffer, initialised in
        for index in 0..<count {
          let offset = start + (order?[index] ?? index) * MemoryLayout<Raw>.size
          let raw = source.loadUnaligned(fromByteOffset: offset, as: Raw.self)
          buffer.initializeElement(at: index, to: make(bigEndian ? Raw(bigEndian: raw) : Raw(littleEndian: raw)))
        }
        initialised = count
      }
    }
  }
}

extension Shape {
  /// For each element in row-major order, its position in column-major (Fortran) order.
  fileprivate var columnMajorOffsets: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in dims.indices.dropFirst() { strides[axis] = strides[axis - 1] * dims[axis - 1] }
    var index = [Int](repeating: 0, count: rank)
    var offset = 0
    return (0..<count).map { _ in
      defer {
        for axis in dims.indices.reversed() {
          index[axis] += 1
          offset += strides[axis]
          if index[axis] < dims[axis] { break }
          index[axis] = 0
          offset -= strides[axis] * dims[axis]
        }
      }
      return offset
    }
  }
}
