import Diagnostics
import ModelFiles

/// The names of the attributes that the rule of one node asked for.
final class AttributeReads {
  private(set) var names: Set<String> = []
  func insert(_ name: String) { names.insert(name) }
}

/// An attribute that no rule reads could change the result: it is refused, never left out in silence.
extension NodeSite {
  /// Takes an attribute out of account that has no influence on the result here, for a reason.
  func ignore(_ name: String, _ reason: StaticString) { reads.insert(name) }

  /// Throws when there are attributes that ONNX's schema of the operator does not know at its version.
  func refuseUnknownAttributes() throws(ImportError) {
    guard node.opset <= OperatorAttributes.newestOpset else { return }
    let unknown = names.filter { !OperatorAttributes.hasAttribute($0, of: node.type, opset: node.opset) }
    guard !unknown.isEmpty else { return }
    throw error("has \(list(unknown)), which the operator does not have in opset \(node.opset)")
  }

  /// Throws when there are attributes that the rule, which has run, did not read.
  func refuseUnreadAttributes() throws(ImportError) {
    let unread = names.filter { !reads.names.contains($0) }
    guard !unread.isEmpty else { return }
    throw unsupported("with \(list(unread))")
  }

  /// In order, without those that ONNX reserves for programs' own notes.
  private var names: [String] { node.attributes.keys.filter { !$0.hasPrefix("__") }.sorted() }

  private func list(_ names: [String]) -> String {
    (names.count == 1 ? "the attribute " : "the attributes ") + names.map(printable).joined(separator: ", ")
  }
}

extension OperatorAttributes {
  /// The opsets in which an operator has each attribute.
  private static let opsets: [String: [String: Range<Int>]] = {
    var result: [String: [String: Range<Int>]] = [:]
    var type = ""
    for word in table.split(whereSeparator: \.isWhitespace) {
      if word.first?.isUppercase == true {
        type = String(word)
        result[type] = [:]
      } else {
        let (name, range) = entry(word)
        result[type]?[name] = range
      }
    }
    return result
  }()

  static func hasAttribute(_ name: String, of type: String, opset: Int) -> Bool {
    opsets[type]?[name]?.contains(opset) ?? false
  }

  /// `name`, `name<b`, `name>=a` or `name>=a<b`.
  private static func entry(_ word: Substring) -> (String, Range<Int>) {
    let name = word.prefix { $0 != "<" && $0 != ">" }
    let bounds = word.dropFirst(name.count)
    let first = bounds.hasPrefix(">=") ? bounds.dropFirst(2).prefix { $0 != "<" } : "0"
    let end = bounds.split(separator: "<", omittingEmptySubsequences: false).dropFirst().first ?? ""
    return (String(name), (Int(first) ?? 0)..<(Int(end) ?? .max))
  }
}
