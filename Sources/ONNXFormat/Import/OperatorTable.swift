import Diagnostics
import Graphs
import ModelFiles

/// What the importer does with one operator of ONNX.
struct OperatorRule: Sendable {
  /// Operators that are read alike.
  var names: [String]
  /// What is supported, for the list of operators.
  var note: String
  /// Adds the operators of one node to the graph: its results in order, as many as are supported.
  var build: @Sendable (NodeSite) throws(ImportError) -> [Value]

  /// `names` are separated by blanks.
  init(_ names: String, note: String, build: @escaping @Sendable (NodeSite) throws(ImportError) -> [Value]) {
    self.names = names.split(separator: " ").map(String.init)
    (self.note, self.build) = (note, build)
  }
}

/// The operators that are read.
package enum ONNXSupport {
  package static let operators: [(names: [String], note: String)] = OperatorTable.rules.map { ($0.names, $0.note) }
}

enum OperatorTable {
  static let rules: [OperatorRule] =
    convolutionRules + poolingRules + normalizationRules + resamplingRules + activationRules + arithmeticRules
    + logicRules + castRules + productRules + quantizationRules + reducingRules + reshapingRules + slicingRules
    + pickingRules + scatterRules + sizeRules

  private static let byName: [String: OperatorRule] = {
    var result: [String: OperatorRule] = [:]
    for rule in rules { for name in rule.names { result[name] = rule } }
    return result
  }()

  static func rule(for node: FlatGraph.FlatNode) -> OperatorRule? { node.domain.isEmpty ? byName[node.type] : nil }

  /// Throws with all operators that have no rule, and how often each occurs.
  static func refuseUnsupported(_ nodes: [FlatGraph.FlatNode], _ file: String) throws(ImportError) {
    var counts: [String: Int] = [:]
    for node in nodes where rule(for: node) == nil { counts[node.title, default: 0] += 1 }
    guard !counts.isEmpty else { return }
    let names = counts.sorted { $0.key < $1.key }.map { "\(printable($0.key)) (\($0.value))" }
    throw ImportError(.unsupported, file, "uses operators that are not supported: " + names.joined(separator: ", "))
  }
}
