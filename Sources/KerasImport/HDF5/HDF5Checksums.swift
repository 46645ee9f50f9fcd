/// Bob Jenkins' lookup3 hash of bytes, which guards the metadata of HDF5 files since version 1.8.
func lookup3(_ bytes: [UInt8]) -> UInt32 {
  func rotated(_ value: UInt32, _ count: UInt32) -> UInt32 { value << count | value >> (32 - count) }
  let count = bytes.count
  var a = 0xDEAD_BEEF &+ UInt32(truncatingIfNeeded: count)
  var (b, c) = (a, a)
  func word(_ place: Int) -> UInt32 {
    var value: UInt32 = 0
    for byte in 0..<4 where place + byte < count { value |= UInt32(bytes[place + byte]) << UInt32(8 * byte) }
    return value
  }
  var place = 0
  while count - place > 12 {
    a &+= word(place)
    b &+= word(place + 4)
    c &+= word(place + 8)
    a = (a &- c) ^ rotated(c, 4)
    c &+= b
    b = (b &- a) ^ rotated(a, 6)
    a &+= c
    c = (c &- b) ^ rotated(b, 8)
    b &+= a
    a = (a &- c) ^ rotated(c, 16)
    c &+= b
    b = (b &- a) ^ rotated(a, 19)
    a &+= c
    c = (c &- b) ^ rotated(b, 4)
    b &+= a
    place += 12
  }
  guard count > place else { return c }
  a &+= word(place)
  b &+= word(place + 4)
  c &+= word(place + 8)
  c = (c ^ b) &- rotated(b, 14)
  a = (a ^ c) &- rotated(c, 11)
  b = (b ^ a) &- rotated(a, 25)
  c = (c ^ b) &- rotated(b, 16)
  a = (a ^ c) &- rotated(c, 4)
  b = (b ^ a) &- rotated(a, 14)
  c = (c ^ b) &- rotated(b, 24)
  return c
}

/// The Fletcher checksum that the filter of this name appends to chunks: over 16-bit words, the first byte higher.
func fletcher32(_ bytes: some Sequence<UInt8>) -> UInt32 {
  var (low, high) = (UInt32(0), UInt32(0))
  func folded(_ sum: UInt32) -> UInt32 { (sum & 0xFFFF) + sum >> 16 }
  var first: UInt8?
  for byte in bytes {
    guard let upper = first else {
      first = byte
      continue
    }
    low = folded(low + (UInt32(upper) << 8 | UInt32(byte)))
    high = folded(high + low)
    first = nil
  }
  if let upper = first {
    low = folded(low + UInt32(upper) << 8)
    high = folded(high + low)
  }
  return folded(high) << 16 | folded(low)
}
