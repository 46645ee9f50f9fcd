import Diagnostics
import Graphs
import ModelFiles
import Ops
import Tensors

/// One call of one operation while the graph is built: its arguments by parameter, and the graph it adds to.
struct OperationSite {
  let site: LayerSite
  /// The parameters that the call or the configuration gives, by the names of the rule.
  private let arguments: [String: Argument<Value>]

  /// Errors: an argument that the rule has no parameter for, and that says something.
  init(_ site: LayerSite, _ rule: OperationRule) throws(ImportError) {
    self.site = site
    let isSubstituted = site.entry.fileClass != nil
    var found: [String: Argument<Value>] = [:]
    var parameters = rule.parameters.map { (name: $0, parameter: Optional($0)) }
    if case .tensorFlow(let name)? = site.entry.function { parameters = rule.functions[name] ?? parameters }
    var positional = site.arguments.positional
    // A layer that an operation stands for is called with a list of its tensors.
    if isSubstituted, rule.parameters.starts(with: ["x1", "x2"]), positional.count == 1,
      case .list(let elements) = positional[0]
    {
      positional = elements
    }
    guard positional.count <= parameters.count || rule.parameters.last == "operands" else {
      throw site.config.unsupported("is called with \(positional.count) arguments")
    }
    if rule.parameters.last == "operands" {
      found["operands"] = .list(positional)
    } else {
      for (argument, parameter) in zip(positional, parameters) {
        if let name = parameter.parameter { found[name] = argument }
      }
    }
    for (key, argument) in site.arguments.keywords {
      guard let parameter = parameters.first(where: { $0.name == key }) else {
        if argument.isNull || key == "name" || isSubstituted { continue }
        throw site.config.unsupported("is called with \(printable(key))")
      }
      if let name = parameter.parameter { found[name] = argument }
    }
    if !site.entry.isKeras2Operation {
      for (key, value) in site.config.values {
        if rule.parameters.contains(key) {
          if found[key] == nil { found[key] = try Argument(plain: value, site.config.layer) }
        } else if !value.isNull, !isSubstituted, !["name", "trainable", "dtype"].contains(key) {
          throw site.config.unsupported("\(printable(key)) is not known")
        }
      }
    }
    arguments = found
  }

  var config: LayerConfig { site.config }
  /// True for a function of TensorFlow, whose parameters may have other defaults.
  var isTensorFlow: Bool { site.entry.isKeras2Operation }

  func type(_ value: Value) -> TensorType { site.type(value) }

  /// Adds an operator; `part` names those that are not the operation's last.
  func add(_ op: any Op, _ inputs: [Value], part: String? = nil) throws(ImportError) -> Value {
    try site.add(op, inputs, part: part)
  }

  /// What is given for a parameter; null where nothing is.
  func argument(_ name: String) -> Argument<Value> { arguments[name] ?? .null }

  func error(_ name: String, _ expected: String) -> ImportError { config.error(name, expected) }

  func bool(_ name: String, default fallback: Bool = false) throws(ImportError) -> Bool {
    switch argument(name) {
    case .null: return fallback
    case .bool(let flag): return flag
    case .integer(let number) where number == 0 || number == 1: return number == 1
    default: throw error(name, "true or false")
    }
  }

  func string(_ name: String, default fallback: String) throws(ImportError) -> String {
    switch argument(name) {
    case .null: return fallback
    case .string(let text): return text
    default: throw error(name, "text")
    }
  }

  /// A number; nil where none is given.
  func number(_ name: String) throws(ImportError) -> Double? {
    let argument = argument(name)
    if argument.isNull { return nil }
    guard let number = argument.number, !number.isNaN else { throw error(name, "a number") }
    return number
  }

  func int(_ name: String, default fallback: Int? = nil) throws(ImportError) -> Int {
    let argument = argument(name)
    if argument.isNull, let fallback { return fallback }
    guard let number = argument.int(site.builder), number.magnitude <= Limits.dimension else {
      throw error(name, "a whole number")
    }
    return number
  }

  /// Whole numbers, a single one standing for a list of it; nil where none are given.
  func ints(_ name: String) throws(ImportError) -> [Int]? {
    let argument = argument(name)
    if argument.isNull { return nil }
    guard let numbers = argument.ints(site.builder), numbers.allSatisfy({ $0.magnitude <= Limits.dimension }) else {
      throw error(name, "whole numbers")
    }
    return numbers
  }

  /// One number for both axes of an image, or one for each.
  func pair(_ name: String, default fallback: Pair? = nil) throws(ImportError) -> Pair {
    guard let numbers = try ints(name) else {
      if let fallback { return fallback }
      throw error(name, "a whole number or two of them")
    }
    guard (1...2).contains(numbers.count), numbers.allSatisfy({ $0 > 0 }) else {
      throw error(name, "a whole number from 1 or two of them")
    }
    return Pair(numbers[0], numbers[numbers.count - 1])
  }

  /// Axes of a tensor, counted from the front; nil where none are given.
  func axes(_ name: String, of value: Value) throws(ImportError) -> [Int]? {
    let rank = type(value).rank
    return try ints(name)?.map { (axis) throws(ImportError) in
      guard (-rank..<rank).contains(axis) else { throw error(name, "axes of \(type(value))") }
      return axis < 0 ? axis + rank : axis
    }
  }

  func axis(_ name: String, of value: Value, default fallback: Int) throws(ImportError) -> Int {
    let axes = try axes(name, of: value) ?? [fallback < 0 ? fallback + type(value).rank : fallback]
    guard axes.count == 1 else { throw error(name, "one axis") }
    return axes[0]
  }
}
