import ModelFiles

/// Where the elements of a dataset lie.
///
/// Layout: HDF5 File Format Specification 3.0, section IV.A.2.i.
enum HDF5Layout {
  /// Within the object header.
  case compact(HDF5Cursor)
  /// In one piece; without an address nothing was ever written. The size is nil where the version has none.
  case contiguous(UInt64?, Int?)
  case chunked(HDF5Chunks)
  /// Put together from other datasets, or kept in other files.
  case virtual

  init(_ message: HDF5Cursor) throws(ImportError) {
    var message = message
    let version = try message.byte()
    switch version {
    case 1, 2: self = try HDF5Layout.early(&message)
    // Version 5 has wider sizes of filtered chunks in its indexes, which say how wide they are.
    case 3, 4, 5: self = try HDF5Layout.late(&message, version)
    default: throw message.damaged("has a data layout of version \(version)")
    }
  }

  private static func early(_ message: inout HDF5Cursor) throws(ImportError) -> HDF5Layout {
    let (count, kind) = (Int(try message.byte()), try message.byte())
    try message.skip(5)
    let address = kind == 0 ? nil : try message.address()
    var dims: [Int] = []
    for _ in 0..<count { dims.append(try message.int(4)) }
    switch kind {
    case 0: return .compact(try message.part(try message.int(4)))
    case 1: return .contiguous(address, nil)
    case 2: return .chunked(try HDF5Chunks(dims, .nodeTree, address, site: message.site))
    default: throw message.damaged("has a data layout of the unknown class \(kind)")
    }
  }

  private static func late(_ message: inout HDF5Cursor, _ version: UInt8) throws(ImportError) -> HDF5Layout {
    let kind = try message.byte()
    switch kind {
    case 0: return .compact(try message.part(try message.int(2)))
    case 1: return .contiguous(try message.address(), try message.length())
    case 2 where version == 3:
      let count = Int(try message.byte())
      let address = try message.address()
      var dims: [Int] = []
      for _ in 0..<count { dims.append(try message.int(4)) }
      return .chunked(try HDF5Chunks(dims, .nodeTree, address, site: message.site))
    case 2:
      let (flags, count, width) = (try message.byte(), Int(try message.byte()), Int(try message.byte()))
      var dims: [Int] = []
      for _ in 0..<count { dims.append(try message.int(width)) }
      let index = try chunkIndex(&message, flags)
      return .chunked(
        try HDF5Chunks(dims, index, try message.address(), leavesEdgesUnfiltered: flags & 1 != 0, site: message.site))
    case 3: return .virtual
    default: throw message.damaged("has a data layout of the unknown class \(kind)")
    }
  }

  private static func chunkIndex(_ message: inout HDF5Cursor, _ flags: UInt8) throws(ImportError) -> HDF5Chunks.Index {
    let kind = try message.byte()
    switch kind {
    case 1:
      guard flags & 2 != 0 else { return .single(nil, filterMask: 0) }
      return .single(try message.length(), filterMask: UInt32(truncatingIfNeeded: try message.number(4)))
    case 2: return .implicit
    case 3:
      try message.skip(1)
      return .fixedArray
    case 4:
      try message.skip(5)
      return .extensibleArray
    case 5:
      try message.skip(6)
      return .recordTree
    default: throw message.damaged("has a chunk index of the unknown kind \(kind)")
    }
  }
}

/// A dataset that is cut into blocks of one shape.
struct HDF5Chunks {
  enum Index {
    /// A B-tree of version 1.
    case nodeTree
    /// One chunk; with filters its bytes are given.
    case single(Int?, filterMask: UInt32)
    /// All chunks one after the other, unfiltered.
    case implicit
    case fixedArray, extensibleArray
    /// A B-tree of version 2.
    case recordTree
  }

  let dims: [Int]
  let elementSize: Int
  let index: Index
  /// Nil when nothing was ever written.
  let address: UInt64?
  let leavesEdgesUnfiltered: Bool

  /// `sizes` are those of the dimensions and, last, of an element.
  init(
    _ sizes: [Int], _ index: Index, _ address: UInt64?, leavesEdgesUnfiltered: Bool = false, site: String
  ) throws(ImportError) {
    guard let elementSize = sizes.last, sizes.count >= 2, sizes.count <= 33, !sizes.contains(0) else {
      throw ImportError(.malformed, site, "has chunks without elements")
    }
    (dims, self.elementSize) = (Array(sizes.dropLast()), elementSize)
    (self.index, self.address, self.leavesEdgesUnfiltered) = (index, address, leavesEdgesUnfiltered)
  }
}
