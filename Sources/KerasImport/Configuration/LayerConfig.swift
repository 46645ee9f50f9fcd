import Diagnostics
import ModelFiles
import Ops

/// The `config` of one layer, with accessors that name the layer and the key when a value is not what it must be.
struct LayerConfig: Hashable, Sendable {
  /// The layer's path, for errors.
  var layer: String
  var className: String
  var values: [String: JSON]

  func error(_ key: String, _ expected: String) -> ImportError {
    ImportError(.malformed, layer, "\(className): \(key) must be \(expected)")
  }

  func unsupported(_ what: String, remedy: Remedy? = nil) -> ImportError {
    ImportError(.unsupported, layer, "\(className): \(what)", remedy: remedy)
  }

  /// The value under the first of these spellings that is present and not null.
  func value(_ keys: [String]) -> JSON? {
    for key in keys { if let value = values[key], !value.isNull { return value } }
    return nil
  }

  func int(_ key: String, default fallback: Int? = nil, in range: ClosedRange<Int> = 1...Limits.dimension)
    throws(ImportError) -> Int
  {
    guard let value = value([key]) else {
      if let fallback { return fallback }
      throw error(key, "a whole number")
    }
    guard let number = value.int, range.contains(number) else {
      throw error(key, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func bool(_ key: String, default fallback: Bool) throws(ImportError) -> Bool {
    guard let value = value([key]) else { return fallback }
    if let flag = value.bool { return flag }
    if let number = value.int, number == 0 || number == 1 { return number == 1 }
    throw error(key, "true or false")
  }

  func string(_ key: String, default fallback: String) throws(ImportError) -> String {
    guard let value = value([key]) else { return fallback }
    guard let text = value.string else { throw error(key, "text") }
    return text
  }

  func float(_ keys: String..., default fallback: Float) throws(ImportError) -> Float {
    guard let value = value(keys) else { return fallback }
    guard let number = value.double, !number.isNaN else { throw error(keys[0], "a number") }
    return Float(number)
  }

  /// One number for both axes, or a pair of numbers.
  func pair(_ key: String, default fallback: Pair? = nil, in range: ClosedRange<Int> = 1...Limits.dimension)
    throws(ImportError) -> Pair
  {
    guard let value = value([key]) else {
      if let fallback { return fallback }
      throw error(key, "a whole number or two of them")
    }
    let numbers: [Int?] = value.array.map { $0.map(\.int) } ?? [value.int, value.int]
    guard numbers.count == 2, let height = numbers[0], let width = numbers[1],
      range.contains(height), range.contains(width)
    else { throw error(key, "two whole numbers from \(range.lowerBound) to \(range.upperBound)") }
    return Pair(height, width)
  }

  /// A window's size, or what belongs to each of its axes: for one spatial axis a number or a list of one, along the
  /// columns of an image of one row.
  func window(
    _ key: String, axes: Int, default fallback: Pair? = nil, in range: ClosedRange<Int> = 1...Limits.dimension
  ) throws(ImportError) -> Pair {
    if axes == 2 { return try pair(key, default: fallback, in: range) }
    guard let values = try ints(key) else {
      if let fallback { return fallback }
      throw error(key, "a whole number")
    }
    guard values.count == 1, range.contains(values[0]) else {
      throw error(key, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return Pair(range.lowerBound, values[0])
  }

  /// Whole numbers: a list, or one that stands for a list of one.
  func ints(_ key: String) throws(ImportError) -> [Int]? {
    guard let value = value([key]) else { return nil }
    var result: [Int] = []
    for element in value.array ?? [value] {
      guard let number = element.int, number.magnitude <= Limits.dimension else {
        throw error(key, "a list of whole numbers")
      }
      result.append(number)
    }
    return result
  }

  /// Numbers, nested lists flattened; nil when the key is absent.
  func floats(_ key: String) throws(ImportError) -> [Float]? {
    guard let value = value([key]) else { return nil }
    var result: [Float] = []
    try flatten(value, key, into: &result)
    return result
  }

  private func flatten(_ value: JSON, _ key: String, into result: inout [Float]) throws(ImportError) {
    if let elements = value.array {
      for element in elements { try flatten(element, key, into: &result) }
    } else if let wrapped = value["config"]?["value"] ?? value["value"] {
      try flatten(wrapped, key, into: &result)
    } else if let number = value.double, number.isFinite {
      result.append(Float(number))
    } else {
      throw error(key, "a finite number or a list of them")
    }
  }

  /// `same` or `valid`.
  func padding() throws(ImportError) -> Padding {
    switch try string("padding", default: "valid").lowercased() {
    case "same": return .same
    case "valid": return .valid
    default: throw error("padding", "\"same\" or \"valid\"")
    }
  }

  /// Whether the layer's data have their channels before their other axes.
  func isChannelsFirst() throws(ImportError) -> Bool {
    switch try string("data_format", default: "channels_last") {
    case "channels_last": return false
    case "channels_first": return true
    default: throw error("data_format", "\"channels_last\" or \"channels_first\"")
    }
  }
}
