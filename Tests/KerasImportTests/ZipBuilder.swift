/// A zip archive of stored members, written field by field, so that any can be wrong and many can be empty.
struct ZipBuilder {
  private(set) var bytes: [UInt8] = []
  private var directory: [UInt8] = []
  private var count = 0

  mutating func add(_ name: [UInt8], _ data: [UInt8] = []) {
    let place = bytes.count
    let fields =
      little(0, 2) + little(0, 2) + little(0, 2) + little(33, 2) + little(Int(checksum(data)), 4)
      + little(data.count, 4) + little(data.count, 4) + little(name.count, 2) + little(0, 2)
    bytes += [0x50, 0x4B, 3, 4] + little(20, 2) + fields + name + data
    directory += [0x50, 0x4B, 1, 2] + little(20, 2) + little(20, 2) + fields
    directory += [UInt8](repeating: 0, count: 10) + little(place, 4) + name
    count += 1
  }

  /// The archive with a comment; `declared` is how many members its end counts.
  func finished(comment: [UInt8] = [], declared: Int? = nil) -> [UInt8] {
    let (most, count) = (0xFFFF, declared ?? count)
    var end: [UInt8] = []
    if count >= most {
      end += [0x50, 0x4B, 6, 6] + little(44, 8) + little(45, 2) + little(45, 2) + little(0, 8)
      end += little(count, 8) + little(count, 8) + little(directory.count, 8) + little(bytes.count, 8)
      end += [0x50, 0x4B, 6, 7] + little(0, 4) + little(bytes.count + directory.count, 8) + little(1, 4)
    }
    let short = min(count, most)
    end += [0x50, 0x4B, 5, 6] + little(0, 4) + little(short, 2) + little(short, 2)
    end += little(directory.count, 4) + little(bytes.count, 4) + little(comment.count & 0xFFFF, 2)
    return bytes + directory + end + comment
  }
}

private func little(_ value: Int, _ width: Int) -> [UInt8] {
  (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

/// The checksum of zip (CRC-32).
func checksum(_ bytes: [UInt8]) -> UInt32 {
  var sum: UInt32 = .max
  for byte in bytes {
    sum ^= UInt32(byte)
    for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
  }
  return ~sum
}
