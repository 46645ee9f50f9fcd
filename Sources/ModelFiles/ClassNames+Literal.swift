/// Names for the classes of one output, or of several.
package struct DeclaredClasses: Sendable, Hashable {
  /// An element per output, or one for any.
  private var outputs: [ClassNames]
  package let isPerOutput: Bool

  /// The names of an output's classes, by its place among the outputs.
  package func names(output: Int) -> ClassNames? {
    isPerOutput ? (outputs.indices.contains(output) ? outputs[output] : nil) : outputs.first
  }

  init(_ names: ClassNames) { (outputs, isPerOutput) = ([names], false) }

  init(perOutput outputs: [ClassNames]) { (self.outputs, isPerOutput) = (outputs, true) }

  /// As metadata write it: a list of names, a dictionary of names by number or of numbers by name, a list of dictionaries with number and
  /// name, or a list of such lists and dictionaries, one per output. `nil` for anything else.
  init?(_ literal: Literal) {
    if let names = ClassNames(literal) {
      self.init(names)
    } else if let elements = literal.elements, !elements.isEmpty {
      let outputs = elements.compactMap { ClassNames($0) }
      guard outputs.count == elements.count else { return nil }
      self.init(perOutput: outputs)
    } else if let text = literal.string, let inner = try? Literal(text), inner.string == nil {
      self.init(inner)
    } else {
      return nil
    }
  }

  /// The names with colours: a list in the order of the names, or a dictionary by number. False where it is neither, or has more.
  mutating func add(colors literal: Literal) -> Bool {
    guard outputs.count == 1 else { return false }
    var names = outputs[0]
    if let elements = literal.elements {
      guard elements.count <= names.classes.count else { return false }
      for (place, element) in elements.enumerated() {
        guard let color = UInt32(color: element) else { return false }
        names.classes[place].color = color
      }
    } else if let members = literal.members {
      for member in members {
        guard let number = member.key.whole, let place = names.classes.firstIndex(where: { $0.number == number }),
          let color = UInt32(color: member.value)
        else { return false }
        names.classes[place].color = color
      }
    } else {
      return false
    }
    outputs[0] = names
    return true
  }

  /// The form that `init` reads.
  var literal: Literal { isPerOutput ? .list(outputs.map(\.literal)) : outputs.first?.literal ?? .null }

  /// The colours that there are, by number; `nil` without any.
  var colors: Literal? {
    guard let classes = outputs.first?.classes, !isPerOutput, classes.contains(where: { $0.color != nil }) else {
      return nil
    }
    let colors = classes.compactMap(\.color)
    if colors.count == classes.count { return .list(colors.map { .string($0.hexadecimal) }) }
    return .dictionary(
      classes.compactMap { named in
        named.color.map { Literal.Member(key: .string(String(named.number)), value: .string($0.hexadecimal)) }
      })
  }
}

extension ClassNames {
  init?(_ literal: Literal) {
    switch literal {
    case .list(let elements):
      if elements.allSatisfy({ $0.name != nil }) {
        self.init(
          elements.enumerated().map { Named(number: $0, name: $1.name ?? "", color: nil) }, isNumbered: false)
      } else {
        let entries = elements.enumerated().compactMap { ClassEntry($1, place: $0) }
        guard entries.count == elements.count else { return nil }
        self.init(entries.map(\.named), isNumbered: entries.contains(where: \.isNumbered))
      }
    case .dictionary(let members):
      if members.allSatisfy({ $0.key.whole != nil }) {
        let named = members.compactMap { member -> Named? in
          guard let number = member.key.whole else { return nil }
          if let name = member.value.name { return Named(number: number, name: name, color: nil) }
          return ClassEntry(member.value, place: number).map {
            Named(number: number, name: $0.named.name, color: $0.named.color)
          }
        }
        guard named.count == members.count else { return nil }
        self.init(named, isNumbered: true)
      } else {
        // Numbers by name.
        let named = members.compactMap { member -> Named? in
          guard let name = member.key.string, case .number = member.value, let number = member.value.whole else {
            return nil
          }
          return Named(number: number, name: name, color: nil)
        }
        guard named.count == members.count, Set(named.map(\.number)).count == named.count else { return nil }
        self.init(named, isNumbered: true)
      }
    default: return nil
    }
  }

  fileprivate var literal: Literal {
    .dictionary(classes.map { Literal.Member(key: .string(String($0.number)), value: .string($0.name)) })
  }
}

/// An entry such as `{"id": 3, "name": "water", "color": "#1e6fd9"}`, in the words of several formats.
private struct ClassEntry {
  var named: ClassNames.Named
  var isNumbered: Bool

  init?(_ literal: Literal, place: Int) {
    func value(_ keys: String...) -> Literal? { keys.compactMap { literal[$0] }.first }
    guard literal.members != nil, let name = value("name", "Name", "title", "label")?.name else { return nil }
    let number = value("id", "value", "Value", "index", "class_id")
    guard let number else {
      (named, isNumbered) = (ClassNames.Named(number: place, name: name, color: nil), false)
      return
    }
    guard let whole = number.whole else { return nil }
    let color = value("color", "Color", "colour", "color_hint").flatMap { UInt32(color: $0) }
    (named, isNumbered) = (ClassNames.Named(number: whole, name: name, color: color), true)
  }
}

extension Literal {
  /// A name, which may be a number.
  fileprivate var name: String? {
    switch self {
    case .string(let text): text
    case .number: json
    default: nil
    }
  }
}

extension UInt32 {
  /// A colour: `#rrggbb`, `rrggbb`, or a list of three numbers within 0...255.
  init?(color literal: Literal) {
    if let text = literal.string {
      let digits = text.hasPrefix("#") ? text.dropFirst() : text[...]
      guard digits.utf8.count == 6, digits.allSatisfy(\.isHexDigit), let value = UInt32(digits, radix: 16) else {
        return nil
      }
      self = value
    } else {
      let parts = (literal.elements ?? []).prefix(3).compactMap { $0.whole.flatMap { UInt8(exactly: $0) } }
      guard parts.count == 3, [3, 4].contains(literal.elements?.count) else { return nil }
      self = parts.reduce(0) { $0 << 8 | UInt32($1) }
    }
  }

  /// `#rrggbb`.
  package var hexadecimal: String {
    let digits = String(self, radix: 16)
    return "#" + String(repeating: "0", count: Swift.max(0, 6 - digits.count)) + digits
  }
}
