import TestSupport

/// A model with some of its bytes changed.
struct Mutant {
  /// The model that it was, and what happened to it.
  let name: String
  let bytes: [UInt8]
  let isONNX: Bool

  init(of models: [Model], _ numbers: inout SeededNumbers) {
    let model = models[numbers.below(models.count)]
    var bytes = model.bytes
    let kind = numbers.below(8)
    var what: String
    switch kind {
    case 0:
      bytes.removeLast(
        numbers.below(2) == 0 ? bytes.count - numbers.below(4096) % bytes.count : numbers.below(bytes.count))
      what = "cut to \(bytes.count) bytes"
    case 1:
      let other = models[numbers.below(models.count)]
      let place = numbers.below(bytes.count)
      bytes = Array(bytes[..<place] + other.bytes.dropFirst(numbers.below(other.bytes.count)))
      what = "continued by \(other.name) at \(place)"
    case 2, 3:
      // Structure lies mostly at the start.
      for _ in 0...numbers.below(4) {
        bytes[Mutant.place(bytes.count, &numbers)] ^= UInt8(1 << numbers.below(8))
      }
      what = "bits turned"
    case 4:
      for _ in 0...numbers.below(3) { Mutant.overwrite(&bytes, bytes.indices, &numbers) }
      what = "fields overwritten"
    case 5, 6:
      for _ in 0...numbers.below(3) {
        let part = model.seals.part(&numbers) ?? bytes.indices
        if numbers.below(2) == 0 {
          Mutant.overwrite(&bytes, part, &numbers)
        } else {
          bytes[part.lowerBound + numbers.below(part.count)] ^= UInt8(1 << numbers.below(8))
        }
      }
      what = "parts changed"
    default:
      let place = numbers.below(bytes.count), count = 1 + numbers.below(64)
      let piece = bytes[place..<min(place + count, bytes.count)]
      if numbers.below(2) == 0 {
        bytes.insert(contentsOf: piece, at: place)
      } else {
        bytes.removeSubrange(piece.indices)
      }
      what = "bytes repeated or left out at \(place)"
    }
    if bytes.count == model.bytes.count, (2...6).contains(kind), numbers.below(4) > 0 {
      model.seals.renew(&bytes)
      what += ", checksums renewed"
    }
    (name, self.bytes, isONNX) = ("\(model.name), \(what)", bytes, model.name.hasSuffix(".onnx"))
  }

  private static func place(_ count: Int, _ numbers: inout SeededNumbers) -> Int {
    numbers.below(2) == 0 ? numbers.below(min(count, 4096)) : numbers.below(count)
  }

  /// Puts one of the numbers that break arithmetic in the place of a field of 1, 2, 4 or 8 bytes.
  private static func overwrite(_ bytes: inout [UInt8], _ part: Range<Int>, _ numbers: inout SeededNumbers) {
    let width = 1 << numbers.below(4)
    guard part.count > width else { return }
    let start = part.lowerBound + place(part.count - width, &numbers)
    var old: UInt64 = 0
    for i in 0..<width { old |= UInt64(bytes[start + i]) << UInt64(8 * i) }
    let most: UInt64 = width == 8 ? .max : 1 << UInt64(8 * width) - 1
    let choices = [0, 1, most, most - 1, most / 2 + 1, most / 2, old &* 1000, old &+ 1, old &- 1]
    let value = choices[numbers.below(choices.count)]
    for i in 0..<width { bytes[start + i] = UInt8(truncatingIfNeeded: value >> UInt64(8 * i)) }
  }
}
