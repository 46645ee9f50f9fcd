import Diagnostics
import ModelFiles

/// The messages that describe a group, a dataset or a type.
///
/// Layout: HDF5 File Format Specification 3.0, section IV.A.1.
struct HDF5ObjectHeader {
  enum Kind { case group, dataset, other }

  /// The types of messages that are read.
  enum MessageType: Int {
    case dataspace = 1, linkInfo, datatype, oldFillValue, fillValue, link, externalFiles, layout
    case filters = 11, attribute
    case continuation = 16, symbolTable
    case attributeInfo = 21
  }

  struct Message {
    var type: Int
    /// Flag 1: the message is shared and lies elsewhere; the body says where.
    var flags: UInt8
    var body: HDF5Cursor

    var isShared: Bool { flags & 2 != 0 }
  }

  let messages: [Message]
  let site: String
  private let bytes: HDF5Bytes

  init(_ bytes: HDF5Bytes, at address: UInt64, site: String) throws(ImportError) {
    (self.bytes, self.site) = (bytes, site)
    var parser = HDF5MessageParser(bytes: bytes, site: site)
    try parser.parse(address)
    messages = parser.messages
  }

  var kind: Kind {
    if has(.symbolTable) || has(.linkInfo) || has(.link) { return .group }
    return has(.dataspace) && has(.datatype) ? .dataset : .other
  }

  func has(_ type: MessageType) -> Bool { messages.contains { $0.type == type.rawValue } }

  func all(_ type: MessageType) -> [Message] { messages.filter { $0.type == type.rawValue } }

  /// The body of the only message of a type; nil when there is none. A shared one is looked up in the committed type
  /// that it names.
  func body(_ type: MessageType) throws(ImportError) -> HDF5Cursor? {
    let found = all(type)
    guard found.count <= 1 else { throw ImportError(.malformed, site, "has two messages of type \(type.rawValue)") }
    guard let message = found.first else { return nil }
    return message.isShared ? try HDF5ObjectHeader.shared(message.body, type, bytes, site: site) : message.body
  }

  /// The message of the object header that a shared message names.
  static func shared(
    _ reference: HDF5Cursor, _ type: MessageType, _ bytes: HDF5Bytes, site: String
  ) throws(ImportError) -> HDF5Cursor {
    var reference = reference
    let (version, kind) = (try reference.byte(), try reference.byte())
    guard (1...3).contains(version) else { throw reference.damaged("has a shared message of version \(version)") }
    // Before version 3 the message always lies in an object header, whatever stands here.
    guard version < 3 || kind == 2 else {
      throw ImportError(
        .unsupported, site, "shares messages in a heap of the file", remedy: .advice("rewrite it with h5repack"))
    }
    if version == 1 { try reference.skip(6) }
    let address = try reference.number(reference.sizes.offset)
    let header = try HDF5ObjectHeader(bytes, at: address, site: site)
    guard let message = header.all(type).first, !message.isShared else {
      throw ImportError(.malformed, site, "refers to a shared message that does not exist")
    }
    return message.body
  }
}

/// Collects the messages of an object header from its blocks.
private struct HDF5MessageParser {
  let bytes: HDF5Bytes
  let site: String
  var messages: [HDF5ObjectHeader.Message] = []
  private var blocks: [(address: UInt64, count: Int)] = []
  private var visited: Set<UInt64> = []

  init(bytes: HDF5Bytes, site: String) { (self.bytes, self.site) = (bytes, site) }

  mutating func parse(_ address: UInt64) throws(ImportError) {
    // No header is shorter than 12 bytes: the smallest of version 2 has 7 of prefix, one of a size and a checksum.
    var start = try bytes.cursor(address, 12, site: site)
    if try start.number(4) == 0x5244_484F {
      try parseSecondVersion(address)
    } else {
      try parseFirstVersion(address)
    }
  }

  private mutating func parseFirstVersion(_ address: UInt64) throws(ImportError) {
    var prefix = try bytes.cursor(address, 16, site: site)
    let version = try prefix.byte()
    guard version == 1 else { throw prefix.damaged("has an HDF5 object header of version \(version)") }
    try prefix.skip(7)
    blocks.append((try sum(address, 16), try prefix.int(4)))
    while let block = blocks.popLast() {
      try visit(block.address)
      var body = try bytes.cursor(block.address, block.count, site: site)
      while body.remaining >= 8 {
        let (type, size) = (try body.int(2), try body.int(2))
        let flags = try body.byte()
        try body.skip(3)
        try add(type, flags, try body.part(size))
      }
    }
  }

  private mutating func parseSecondVersion(_ address: UInt64) throws(ImportError) {
    var prefix = try bytes.cursor(address, 6, site: site)
    try prefix.skip(4)
    let (version, flags) = (try prefix.byte(), try prefix.byte())
    guard version == 2 else { throw prefix.damaged("has an HDF5 object header of version \(version)") }
    let width = 1 << Int(flags & 3)
    let fixed = 6 + (flags & 0x20 != 0 ? 16 : 0) + (flags & 0x10 != 0 ? 4 : 0)
    var size = try bytes.cursor(try sum(address, UInt64(fixed)), width, site: site)
    guard let count = try size.int(width).plus(fixed + width + 4) else { throw prefix.damaged("is cut short") }
    try visit(address)
    var body = try bytes.structure("OHDR", address, count, isSummed: true, site: site)
    try body.skip(fixed + width - 4)
    try addAll(body, flags)
    while let block = blocks.popLast() {
      try visit(block.address)
      try addAll(try bytes.structure("OCHK", block.address, block.count, isSummed: true, site: site), flags)
    }
  }

  private mutating func addAll(_ block: HDF5Cursor, _ headerFlags: UInt8) throws(ImportError) {
    var body = block
    let head = headerFlags & 4 != 0 ? 6 : 4
    while body.remaining >= head {
      let type = Int(try body.byte()), size = try body.int(2), flags = try body.byte()
      try body.skip(head - 4)
      try add(type, flags, try body.part(size))
    }
  }

  private mutating func add(_ type: Int, _ flags: UInt8, _ body: HDF5Cursor) throws(ImportError) {
    if type == HDF5ObjectHeader.MessageType.continuation.rawValue {
      var body = body
      guard let next = try body.address() else { throw body.damaged("continues nowhere") }
      blocks.append((next, try body.length()))
    } else if type != 0 {
      // Flag 7: who does not know the message cannot read the object.
      guard type <= 24 || flags & 0x80 == 0 else {
        throw ImportError(.unsupported, site, "has an HDF5 message of type \(type)")
      }
      messages.append(.init(type: type, flags: flags, body: body))
    }
    guard messages.count <= Limits.headerMessages else { throw ImportError(.limit, site, "has too many messages") }
  }

  private mutating func visit(_ address: UInt64) throws(ImportError) {
    guard visited.insert(address).inserted else {
      throw ImportError(.malformed, site, "has an HDF5 object header that continues in itself")
    }
  }

  private func sum(_ address: UInt64, _ count: UInt64) throws(ImportError) -> UInt64 {
    let (sum, overflow) = address.addingReportingOverflow(count)
    guard !overflow else { throw ImportError(.malformed, site, "refers to bytes beyond the end of the HDF5 file") }
    return sum
  }
}
