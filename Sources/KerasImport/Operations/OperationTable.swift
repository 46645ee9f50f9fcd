import Diagnostics
import Graphs
import ModelFiles

/// What the importer does with one function of `keras.ops`, and with the functions of TensorFlow that are the same.
struct OperationRule: Sendable {
  /// Class names in files of Keras 3, the current one first.
  var names: [String]
  /// Parameters in the order of Keras 3, those that a file keeps in the configuration last.
  var parameters: [String]
  /// Functions of TensorFlow by their public name without `tf.`, each with its parameters in TensorFlow's order:
  /// what each is called here, nil for those that change nothing.
  var functions: [String: [(name: String, parameter: String?)]] = [:]
  /// What is supported, for the list of operations.
  var note: String
  /// Adds the operators of one call to the graph.
  var build: @Sendable (OperationSite) throws(ImportError) -> [Value]

  /// `functions` gives names of TensorFlow's functions and their parameters, both separated by blanks; a parameter with
  /// another name here is `theirs=ours`, one that changes nothing `theirs=`.
  init(
    _ names: String, _ parameters: String = "x", tensorFlow functions: KeyValuePairs<String, String> = [:],
    note: String, build: @escaping @Sendable (OperationSite) throws(ImportError) -> [Value]
  ) {
    self.names = names.split(separator: " ").map(String.init)
    self.parameters = parameters.split(separator: " ").map(String.init)
    (self.note, self.build) = (note, build)
    for (symbols, signature) in functions {
      let parameters = signature.split(separator: " ").map { word -> (name: String, parameter: String?) in
        let parts = word.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        return (parts[0], parts.count == 1 ? parts[0] : parts[1].isEmpty ? nil : parts[1])
      }
      for symbol in symbols.split(separator: " ") { self.functions[String(symbol)] = parameters }
    }
  }
}

extension KerasSupport {
  /// Functions of `keras.ops`, those of TensorFlow that are read as they are, and what is supported, in the order of the
  /// documentation.
  package static let operations: [(names: [String], functions: [String], note: String)] =
    OperationTable.rules.map { ($0.names, $0.functions.keys.sorted(), $0.note) }
}

enum OperationTable {
  static let rules: [OperationRule] =
    arithmeticOperations + comparisonOperations + elementwiseOperations + activationOperations + reducingOperations
    + reshapingOperations + pickingOperations + imageOperations + productOperations

  fileprivate static let byName: [String: OperationRule] = {
    var result: [String: OperationRule] = [:]
    for rule in rules { for name in rule.names { result[name] = rule } }
    return result
  }()

  private static let byFunction: [String: OperationRule] = {
    var result: [String: OperationRule] = [:]
    for rule in rules { for name in rule.functions.keys { result[name] = rule } }
    return result
  }()

  /// The rule for an operation; nil for layers and for functions that are not known.
  static func rule(for entry: LayerEntry) -> OperationRule? {
    switch entry.function {
    case .keras(let name): byName[name]
    case .tensorFlow(let name): byFunction[name]
    case nil: nil
    }
  }
}

extension LayerEntry {
  enum Function: Hashable {
    case keras(String), tensorFlow(String)

    /// As a user would call it.
    var title: String {
      switch self {
      case .keras(let name): "keras.ops \(printable(name))"
      case .tensorFlow(let name): "tf.\(printable(name))"
      }
    }
  }

  /// The function that stands here in the place of a layer; nil for layers.
  var function: Function? {
    if isKeras2Operation { return .tensorFlow(config.values["function"]?.string ?? "") }
    if module.isEmpty {
      // HDF5 files name no modules; nearly every layer of Keras 3 says whether it is trainable, and all do that have an operation's name.
      let isLayer = OperationTable.byName[className] == nil && LayerTable.byName[className] != nil
      let isOperation = calls.contains { $0.style == .keras3 } && config.values["trainable"] == nil && nested == nil
      return isOperation && !isLayer ? .keras(className) : nil
    }
    let isOperation =
      ["keras.src.ops", "keras.ops"].contains { module.hasPrefix($0) } || isOfKeras && module.contains("activations")
    return isOperation ? .keras(className) : nil
  }
}
