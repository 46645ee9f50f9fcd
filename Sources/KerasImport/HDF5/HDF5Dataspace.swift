import ModelFiles

/// The shape of a dataset or an attribute.
///
/// Layout: HDF5 File Format Specification 3.0, section IV.A.2.b.
struct HDF5Dataspace {
  /// Empty for a scalar.
  let dims: [Int]
  /// What the dimensions may grow to; nil where there is no bound.
  let maximum: [Int?]
  /// Elements in all; at most `Int.max`, which stands for any larger number.
  let count: Int

  init(_ message: HDF5Cursor) throws(ImportError) {
    var message = message
    let version = try message.byte()
    guard version == 1 || version == 2 else { throw message.damaged("has a dataspace of version \(version)") }
    let (rank, flags, kind) = (Int(try message.byte()), try message.byte(), try message.byte())
    if version == 1 { try message.skip(4) }
    guard rank <= 32, version == 1 || kind <= 2 else { throw message.damaged("has \(rank) dimensions") }
    // Kind 0 of version 2 is a scalar, 1 has dimensions, 2 is a space without elements.
    guard version == 1 || kind == 1 || rank == 0 else {
      throw message.damaged("has \(rank) dimensions and is said to have none")
    }
    var dims: [Int] = []
    for _ in 0..<rank { dims.append(Int(clamping: try message.number(message.sizes.length))) }
    var maximum: [Int?] = dims
    if flags & 1 != 0 {
      let unlimited = HDF5Sizes(offset: message.sizes.length).undefined
      for axis in 0..<rank {
        let bound = try message.number(message.sizes.length)
        maximum[axis] = bound == unlimited ? nil : Int(clamping: bound)
        guard bound >= UInt64(dims[axis]) else { throw message.damaged("is larger than it may become") }
      }
    }
    (self.dims, self.maximum) = (dims, maximum)
    count = version == 2 && kind == 2 ? 0 : dims.contains(0) ? 0 : Int.product(dims) ?? Int.max
  }
}
