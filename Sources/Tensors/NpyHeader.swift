/// What the header of an .npy file says: a Python dictionary with the keys `descr`, `fortran_order` and `shape`.
struct NpyHeader: Hashable {
  /// Headers of arrays without fields stay far below; longer ones are refused unread.
  static let longest = 65_535
  /// NumPy's own limit on dimensions.
  static let highestRank = 64

  /// The data type without its byte order, such as `f4`.
  var descr = ""
  var bigEndian = false
  var fortranOrder = false
  var dims: [Int] = []

  /// Number of elements and of bytes when each element takes `byteCount`; `nil` when an integer cannot hold them.
  ///
  /// Zero dimensions are left out of the check, so that strides of an empty shape cannot overflow either.
  func size(elementBytes byteCount: Int) -> (elements: Int, bytes: Int)? {
    var bytes = byteCount
    for dim in dims where dim > 0 {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: dim)
      if overflow { return nil }
      bytes = product
    }
    return dims.contains(0) ? (0, 0) : (bytes / byteCount, bytes)
  }
}

/// Reads the header's dictionary literal; keys may come in any order, each exactly once.
struct NpyHeaderParser {
  private let bytes: ArraySlice<UInt8>
  private var place: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    place = bytes.startIndex
  }

  mutating func parse() throws(NpyError) -> NpyHeader {
    var header = NpyHeader()
    var missing: Set = ["descr", "fortran_order", "shape"]
    try expect("{")
    while !accept("}") {
      let keySite = place
      let key = try string()
      guard missing.remove(key) != nil else {
        throw NpyError(.malformedHeader(expected: "one of descr, fortran_order, shape, once"), at: keySite)
      }
      try expect(":")
      switch key {
      case "descr": try descr(&header)
      case "shape": header.dims = try tuple()
      default: header.fortranOrder = try boolean()
      }
      if !accept(",") {
        try expect("}")
        break
      }
    }
    if let key = missing.sorted().first { throw expected("the key \(key)") }
    skipBlanks()
    if place < bytes.endIndex { throw expected("the end of the header") }
    return header
  }

  private mutating func descr(_ header: inout NpyHeader) throws(NpyError) {
    skipBlanks()
    let site = place
    if let byte = peek, byte == UInt8(ascii: "[") { throw NpyError(.unsupportedType("with fields"), at: site) }
    let text = try string()
    header.descr = String(text.dropFirst())
    switch text.first {
    case ">": header.bigEndian = true
    case "<", "|", "=": header.bigEndian = text.first == "=" && 1.bigEndian == 1
    default: throw NpyError(.unsupportedType(text), at: site)
    }
  }

  private mutating func tuple() throws(NpyError) -> [Int] {
    try expect("(")
    var dims: [Int] = []
    while !accept(")") {
      if dims.count == NpyHeader.highestRank { throw NpyError(.shapeTooLarge, at: place) }
      dims.append(try integer())
      if !accept(",") {
        // `(3)` is an integer in Python, not a tuple.
        guard dims.count > 1 else { throw expected(",") }
        try expect(")")
        break
      }
    }
    return dims
  }

  private mutating func integer() throws(NpyError) -> Int {
    skipBlanks()
    let site = place
    var value = 0
    while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
      if overflow || carry { throw NpyError(.shapeTooLarge, at: site) }
      value = sum
      place += 1
    }
    if place == site { throw expected("a dimension") }
    return value
  }

  private mutating func boolean() throws(NpyError) -> Bool {
    skipBlanks()
    for (word, value) in [("True", true), ("False", false)] where bytes[place...].starts(with: word.utf8) {
      place += word.utf8.count
      return value
    }
    throw expected("True or False")
  }

  private mutating func string() throws(NpyError) -> String {
    skipBlanks()
    guard let quote = peek, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw expected("a string")
    }
    let start = place + 1
    guard let end = bytes[start...].firstIndex(of: quote) else { throw expected("the end of the string") }
    place = end + 1
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  private var peek: UInt8? { place < bytes.endIndex ? bytes[place] : nil }

  private mutating func skipBlanks() {
    while let byte = peek, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") { place += 1 }
  }

  private mutating func accept(_ mark: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard let byte = peek, byte == UInt8(ascii: mark) else { return false }
    place += 1
    return true
  }

  private mutating func expect(_ mark: Unicode.Scalar) throws(NpyError) {
    if !accept(mark) { throw expected(String(mark)) }
  }

  private func expected(_ what: String) -> NpyError { NpyError(.malformedHeader(expected: what), at: place) }
}
