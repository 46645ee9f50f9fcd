import ModelFiles

/// A B-tree of version 1: groups list their members by it, datasets their chunks.
///
/// Layout: HDF5 File Format Specification 3.0, section III.A.1.
struct HDF5NodeTree {
  /// What a leaf refers to, and the key in front of it.
  typealias Leaf = (key: HDF5Cursor, address: UInt64)

  let bytes: HDF5Bytes
  let site: String
  /// 0 for groups, 1 for chunks.
  let kind: UInt8
  let keySize: Int

  /// The leaves in order. A node that is met twice is an error.
  func leaves(_ root: UInt64) throws(ImportError) -> [Leaf] {
    var result: [Leaf] = []
    var visited: Set<UInt64> = []
    var pending: [(address: UInt64, level: Int?)] = [(root, nil)]
    let headBytes = 8 + 2 * bytes.sizes.offset
    while let next = pending.popLast() {
      guard visited.insert(next.address).inserted else {
        throw ImportError(.malformed, site, "has a B-tree that contains itself")
      }
      var head = try bytes.structure("TREE", next.address, headBytes, site: site)
      let (nodeKind, level, entries) = (try head.byte(), Int(try head.byte()), try head.int(2))
      guard nodeKind == kind, next.level == nil || next.level == level, level <= Limits.linkDepth else {
        throw head.damaged("has a B-tree with a wrong node")
      }
      let count = headBytes + entries * (keySize + bytes.sizes.offset)
      var body = try bytes.cursor(next.address, count, site: site)
      try body.skip(headBytes)
      var children: [UInt64] = []
      for _ in 0..<entries {
        let key = try body.part(keySize)
        guard let address = try body.address() else { throw body.damaged("has a B-tree that leads nowhere") }
        if level == 0 { result.append((key, address)) } else { children.append(address) }
      }
      for child in children.reversed() { pending.append((child, level - 1)) }
      guard result.count <= Limits.objects, visited.count <= Limits.objects else {
        throw ImportError(.limit, site, "has more than \(Limits.objects) entries")
      }
    }
    return result
  }
}
