import ModelFiles

/// One argument of a call, in the structure that the file gives it. Leaves are the tensors that it names or, while the
/// graph is built, their values.
indirect enum Argument<Leaf> {
  case tensor(Leaf)
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case list([Argument])
  case dictionary([String: Argument])
  case slice(start: Argument, stop: Argument, step: Argument)
  case ellipsis
  /// Numbers that stand in the file, nested lists flattened.
  case array(ArrayConstant)
  /// A Python object of this class, which no call can be given here.
  case object(String)

  /// The tensors in order; those of dictionaries by key.
  var leaves: [Leaf] {
    switch self {
    case .tensor(let leaf): [leaf]
    case .list(let elements): elements.flatMap(\.leaves)
    case .dictionary(let members): members.sorted { $0.key < $1.key }.flatMap(\.value.leaves)
    case .slice(let start, let stop, let step): start.leaves + stop.leaves + step.leaves
    default: []
    }
  }

  var isNull: Bool { if case .null = self { true } else { false } }

  /// True where nothing stands in any part.
  var isEmpty: Bool {
    switch self {
    case .null: true
    case .list(let elements): elements.allSatisfy(\.isEmpty)
    case .dictionary(let members): members.values.allSatisfy(\.isEmpty)
    default: false
    }
  }

  /// The same structure with other leaves.
  func map<New>(_ transform: (Leaf) throws(ImportError) -> New) throws(ImportError) -> Argument<New> {
    switch self {
    case .tensor(let leaf): return .tensor(try transform(leaf))
    case .null: return .null
    case .bool(let flag): return .bool(flag)
    case .integer(let number): return .integer(number)
    case .number(let number): return .number(number)
    case .string(let text): return .string(text)
    case .list(let elements):
      return .list(try elements.map { (element) throws(ImportError) in try element.map(transform) })
    case .dictionary(let members):
      var result: [String: Argument<New>] = [:]
      for (key, member) in members { result[key] = try member.map(transform) }
      return .dictionary(result)
    case .slice(let start, let stop, let step):
      return .slice(start: try start.map(transform), stop: try stop.map(transform), step: try step.map(transform))
    case .ellipsis: return .ellipsis
    case .array(let constant): return .array(constant)
    case .object(let name): return .object(name)
    }
  }
}

/// What a layer or an operation is called with.
struct CallArguments<Leaf> {
  var positional: [Argument<Leaf>] = []
  var keywords: [String: Argument<Leaf>] = [:]

  /// All tensors: those by position, then those by keyword in the order of the keywords.
  var leaves: [Leaf] {
    positional.flatMap(\.leaves) + keywords.sorted { $0.key < $1.key }.flatMap(\.value.leaves)
  }

  func map<New>(_ transform: (Leaf) throws(ImportError) -> New) throws(ImportError) -> CallArguments<New> {
    var result = CallArguments<New>()
    for argument in positional { result.positional.append(try argument.map(transform)) }
    for (key, argument) in keywords { result.keywords[key] = try argument.map(transform) }
    return result
  }
}

extension CallArguments {
  /// A call with tensors alone: one by itself, several as a list.
  init(_ leaves: [Leaf]) {
    positional = leaves.count == 1 ? [.tensor(leaves[0])] : [.list(leaves.map { .tensor($0) })]
  }
}

/// A tensor as it stands in a configuration.
struct ArrayConstant: Hashable {
  var shape: [Int]
  /// Row-major.
  var values: [Double]
  var dataType: String

  /// Reads nested lists of numbers; nil when they are ragged or hold something else.
  init?(_ value: JSON, dataType: String) {
    self.dataType = dataType
    (shape, values) = ([], [])
    var first = value
    while let elements = first.array {
      shape.append(elements.count)
      guard let next = elements.first else { break }
      first = next
    }
    guard shape.count <= Limits.rank, collect(value, depth: 0) else { return nil }
  }

  private mutating func collect(_ value: JSON, depth: Int) -> Bool {
    guard depth < shape.count else {
      let number: Double? =
        switch value {
        case .integer(let number): Double(number)
        case .number(let number): number
        case .bool(let flag): flag ? 1 : 0
        default: nil
        }
      guard let number else { return false }
      values.append(number)
      return true
    }
    guard let elements = value.array, elements.count == shape[depth] else { return false }
    for element in elements where !collect(element, depth: depth + 1) { return false }
    return true
  }
}
