import ModelFiles
import Tensors

/// The attributes of an object, by name.
///
/// Layout: HDF5 File Format Specification 3.0, sections IV.A.2.m and v.
struct HDF5Attribute {
  let name: String
  let type: HDF5Datatype
  let space: HDF5Dataspace
  /// The elements, with what may pad them.
  let data: HDF5Cursor

  /// All attributes of an object.
  static func all(
    _ header: HDF5ObjectHeader, _ bytes: HDF5Bytes, site: String
  ) throws(ImportError) -> [String: HDF5Attribute] {
    var found: [HDF5Attribute] = []
    for message in header.all(.attribute) {
      guard !message.isShared else { throw message.body.damaged("has an attribute that is shared") }
      found.append(try HDF5Attribute(message.body, bytes, site: site))
    }
    if var info = try header.body(.attributeInfo) {
      guard try info.byte() == 0 else { throw info.damaged("has attributes of an unknown version") }
      if try info.byte() & 1 != 0 { try info.skip(2) }
      if let heapAddress = try info.address() {
        guard let index = try info.address() else { throw info.damaged("has attributes without an index") }
        let heap = try HDF5FractalHeap(bytes, at: heapAddress, site: site)
        for record in try HDF5RecordTree(bytes, at: index, kinds: 8...8, site: site).records() {
          var record = record
          let id = try record.part(8)
          guard try record.byte() & 2 == 0 else { throw record.damaged("has an attribute that is shared") }
          found.append(try HDF5Attribute(try heap.object(id), bytes, site: site))
        }
      }
    }
    var result: [String: HDF5Attribute] = [:]
    for attribute in found where result.updateValue(attribute, forKey: attribute.name) != nil {
      throw ImportError(.malformed, site + " " + attribute.name, "two attributes have this name")
    }
    return result
  }

  private init(_ message: HDF5Cursor, _ bytes: HDF5Bytes, site: String) throws(ImportError) {
    var message = message
    let (version, flags) = (try message.byte(), try message.byte())
    guard (1...3).contains(version) else { throw message.damaged("has an attribute of version \(version)") }
    let (nameSize, typeSize, spaceSize) = (try message.int(2), try message.int(2), try message.int(2))
    if version == 3 { try message.skip(1) }
    func padded(_ size: Int) -> Int { version == 1 ? size.roundedUp(to: 8) : size }
    var text = try message.part(padded(nameSize))
    name = try text.text(nameSize)
    var type = try message.part(padded(typeSize)), space = try message.part(padded(spaceSize))
    // Since version 2 flags say that a part is shared and lies elsewhere.
    if version > 1, flags & 1 != 0 { type = try HDF5ObjectHeader.shared(type, .datatype, bytes, site: site) }
    if version > 1, flags & 2 != 0 { space = try HDF5ObjectHeader.shared(space, .dataspace, bytes, site: site) }
    (self.type, self.space, data) = (try HDF5Datatype(type), try HDF5Dataspace(space), message)
  }

  /// The elements as text: of fixed or variable length, scalar or array. Without elements there is no text whatever the
  /// type.
  func strings(_ heap: HDF5GlobalHeap, site: String) throws(ImportError) -> [String] {
    if space.count == 0 { return [] }
    guard type.kind == .string || type.kind == .variableString else {
      throw ImportError(.malformed, site, "the attribute is not text")
    }
    guard let size = Int.product([space.count, type.size]), size <= Limits.attributeBytes else {
      throw ImportError(.limit, site, "the attribute is too large")
    }
    guard size <= data.remaining else { throw ImportError(.malformed, site, "the attribute is cut short") }
    var data = data
    var result: [String] = []
    var total = 0
    for _ in 0..<space.count {
      if type.kind == .string {
        result.append(try data.text(type.size))
        continue
      }
      let count = try data.int(4), address = try data.number(data.sizes.offset), index = try data.int(4)
      total += count
      guard total <= Limits.attributeBytes else { throw ImportError(.limit, site, "the attribute is too large") }
      if count == 0 {
        result.append("")
      } else {
        var object = try heap.object(address, index, site: site)
        result.append(try object.text(count))
      }
    }
    return result
  }
}
