/// The parts of an HDF5 image whose sizes libhdf5 believes without checking: objects of global heaps, where variable-
/// length strings lie, and the references to them in attributes. A wrong one makes the library read or write past its
/// own memory.
///
/// Layout: HDF5 File Format Specification 3.0, sections II.A "Superblock", III.E "Global Heap", IV.A.1 "Version 1 Data
/// Object Header" and IV.A.2.m "The Attribute Message".
struct HDF5Heaps {
  /// Where addresses count from.
  let start: Int
  private let image: HDF5Image
  private let site: String
  /// Lengths of objects by index, by the offset of their collection.
  private var heaps: [Int: [UInt16: Int]] = [:]

  /// Checks the superblock and all heaps, for which it reads the whole image and so verifies its checksum.
  init(_ image: HDF5Image, site: String) throws(KerasError) {
    guard let start = image.superblock(), image.count - start >= 48 else {
      throw KerasError(.malformed, site, "has no HDF5 superblock")
    }
    guard let version = image.number(at: start + 8, width: 1), version <= 3 else {
      throw KerasError(.malformed, site, "has an HDF5 superblock of an unknown version")
    }
    guard image.number(at: start + (version < 2 ? 13 : 9), width: 2) == 0x0808 else {
      throw KerasError(.unsupported, site, "is an HDF5 file with addresses that are not of 8 bytes")
    }
    (self.start, self.image, self.site) = (start, image, site)
    // A collection starts with a signature and version 1.
    for place in try image.places(of: Array("GCOL".utf8) + [1]) {
      guard let objects = objects(of: place) else {
        throw KerasError(.malformed, site, "has a damaged HDF5 heap at byte \(place)")
      }
      heaps[place] = objects
    }
  }

  /// Checks the attributes in the object header at an address. Headers of version 2 have checksums and are left to the
  /// library.
  func checkAttributes(ofHeaderAt address: UInt64) throws(KerasError) {
    guard let offset = Int(exactly: address), offset <= image.count - start - 16,
      image.number(at: start + offset, width: 1) == 1
    else { return }
    let header = start + offset
    var blocks: [(first: Int, count: Int)] = []
    if let size = image.number(at: header + 8, width: 4) { blocks.append((header + 16, size)) }
    var visited = 0
    while let block = blocks.popLast() {
      visited += 1
      guard visited < 10_000, block.first >= 0, block.count >= 0, block.count <= image.count - block.first else {
        throw KerasError(.malformed, site, "has a damaged HDF5 object header at byte \(header)")
      }
      var place = block.first
      while place + 8 <= block.first + block.count, let type = image.number(at: place, width: 2),
        let size = image.number(at: place + 2, width: 2), place + 8 + size <= block.first + block.count
      {
        // Flag 1: the message is shared and lies elsewhere.
        if type == 0x0C, let flags = image.number(at: place + 4, width: 1), flags & 2 == 0 {
          try checkAttribute(at: place + 8, count: size)
        }
        if type == 0x10, let next = image.number(at: place + 8, width: 8),
          let length = image.number(at: place + 16, width: 8),
          next <= image.count - start
        {
          blocks.append((start + next, length))
        }
        place += 8 + size
      }
    }
  }

  private func checkAttribute(at place: Int, count: Int) throws(KerasError) {
    // The library itself refuses other versions.
    guard let version = image.number(at: place, width: 1), (1...3).contains(version) else { return }
    let damaged = KerasError(.malformed, site, "has an attribute beyond its end, at byte \(place)")
    guard count >= 9, let flags = image.number(at: place + 1, width: 1),
      let name = image.number(at: place + 2, width: 2), let type = image.number(at: place + 4, width: 2),
      let space = image.number(at: place + 6, width: 2)
    else { throw damaged }
    func padded(_ size: Int) -> Int { version == 1 ? (size + 7) / 8 * 8 : size }
    let end = place + count
    let datatype = place + (version == 3 ? 9 : 8) + padded(name)
    let dataspace = datatype + padded(type)
    var reference = dataspace + padded(space)
    // Flags of later versions say that type or space are shared and lie elsewhere.
    let isShared = version > 1 && flags != 0
    guard reference <= end,
      isShared || dataBytes(datatype, type, dataspace, space).map({ $0 <= end - reference }) == true
    else { throw damaged }
    // Class 9 is variable-length; its elements are a length, the address of a collection and an index.
    guard datatype < end, let type = image.number(at: datatype, width: 1), type & 0x0F == 9 else { return }
    guard isShared || image.number(at: datatype + 4, width: 4) == 16 else { throw damaged }
    while reference + 16 <= end, let length = image.number(at: reference, width: 4),
      let index = image.number(at: reference + 12, width: 4)
    {
      defer { reference += 16 }
      guard let address = image.number(at: reference + 4, width: 8), address <= image.count else {
        throw damaged
      }
      if address == 0, length == 0 { continue }
      guard let key = UInt16(exactly: index), let size = heaps[start + address]?[key], size == length else {
        // Messages are padded to 8 bytes, which may look like another reference, of nothing.
        if length == 0 { continue }
        throw KerasError(.malformed, site, "has an attribute that refers to nothing, at byte \(reference)")
      }
    }
  }

  /// The bytes that an attribute's elements take; nil when its type or space is cut off.
  private func dataBytes(_ datatype: Int, _ typeBytes: Int, _ dataspace: Int, _ spaceBytes: Int) -> Int? {
    guard typeBytes >= 8, let size = image.number(at: datatype + 4, width: 4), spaceBytes >= 4,
      let version = image.number(at: dataspace, width: 1), let rank = image.number(at: dataspace + 1, width: 1),
      let kind = image.number(at: dataspace + 3, width: 1)
    else { return nil }
    let dims = version == 1 ? 8 : 4
    guard rank * 8 + dims <= spaceBytes else { return nil }
    // Kind 2 of version 2 is a space without elements.
    if version == 2, kind == 2 { return 0 }
    var bytes = size
    for axis in 0..<rank {
      guard let dim = image.number(at: dataspace + dims + axis * 8, width: 8) else { return nil }
      let (product, overflow) = bytes.multipliedReportingOverflow(by: dim)
      if overflow { return nil }
      bytes = product
    }
    return bytes
  }

  /// The objects of a collection; nil when the collection leaves the image or an object the collection.
  private func objects(of heap: Int) -> [UInt16: Int]? {
    guard let total = image.number(at: heap + 8, width: 8), total >= 16, total <= image.count - heap else { return nil }
    let end = heap + total
    var place = heap + 16
    var result: [UInt16: Int] = [:]
    while place + 16 <= end, let index = image.number(at: place, width: 2) {
      guard let length = image.number(at: place + 8, width: 8), length <= end - place else { return nil }
      // Index 0 is the free space at the end; its size counts its own header.
      if index == 0 { return length >= 16 && place + length == end ? result : nil }
      guard length <= end - place - 16, result.updateValue(length, forKey: UInt16(index)) == nil else { return nil }
      place += 16 + (length + 7) / 8 * 8
    }
    return place <= end ? result : nil
  }
}
