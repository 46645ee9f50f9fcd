import TestSupport

/// The checksums of a model file that a mutation breaks, and how they are made right again: without that, nearly every
/// mutant ends at the first of them.
///
/// They are those of stored members of a zip archive (CRC-32) and of structures of HDF5 (lookup3), wherever those lie.
struct Seals {
  private struct Seal {
    var body: Range<Int>
    var places: [Int]
  }

  private var structures: [Seal] = []
  private var members: [Seal] = []

  init(_ bytes: [UInt8]) {
    structures = Seals.structures(bytes)
    members = Seals.members(bytes)
  }

  /// Some part of the file that is of weight: a structure of HDF5 or a stored member; nil when there is none.
  func part(_ numbers: inout SeededNumbers) -> Range<Int>? {
    let all = structures.isEmpty || numbers.below(4) == 0 ? members : structures
    return all.isEmpty ? nil : all[numbers.below(all.count)].body
  }

  /// Makes the checksums right of bytes that were changed in place.
  func renew(_ bytes: inout [UInt8]) {
    for (seals, sum) in [(structures, lookup3), (members, checksum)] as [([Seal], (ArraySlice<UInt8>) -> UInt32)] {
      for seal in seals {
        let value = sum(bytes[seal.body])
        for place in seal.places {
          for byte in 0..<4 { bytes[place + byte] = UInt8(truncatingIfNeeded: value >> UInt32(8 * byte)) }
        }
      }
    }
  }

  /// Structures with a checksum behind them. Where the length is not plain it is the first one whose checksum is right.
  private static func structures(_ bytes: [UInt8]) -> [Seal] {
    let known = ["\u{89}HDF": 44, "FRHP": 142, "BTHD": 34, "FAHD": 24, "EAHD": 68]
    let others: Set = ["OHDR", "OCHK", "BTLF", "BTIN", "FHIB", "FADB", "EAIB", "EADB", "EASB"]
    var result: [Seal] = []
    for start in bytes.indices.dropLast(12) where bytes[start] == 0x89 || (0x41...0x5A).contains(bytes[start]) {
      let name = String(String.UnicodeScalarView(bytes[start..<start + 4].map { Unicode.Scalar($0) }))
      let lengths = known[name].map { $0...$0 } ?? (others.contains(name) ? 8...600 : 0...0)
      for length in lengths where length > 0 && start + length + 4 <= bytes.count {
        if lookup3(bytes[start..<start + length]) == word(bytes, start + length) {
          result.append(Seal(body: start..<start + length, places: [start + length]))
          break
        }
      }
    }
    return result
  }

  private static func members(_ bytes: [UInt8]) -> [Seal] {
    var result: [Seal] = []
    for entry in bytes.indices.dropLast(46) where bytes[entry...].starts(with: [0x50, 0x4B, 1, 2]) {
      let local = Int(word(bytes, entry + 42)), size = Int(word(bytes, entry + 20))
      guard bytes[entry + 10] == 0, local + 30 < bytes.count, bytes[local...].starts(with: [0x50, 0x4B, 3, 4]) else {
        continue
      }
      let start = local + 30 + Int(word(bytes, local + 26) & 0xFFFF) + Int(word(bytes, local + 28) & 0xFFFF)
      guard size > 0, start + size <= bytes.count, checksum(bytes[start..<start + size]) == word(bytes, entry + 16)
      else {
        continue
      }
      result.append(Seal(body: start..<start + size, places: [local + 14, entry + 16]))
    }
    return result
  }

  private static func word(_ bytes: [UInt8], _ place: Int) -> UInt32 {
    var value: UInt32 = 0
    for byte in 0..<4 { value |= UInt32(bytes[place + byte]) << UInt32(8 * byte) }
    return value
  }
}

/// CRC-32 by a table.
private func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
  var sum = UInt32.max
  for byte in bytes { sum = checksumTable[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ (sum >> 8) }
  return ~sum
}

private let checksumTable: [UInt32] = (0..<256).map { (byte: UInt32) -> UInt32 in
  var sum = byte
  for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xEDB8_8320 : sum >> 1 }
  return sum
}

/// Bob Jenkins' lookup3 hash.
private func lookup3(_ bytes: ArraySlice<UInt8>) -> UInt32 {
  func turned(_ value: UInt32, _ count: UInt32) -> UInt32 { value << count | value >> (32 - count) }
  var state = [UInt32](repeating: 0xDEAD_BEEF &+ UInt32(truncatingIfNeeded: bytes.count), count: 3)
  func add(_ from: Int, _ to: Int) {
    for place in from..<to { state[(place - from) / 4] &+= UInt32(bytes[place]) << UInt32((place - from) % 4 * 8) }
  }
  var place = bytes.startIndex
  while bytes.endIndex - place > 12 {
    add(place, place + 12)
    for (turn, count) in [4, 6, 8, 16, 19, 4].enumerated() {
      // a, b and c take turns.
      let (x, y, z) = (turn % 3, (turn + 1) % 3, (turn + 2) % 3)
      state[x] = (state[x] &- state[z]) ^ turned(state[z], UInt32(count))
      state[z] &+= state[y]
    }
    place += 12
  }
  guard place < bytes.endIndex else { return state[2] }
  add(place, bytes.endIndex)
  for (turn, count) in [14, 11, 25, 16, 4, 14, 24].enumerated() {
    let (x, y) = ((turn + 2) % 3, (turn + 1) % 3)
    state[x] = (state[x] ^ state[y]) &- turned(state[y], UInt32(count))
  }
  return state[2]
}
