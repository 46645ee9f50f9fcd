import CONNX
import ModelFiles

/// A walk over the wire format of a message before memory is taken for what it declares.
///
/// It refuses what protobuf-c would accept at a price: counts, lengths and names without end, and single messages that
/// occur twice. The fields are those of protobuf-c's descriptors.
struct WireScan {
  private enum Kind {
    case message(Schema), string, bytes, varint, fixed32, fixed64
  }

  private struct Field {
    var kind: Kind
    var isRepeated: Bool
    /// The wire type of one value.
    var wire: UInt64
  }

  private final class Schema {
    let name: String
    let size: Int
    var fields: [UInt64: Field] = [:]
    init(name: String, size: Int) { (self.name, self.size) = (name, size) }
  }

  private let bytes: UnsafeRawBufferPointer
  private let site: String
  private var (fieldCount, nodeCount, memory) = (0, 0, 0)

  /// Checks the message of a descriptor that fills `bytes`.
  ///
  /// Errors: `malformed` for what is no such message, `limit` for what is too large.
  static func check(
    _ bytes: UnsafeRawBufferPointer, as descriptor: UnsafePointer<ProtobufCMessageDescriptor>, site: String
  ) throws(ImportError) {
    var scan = WireScan(bytes: bytes, site: site)
    var known: [UnsafeRawPointer: Schema] = [:]
    try scan.message(schema(descriptor, &known), 0, bytes.count)
  }

  private init(bytes: UnsafeRawBufferPointer, site: String) { (self.bytes, self.site) = (bytes, site) }

  private static func schema(
    _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>, _ known: inout [UnsafeRawPointer: Schema]
  ) -> Schema {
    if let schema = known[descriptor] { return schema }
    let schema = Schema(
      name: String(cString: descriptor.pointee.short_name), size: descriptor.pointee.sizeof_message)
    known[descriptor] = schema
    for index in 0..<Int(descriptor.pointee.n_fields) {
      let field = descriptor.pointee.fields[index]
      let (kind, wire): (Kind, UInt64) =
        switch field.type {
        case PROTOBUF_C_TYPE_MESSAGE:
          (.message(Self.schema(field.descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self), &known)), 2)
        case PROTOBUF_C_TYPE_STRING: (.string, 2)
        case PROTOBUF_C_TYPE_BYTES: (.bytes, 2)
        case PROTOBUF_C_TYPE_FLOAT, PROTOBUF_C_TYPE_FIXED32, PROTOBUF_C_TYPE_SFIXED32: (.fixed32, 5)
        case PROTOBUF_C_TYPE_DOUBLE, PROTOBUF_C_TYPE_FIXED64, PROTOBUF_C_TYPE_SFIXED64: (.fixed64, 1)
        default: (.varint, 0)
        }
      schema.fields[UInt64(field.id)] = Field(
        kind: kind, isRepeated: field.label == PROTOBUF_C_LABEL_REPEATED, wire: wire)
    }
    return schema
  }

  /// One message; messages that hold others are as deep as the schema, which has no cycle.
  private mutating func message(_ schema: Schema, _ start: Int, _ end: Int) throws(ImportError) {
    if schema.name == "NodeProto" {
      nodeCount += 1
      guard nodeCount <= Limits.layers else { throw limit("holds more than \(Limits.layers) nodes") }
    }
    try take(schema.size)
    var seen: Set<UInt64> = []
    var place = start
    while place < end {
      fieldCount += 1
      guard fieldCount <= Limits.messageFields else { throw limit("holds more than \(Limits.messageFields) fields") }
      try take(48)
      let key = try varint(&place, end)
      let (number, wire) = (key >> 3, key & 7)
      guard number > 0, number < 1 << 29 else { throw malformed(place, "a field of number \(number)") }
      let field = schema.fields[number]
      if let field, field.wire != wire, !(wire == 2 && field.isRepeated && field.wire != 2) {
        throw malformed(place, "field \(number) of \(schema.name) has wire type \(wire)")
      }
      switch wire {
      case 0: _ = try varint(&place, end)
      case 1: try skip(8, &place, end)
      case 5: try skip(4, &place, end)
      case 2:
        let length = try varint(&place, end)
        guard length <= UInt64(end - place) else {
          throw malformed(place, "field \(number) of \(schema.name) is longer than what is left")
        }
        let stop = place + Int(length)
        if let field, case .message = field.kind, !field.isRepeated, !seen.insert(number).inserted {
          throw malformed(place, "field \(number) of \(schema.name) occurs twice")
        }
        try value(field, place, stop, "field \(number) of \(schema.name)")
        place = stop
      default: throw malformed(place, "wire type \(wire) is not known")
      }
    }
  }

  /// A value with a length: a message, text, bytes, or packed numbers.
  private mutating func value(_ field: Field?, _ start: Int, _ end: Int, _ what: String) throws(ImportError) {
    let count = end - start
    switch field?.kind {
    case .message(let schema): try message(schema, start, end)
    case .string:
      guard count <= Limits.nameBytes else { throw limit("\(what) is text of \(count) bytes") }
      let text = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      guard !text.contains(0), String(validating: text, as: UTF8.self) != nil else {
        throw malformed(start, "\(what) is not text")
      }
      try take(count)
    case .bytes: try take(count)
    // A packed number takes at least a byte, and at most eight in memory.
    case .varint: try take(count.multipliedReportingOverflow(by: 8).partialValue)
    case .fixed32, .fixed64: try take(count)
    case nil:
      guard count <= Limits.textBytes else { throw limit("\(what) is \(count) bytes long") }
      try take(count)
    }
  }

  private func varint(_ place: inout Int, _ end: Int) throws(ImportError) -> UInt64 {
    var result: UInt64 = 0
    for index in 0..<10 {
      guard place < end else { throw malformed(place, "a number has no end") }
      let byte = UInt64(bytes[place])
      place += 1
      if index == 9, byte > 1 { break }
      result |= (byte & 0x7F) << UInt64(7 * index)
      if byte < 0x80 { return result }
    }
    throw malformed(place, "a number of more than 64 bits")
  }

  private func skip(_ count: Int, _ place: inout Int, _ end: Int) throws(ImportError) {
    guard count <= end - place else { throw malformed(place, "a number has no end") }
    place += count
  }

  /// Counts memory that unpacking will take.
  private mutating func take(_ bytes: Int) throws(ImportError) {
    memory += min(max(bytes, 0), 1 << 40)
    guard memory <= Limits.weightBytes else {
      throw limit("would take more than \(Limits.weightBytes) bytes of memory")
    }
  }

  private func limit(_ what: String) -> ImportError { ImportError(.limit, site, what) }

  private func malformed(_ place: Int, _ what: String) -> ImportError {
    ImportError(.malformed, site, "is not an ONNX model: at byte \(place): \(what)")
  }
}
