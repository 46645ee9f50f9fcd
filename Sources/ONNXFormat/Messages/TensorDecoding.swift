import CONNX
import ModelFiles
import Ops
import Tensors

extension TensorMessage {
  /// Decodes a message; `site` names it in errors.
  ///
  /// Errors: dimensions that are negative or too many, data that do not fit to them, two kinds of data at once.
  init(_ message: Onnx__TensorProto, site: String) throws(ImportError) {
    name = message.name.map { String(cString: $0) } ?? ""
    guard let element = ElementType(rawValue: message.data_type) else {
      throw ImportError(.malformed, site, "is of element type \(message.data_type), which does not exist")
    }
    self.element = element
    dims = try TensorMessage.checked(
      UnsafeBufferPointer(start: message.dims, count: message.n_dims), element, site)
    guard element.carrier != nil else {
      values = .refused
      return
    }
    let count = dims.reduce(1, *)
    let fields = StoredFields(message)
    if message.data_location == 1 {
      guard fields.names.isEmpty else {
        throw ImportError(.malformed, site, "has data both in the file and in another")
      }
      values = .external(
        (0..<message.n_external_data).compactMap { index in
          guard let entry = message.external_data[index]?.pointee else { return nil }
          return (
            entry.key.map { String(cString: $0) } ?? "", entry.value.map { String(cString: $0) } ?? ""
          )
        })
      return
    }
    guard message.data_location == 0 else {
      throw ImportError(.malformed, site, "lies at place \(message.data_location), which does not exist")
    }
    guard fields.names.count <= 1 else {
      throw ImportError(.malformed, site, "has data twice: in \(fields.names.joined(separator: " and "))")
    }
    let shape = Shape(dims)
    if fields.names == ["raw_data"] {
      let bytes = UnsafeRawBufferPointer(start: message.raw_data.data, count: message.raw_data.len)
      guard bytes.count == element.byteCount(of: count) else {
        throw ImportError(
          .malformed, site, "has \(bytes.count) bytes for \(shape) elements of \(element.bits) bits")
      }
      values = .inline(try Tensor(shape, element, raw: bytes, site: site))
    } else {
      values = .inline(try Tensor(shape, element, fields, count, site: site))
    }
  }

  /// Dimensions whose product can be held.
  private static func checked(
    _ dims: UnsafeBufferPointer<Int64>, _ element: ElementType, _ site: String
  ) throws(ImportError) -> [Int] {
    guard dims.count <= Limits.rank else { throw ImportError(.malformed, site, "has \(dims.count) dimensions") }
    var product = max(element.bits / 8, 1)
    for dim in dims {
      guard dim >= 0 else { throw ImportError(.malformed, site, "has a dimension of \(dim)") }
      let (next, overflow) = product.multipliedReportingOverflow(by: max(Int(dim), 1))
      guard !overflow, dim <= Limits.dimension else {
        throw ImportError(.malformed, site, "has dimensions that are too large: \(Array(dims))")
      }
      product = next
    }
    guard product <= Limits.weightBytes else {
      throw ImportError(.limit, site, "takes \(product) bytes, at most \(Limits.weightBytes) are accepted")
    }
    return dims.map { Int($0) }
  }
}

/// The data fields of a tensor message that hold something.
private struct StoredFields {
  let message: Onnx__TensorProto
  private(set) var names: [String] = []

  init(_ message: Onnx__TensorProto) {
    self.message = message
    if message.has_raw_data != 0, message.raw_data.len > 0 { names.append("raw_data") }
    if message.n_float_data > 0 { names.append("float_data") }
    if message.n_int32_data > 0 { names.append("int32_data") }
    if message.n_int64_data > 0 { names.append("int64_data") }
    if message.n_double_data > 0 { names.append("double_data") }
    if message.n_uint64_data > 0 { names.append("uint64_data") }
    if message.n_string_data > 0 { names.append("string_data") }
  }
}

