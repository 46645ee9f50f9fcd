import ModelFiles

/// A B-tree of version 2, which holds records of one size.
///
/// Layout: HDF5 File Format Specification 3.0, section III.A.2.
struct HDF5RecordTree {
  /// What the records are: 1 large heap objects, 5 links by name, 8 attributes by name, 10 and 11 chunks.
  let kind: UInt8
  private let bytes: HDF5Bytes
  private let site: String
  let recordSize: Int
  private let root: UInt64?
  private let rootCount: Int
  private let depth: Int
  private let nodeSize: Int
  /// By depth: the bytes of a child's count of records, and of all records below it.
  private var countBytes = 0
  private var totalBytes: [Int] = []

  init(_ bytes: HDF5Bytes, at address: UInt64, kinds: ClosedRange<UInt8>, site: String) throws(ImportError) {
    (self.bytes, self.site) = (bytes, site)
    let size = 22 + bytes.sizes.offset + bytes.sizes.length
    var head = try bytes.structure("BTHD", address, size, isSummed: true, site: site)
    let version = try head.byte()
    kind = try head.byte()
    nodeSize = try head.int(4)
    (recordSize, depth) = (try head.int(2), try head.int(2))
    try head.skip(2)
    (root, rootCount) = (try head.address(), try head.int(2))
    guard version == 0, kinds.contains(kind), recordSize > 0, depth <= Limits.linkDepth else {
      throw head.damaged("has a B-tree of an unknown kind")
    }
    // Sizes of what an inner node says of its children follow from how many records fit into a node.
    var most = max(0, nodeSize - 10) / recordSize
    countBytes = most.encodedBytes
    var total = most
    totalBytes = [0]
    for level in stride(from: 1, through: depth, by: 1) {
      let pointer = bytes.sizes.offset + countBytes + totalBytes[level - 1]
      most = max(0, nodeSize - 10 - pointer) / (recordSize + pointer)
      guard let next = Int.product([most + 1, total])?.plus(most) else {
        throw ImportError(.malformed, site, "has a B-tree that is too deep")
      }
      total = next
      totalBytes.append(total.encodedBytes)
    }
  }

  /// All records; those of a node come before those of its children.
  func records() throws(ImportError) -> [HDF5Cursor] {
    guard let root else { return [] }
    var result: [HDF5Cursor] = []
    var visited: Set<UInt64> = []
    var pending = [(address: root, count: rootCount, depth: depth)]
    while let next = pending.popLast() {
      guard visited.insert(next.address).inserted else {
        throw ImportError(.malformed, site, "has a B-tree that contains itself")
      }
      let pointer = next.depth == 0 ? 0 : bytes.sizes.offset + countBytes + totalBytes[next.depth - 1]
      guard let records = Int.product([next.count, recordSize]),
        let pointers = Int.product([next.count + 1, pointer]), let size = records.plus(pointers)?.plus(10),
        size <= nodeSize
      else { throw ImportError(.malformed, site, "has a B-tree with a wrong node") }
      var node = try bytes.structure(next.depth == 0 ? "BTLF" : "BTIN", next.address, size, isSummed: true, site: site)
      guard try node.byte() == 0, try node.byte() == kind else { throw node.damaged("has a B-tree with a wrong node") }
      for _ in 0..<next.count { result.append(try node.part(recordSize)) }
      if next.depth > 0 {
        for _ in 0...next.count {
          guard let child = try node.address() else { throw node.damaged("has a B-tree that leads nowhere") }
          let count = try node.int(countBytes)
          guard count < 1 << 32 else { throw node.damaged("has a B-tree with a wrong node") }
          try node.skip(totalBytes[next.depth - 1])
          pending.append((child, count, next.depth - 1))
        }
      }
      guard result.count <= Limits.objects, pending.count <= Limits.objects else {
        throw ImportError(.limit, site, "has more than \(Limits.objects) entries")
      }
    }
    return result
  }
}
