/// The fields of one message of protocol buffers, by number. Groups are not known.
struct WireFields {
  private enum Value {
    case number(UInt64)
    case bytes(ArraySlice<UInt8>)
  }

  private var values: [UInt64: [Value]] = [:]

  /// Nil for bytes that are no message.
  init?(_ message: ArraySlice<UInt8>) {
    var rest = message
    while !rest.isEmpty {
      guard let key = rest.takeVarint() else { return nil }
      let value: Value
      switch key & 7 {
      case 0:
        guard let number = rest.takeVarint() else { return nil }
        value = .number(number)
      case 1, 5:
        let count = key & 7 == 1 ? 8 : 4
        guard rest.count >= count else { return nil }
        value = .number(rest.prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) })
        rest = rest.dropFirst(count)
      case 2:
        guard let count = rest.takeVarint(), count <= rest.count else { return nil }
        value = .bytes(rest.prefix(Int(count)))
        rest = rest.dropFirst(Int(count))
      default: return nil
      }
      values[key >> 3, default: []].append(value)
    }
  }

  /// Messages, text or packed numbers under a field.
  func messages(_ field: UInt64) -> [ArraySlice<UInt8>] {
    (values[field] ?? []).compactMap { if case .bytes(let bytes) = $0 { bytes } else { nil } }
  }

  /// The last text under a field; nil where there is none, or it is no UTF-8.
  func text(_ field: UInt64) -> String? { messages(field).last.flatMap { String(validating: $0, as: UTF8.self) } }

  /// Numbers under a field, each by itself.
  func numbers(_ field: UInt64) -> [UInt64] {
    (values[field] ?? []).compactMap { if case .number(let number) = $0 { number } else { nil } }
  }

  /// Numbers of variable length under a field, each by itself or packed.
  func packed(_ field: UInt64) -> [UInt64] {
    var result = numbers(field)
    for var rest in messages(field) { while let number = rest.takeVarint() { result.append(number) } }
    return result
  }

  /// Numbers of single precision under a field, each by itself or packed.
  func floats(_ field: UInt64) -> [Float] {
    var bits = numbers(field)
    for var rest in messages(field) {
      while rest.count >= 4 {
        bits.append(rest.prefix(4).reversed().reduce(0) { $0 << 8 | UInt64($1) })
        rest = rest.dropFirst(4)
      }
    }
    return bits.map { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) }
  }
}

extension ArraySlice<UInt8> {
  /// Removes a number of variable length from the front; nil where there is none of at most 64 bits.
  fileprivate mutating func takeVarint() -> UInt64? {
    var result: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte = popFirst() else { return nil }
      result |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return result }
    }
    return nil
  }
}