extension Tensor {
  /// Little-endian elements, as many as the shape has.
  init(_ shape: Shape, _ element: ElementType, raw bytes: UnsafeRawBufferPointer, site: String) throws(ImportError) {
    func load<T: FixedWidthInteger>(_ type: T.Type) -> [T] {
      [T](unsafeUninitializedCapacity: shape.count) { buffer, count in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: bytes[..<min(bytes.count, shape.count * MemoryLayout<T>.size)]))
        for index in 0..<shape.count { buffer[index] = T(littleEndian: buffer[index]) }
        count = shape.count
      }
    }
    switch element {
    case .float32:
      self.init(
        shape,
        [Float](count: shape.count) { buffer in
          UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
          for index in buffer.indices {
            buffer[index] = Float(bitPattern: UInt32(littleEndian: buffer[index].bitPattern))
          }
        }
      )
    case .float64: self.init(shape, .float64(load(UInt64.self).map { Double(bitPattern: $0) }))
    case .int64: self.init(shape, .int64(load(Int64.self)))
    case .int32: self.init(shape, .int32(load(Int32.self)))
    case .uint8: self.init(shape, .uint8(load(UInt8.self)))
    case .int8: self.init(shape, .int8(load(Int8.self)))
    case .int16: self.init(shape, .int32(load(Int16.self).map { Int32($0) }))
    case .uint16: self.init(shape, .int32(load(UInt16.self).map { Int32($0) }))
    case .uint32: self.init(shape, .int64(load(UInt32.self).map { Int64($0) }))
    case .uint64: self.init(shape, .int64(try Tensor.signed(load(UInt64.self), site)))
    case .bool: self.init(shape, .bool(load(UInt8.self).map { $0 != 0 }))
    case .float16: self.init(shape, load(UInt16.self).map { Float(half: $0) })
    case .bfloat16: self.init(shape, load(UInt16.self).map { Float(BFloat16(bitPattern: $0)) })
    case .uint4, .int4: self.init(shape, nibbles: bytes, isSigned: element == .int4)
    case .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz:
      self.init(shape, load(UInt8.self).map { element.float8?.value(of: $0) ?? .nan })
    default: throw ImportError(.unsupported, site, "is of element type \(element), which is not supported")
    }
  }

  /// Numbers of four bits, the first in the low half of its byte.
  private init(_ shape: Shape, nibbles bytes: some Collection<UInt8>, isSigned: Bool) {
    let halves = bytes.flatMap { [$0 & 15, $0 >> 4] }.prefix(shape.count)
    self.init(shape, isSigned ? .int8(halves.map { Int8(bitPattern: $0 << 4) >> 4 }) : .uint8(Array(halves)))
  }

  private static func signed(_ values: [UInt64], _ site: String) throws(ImportError) -> [Int64] {
    guard values.allSatisfy({ $0 <= UInt64(Int64.max) }) else {
      throw ImportError(.unsupported, site, "holds numbers above \(Int64.max)")
    }
    return values.map { Int64($0) }
  }

  /// Elements in the typed field that belongs to their type.
  fileprivate init(
    _ shape: Shape, _ element: ElementType, _ fields: StoredFields, _ count: Int, site: String
  ) throws(ImportError) {
    let message = fields.message
    let (field, stored): (String, Int) =
      switch element {
      case .float32: ("float_data", message.n_float_data)
      case .float64: ("double_data", message.n_double_data)
      case .int64: ("int64_data", message.n_int64_data)
      case .uint32, .uint64: ("uint64_data", message.n_uint64_data)
      default: ("int32_data", message.n_int32_data)
      }
    guard fields.names.allSatisfy({ $0 == field }) else {
      throw ImportError(.malformed, site, "is of \(element) and has its data in \(fields.names[0])")
    }
    // Two numbers of four bits share one of the field.
    guard stored == (element.bits < 8 ? element.byteCount(of: count) : count) else {
      throw ImportError(.malformed, site, "has \(stored) elements in \(field), and the shape \(shape)")
    }
    let small = UnsafeBufferPointer(start: message.int32_data, count: message.n_int32_data)
    let large = UnsafeBufferPointer(start: message.uint64_data, count: message.n_uint64_data)
    func narrow<T: FixedWidthInteger>(_ type: T.Type) throws(ImportError) -> [T] {
      let values = small.compactMap { T(exactly: $0) }
      guard values.count == small.count else { throw ImportError(.malformed, site, "holds numbers beyond \(element)") }
      return values
    }
    switch element {
    case .float32: self.init(shape, Array(UnsafeBufferPointer(start: message.float_data, count: count)))
    case .float64: self.init(shape, .float64(Array(UnsafeBufferPointer(start: message.double_data, count: count))))
    case .int64: self.init(shape, .int64(Array(UnsafeBufferPointer(start: message.int64_data, count: count))))
    case .int32: self.init(shape, .int32(Array(small)))
    case .uint8: self.init(shape, .uint8(try narrow(UInt8.self)))
    case .int8: self.init(shape, .int8(try narrow(Int8.self)))
    case .int16: self.init(shape, .int32(try narrow(Int16.self).map { Int32($0) }))
    case .uint16: self.init(shape, .int32(try narrow(UInt16.self).map { Int32($0) }))
    case .bool: self.init(shape, .bool(small.map { $0 != 0 }))
    case .float16: self.init(shape, try narrow(UInt16.self).map { Float(half: $0) })
    case .bfloat16: self.init(shape, try narrow(UInt16.self).map { Float(BFloat16(bitPattern: $0)) })
    case .uint4, .int4: self.init(shape, nibbles: try narrow(UInt8.self), isSigned: element == .int4)
    case .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz:
      self.init(shape, try narrow(UInt8.self).map { element.float8?.value(of: $0) ?? .nan })
    case .uint32, .uint64: self.init(shape, .int64(try Tensor.signed(Array(large), site)))
    default: throw ImportError(.unsupported, site, "is of element type \(element), which is not supported")
    }
  }
}
