import ModelFiles

/// The global heap: collections of objects, where text of variable length lies.
///
/// Layout: HDF5 File Format Specification 3.0, section III.E.
final class HDF5GlobalHeap {
  private let bytes: HDF5Bytes
  private var collections: [UInt64: [Int: HDF5Cursor]] = [:]
  /// Bytes of the collections that are held, which do not overlap in a sound file.
  private var held = 0

  init(_ bytes: HDF5Bytes) { self.bytes = bytes }

  /// The object with an index, from 1, in the collection at an address.
  func object(_ address: UInt64, _ index: Int, site: String) throws(ImportError) -> HDF5Cursor {
    if collections[address] == nil { collections[address] = try objects(of: address, site: site) }
    guard index > 0, let object = collections[address]?[index] else {
      throw ImportError(.malformed, site, "refers to text that does not exist")
    }
    return object
  }

  private func objects(of address: UInt64, site: String) throws(ImportError) -> [Int: HDF5Cursor] {
    let length = bytes.sizes.length
    var head = try bytes.structure("GCOL", address, 8 + length, site: site)
    guard try head.byte() == 1 else { throw head.damaged("has a heap of an unknown version") }
    try head.skip(3)
    let size = try head.length()
    guard size >= 8 + length, let total = held.plus(size), total <= bytes.source.count else {
      throw head.damaged("has a damaged heap")
    }
    held = total
    var body = try bytes.cursor(address, size, site: site)
    try body.skip(8 + length)
    var result: [Int: HDF5Cursor] = [:]
    while body.remaining >= 8 + length {
      let index = try body.int(2)
      try body.skip(6)
      let count = try body.length()
      // Index 0 is the free space at the end.
      if index == 0 { break }
      guard result.updateValue(try body.part(count), forKey: index) == nil else {
        throw body.damaged("has a heap with two objects of one number")
      }
      try body.skip(min((8 - count % 8) % 8, body.remaining))
    }
    return result
  }
}
