import ModelFiles

/// The members of a group. Links that lead out of the file, or by name instead of by address, are refused.
///
/// Layout: HDF5 File Format Specification 3.0, sections III.B to III.D and IV.A.2.c, g and r.
struct HDF5Links {
  typealias Link = (name: String, address: UInt64)

  let bytes: HDF5Bytes
  /// The path of the group, with a slash at its start.
  let path: String

  func links(_ header: HDF5ObjectHeader) throws(ImportError) -> [Link] {
    var result: [Link] = []
    for message in header.all(.link) {
      guard !message.isShared else { throw message.body.damaged("has a link that is shared") }
      result.append(try link(message.body))
    }
    if let info = try header.body(.linkInfo) { try addDense(info, to: &result) }
    if let table = try header.body(.symbolTable) { try addTable(table, to: &result) }
    var names: Set<String> = []
    for link in result where !names.insert(link.name).inserted {
      throw ImportError(.malformed, child(link.name), "two members of the group have this name")
    }
    return result
  }

  private func child(_ name: String) -> String { (path == "/" ? "/" : path + "/") + name }

  private func checked(_ name: String) throws(ImportError) -> String {
    guard !name.isEmpty, name != ".", name != "..", !name.utf8.contains(UInt8(ascii: "/")), name.utf8.count < 65_536
    else { throw ImportError(.malformed, child(name), "is not a name that a link may have") }
    return name
  }

  private func refusal(_ name: String, _ kind: String) -> ImportError {
    ImportError(.malformed, child(name), "is \(kind): links that do not lie in the file itself are not allowed")
  }

  /// Reads a link message.
  private func link(_ message: HDF5Cursor) throws(ImportError) -> Link {
    var message = message
    let (version, flags) = (try message.byte(), try message.byte())
    guard version == 1 else { throw message.damaged("has a link of version \(version)") }
    let kind = flags & 8 != 0 ? try message.byte() : 0
    if flags & 4 != 0 { try message.skip(8) }
    if flags & 16 != 0 { try message.skip(1) }
    let count = try message.int(1 << Int(flags & 3))
    let name = try checked(String(decoding: try message.take(count), as: UTF8.self))
    switch kind {
    case 0:
      guard let address = try message.address() else { throw message.damaged("has a link without an address") }
      return (name, address)
    case 1: throw refusal(name, "a soft link")
    case 64: throw refusal(name, "an external link")
    default: throw refusal(name, "a user-defined link (\(kind))")
    }
  }

  private func addDense(_ info: HDF5Cursor, to result: inout [Link]) throws(ImportError) {
    var info = info
    guard try info.byte() == 0 else { throw info.damaged("has links of an unknown version") }
    if try info.byte() & 1 != 0 { try info.skip(8) }
    guard let heapAddress = try info.address() else { return }
    guard let index = try info.address() else { throw info.damaged("has links without an index") }
    let heap = try HDF5FractalHeap(bytes, at: heapAddress, site: path)
    for record in try HDF5RecordTree(bytes, at: index, kinds: 5...5, site: path).records() {
      var record = record
      try record.skip(4)
      result.append(try link(try heap.object(record)))
      try checkCount(result)
    }
  }

  /// The groups of files up to version 1.6: a B-tree of tables, the names in a heap.
  private func addTable(_ message: HDF5Cursor, to result: inout [Link]) throws(ImportError) {
    var message = message
    guard let root = try message.address(), let heap = try message.address() else {
      throw message.damaged("is a group without a table")
    }
    let (offset, length) = (bytes.sizes.offset, bytes.sizes.length)
    var head = try bytes.structure("HEAP", heap, 8 + 2 * length + offset, site: path)
    guard try head.byte() == 0 else { throw head.damaged("has a heap of an unknown version") }
    try head.skip(3)
    let names = try head.length()
    try head.skip(length)
    guard let base = try head.address() else { throw head.damaged("has a heap without an address") }
    _ = try bytes.place(base, names, site: path)
    let tree = HDF5NodeTree(bytes: bytes, site: path, kind: 0, keySize: length)
    var visited: Set<UInt64> = []
    for leaf in try tree.leaves(root) {
      guard visited.insert(leaf.address).inserted else { throw head.damaged("lists some members twice") }
      let entryBytes = 24 + offset + length
      var table = try bytes.structure("SNOD", leaf.address, 8, site: path)
      guard try table.byte() == 1 else { throw table.damaged("has a table of an unknown version") }
      try table.skip(1)
      let count = try table.int(2)
      table = try bytes.cursor(leaf.address, 8 + count * entryBytes, site: path)
      try table.skip(8)
      for _ in 0..<count {
        let place = try table.number(length)
        let address = try table.address()
        let kind = try table.number(4)
        try table.skip(20)
        guard place < UInt64(names) else { throw table.damaged("has a name beyond the heap of names") }
        let (start, overflow) = base.addingReportingOverflow(place)
        guard !overflow else { throw table.damaged("has a name beyond the heap of names") }
        let limit = Int(clamping: UInt64(names) - place)
        let name = try checked(try bytes.text(start, limit: min(limit, 65_536), site: path))
        guard kind != 2 else { throw refusal(name, "a soft link") }
        guard let address else { throw table.damaged("has a link without an address") }
        result.append((name, address))
        try checkCount(result)
      }
    }
  }

  private func checkCount(_ links: [Link]) throws(ImportError) {
    guard links.count <= Limits.objects else {
      throw ImportError(.limit, path, "has more than \(Limits.objects) members")
    }
  }
}
