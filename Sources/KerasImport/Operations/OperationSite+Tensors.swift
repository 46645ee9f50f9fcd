import Graphs
import ModelFiles
import Ops
import Tensors

extension OperationSite {
  /// The tensor for a parameter, or numbers from the file as a constant.
  func tensor(_ name: String) throws(ImportError) -> Value {
    switch try operand(name) {
    case .value(let value): value
    case .numbers(let constant): try self.constant(constant, constant.isWhole ? .int32 : .float32, part: name)
    }
  }

  /// The tensors of a list; numbers among them become constants.
  func tensors(_ name: String) throws(ImportError) -> [Value] {
    guard case .list(let elements) = argument(name) else { return [try tensor(name)] }
    var operands: [Operand] = []
    for element in elements { operands.append(try operand(element, name)) }
    return try unified(operands, name)
  }

  /// Two or more tensors for parameters, in the data type that both can have.
  func operands(_ names: String...) throws(ImportError) -> [Value] {
    try unified(try names.map { (name) throws(ImportError) in try operand(name) }, names[0])
  }

  private enum Operand {
    case value(Value)
    case numbers(ArrayConstant)
  }

  private func operand(_ name: String) throws(ImportError) -> Operand {
    let argument = argument(name)
    if argument.isNull {
      throw ImportError(.malformed, config.layer, "\(config.className) is given nothing for \(name)")
    }
    return try operand(argument, name)
  }

  private func operand(_ argument: Argument<Value>, _ name: String) throws(ImportError) -> Operand {
    if case .tensor(let value) = argument { return .value(value) }
    if let constant = argument.constant { return .numbers(constant) }
    // Numbers and tensors mixed, such as sizes of which some are computed.
    if case .list(let elements) = argument, !elements.isEmpty {
      var parts: [Operand] = []
      for element in elements { parts.append(try operand(element, name)) }
      let values = try unified(parts, name)
      var rows: [Value] = []
      for (place, value) in values.enumerated() {
        rows.append(try add(ExpandDims(axes: [0]), [value], part: "\(name)\(place)"))
      }
      return .value(try add(Concat(axis: 0), rows, part: name))
    }
    throw error(name, "a tensor or numbers")
  }

  /// Gives operands the type that Keras computes in: the widest of the tensors, and float32 where a number is a fraction.
  private func unified(_ operands: [Operand], _ name: String) throws(ImportError) -> [Value] {
    var common: DataType?
    var hasFraction = false
    for operand in operands {
      switch operand {
      case .value(let value):
        let next = type(value).dataType
        common = common.map { wider($0, next) } ?? next
      case .numbers(let constant): hasFraction = hasFraction || !constant.isWhole
      }
    }
    var target = common ?? (hasFraction ? .float32 : .int32)
    if hasFraction, !target.isFloating { target = .float32 }
    if target == .bool, operands.contains(where: { if case .numbers(let n) = $0 { !n.isBool } else { false } }) {
      target = .int32
    }
    var result: [Value] = []
    for (place, operand) in operands.enumerated() {
      switch operand {
      case .value(let value): result.append(try cast(value, target, part: "\(name)_cast\(place)"))
      case .numbers(let constant): result.append(try self.constant(constant, target, part: "\(name)_\(place)"))
      }
    }
    return result
  }

  /// The value in another type; itself where it has it.
  func cast(_ value: Value, _ dataType: DataType, part: String) throws(ImportError) -> Value {
    type(value).dataType == dataType ? value : try add(Cast(to: dataType), [value], part: part)
  }

  /// The value as a float; integers and bools are converted.
  func float(_ value: Value, part: String = "float") throws(ImportError) -> Value {
    type(value).dataType.isFloating ? value : try cast(value, .float32, part: part)
  }

  func constant(_ constant: ArrayConstant, _ dataType: DataType, part: String) throws(ImportError) -> Value {
    if !constant.shape.isEmpty, !constant.values.allSatisfy(\.isFinite) { throw error(part, "finite numbers") }
    return site.builder.graph.constant(
      Tensor(Shape(constant.shape), .float64(constant.values)).cast(to: dataType), name: site.name + "/" + part)
  }

  /// A number as a constant of the type of a tensor.
  func constant(_ number: Double, like value: Value, part: String) -> Value {
    site.builder.graph.constant(
      Tensor([], .float64([number])).cast(to: type(value).dataType), name: site.name + "/" + part)
  }
}

extension Tensor {
  fileprivate func cast(to dataType: DataType) -> Tensor { Cast(to: dataType).evaluate([self])[0] }
}

extension DataType {
  var isFloating: Bool { self == .float32 || self == .float64 }
}

/// The type in which two tensors are joined.
private func wider(_ a: DataType, _ b: DataType) -> DataType {
  let order: [DataType] = [.bool, .uint8, .int8, .int32, .int64, .float32, .float64]
  guard let first = order.firstIndex(of: a), let second = order.firstIndex(of: b) else { return a }
  let isMixed = Set([a, b]) == [.uint8, .int8]
  return isMixed ? .int32 : order[max(first, second)]
}

extension ArrayConstant {
  var isWhole: Bool { dataType.hasPrefix("int") || dataType.hasPrefix("uint") || isBool }
  var isBool: Bool { dataType == "bool" }
}

extension Argument {
  /// Numbers, bools and nested lists of them, as a constant; nil for anything else.
  var constant: ArrayConstant? {
    switch self {
    case .bool(let flag): return ArrayConstant(.bool(flag), dataType: "bool")
    case .integer(let number): return ArrayConstant(.integer(number), dataType: "int32")
    case .number(let number): return ArrayConstant(.number(number), dataType: "float32")
    case .array(let constant): return constant
    case .list:
      guard let json else { return nil }
      let isWhole = json.leaves.allSatisfy { if case .integer = $0 { true } else { false } }
      return ArrayConstant(json, dataType: isWhole ? "int32" : "float32")
    default: return nil
    }
  }

  /// Plain numbers and lists as they stand in the file.
  private var json: JSON? {
    switch self {
    case .bool(let flag): return .bool(flag)
    case .integer(let number): return .integer(number)
    case .number(let number): return .number(number)
    case .list(let elements):
      let values = elements.compactMap(\.json)
      return values.count == elements.count ? .array(values) : nil
    default: return nil
    }
  }

  var number: Double? {
    guard let constant, constant.values.count == 1 else { return nil }
    return constant.values[0]
  }
}

extension Argument where Leaf == Value {
  /// A whole number, also one that the graph knows.
  func int(_ builder: GraphBuilder) -> Int? {
    let numbers = ints(builder)
    return numbers?.count == 1 ? numbers?[0] : nil
  }

  /// Whole numbers, also those that the graph knows; a single one stands for a list of it.
  func ints(_ builder: GraphBuilder) -> [Int]? {
    switch self {
    case .tensor(let value): return builder.graph.constant(value)?.wholeNumbers
    case .list(let elements):
      var result: [Int] = []
      for element in elements {
        guard let number = element.int(builder) else { return nil }
        result.append(number)
      }
      return result
    default:
      guard let constant else { return nil }
      let numbers = constant.values.compactMap { Int(exactly: $0) }
      return numbers.count == constant.values.count ? numbers : nil
    }
  }
}

extension Tensor {
  /// The elements of a tensor of integers.
  fileprivate var wholeNumbers: [Int]? {
    switch elements {
    case .int64(let numbers): numbers.map { Int($0) }
    case .int32(let numbers): numbers.map { Int($0) }
    default: nil
    }
  }
}

extension JSON {
  fileprivate var leaves: [JSON] { array.map { $0.flatMap(\.leaves) } ?? [self] }
}
