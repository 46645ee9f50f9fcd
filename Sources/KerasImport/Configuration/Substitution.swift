import Diagnostics
package import ModelFiles

/// Supported layers and operations in place of ones that cannot be imported, as the user chose them.
///
/// Each names layers, by layer name or path, by class, or by the name under which a class is registered, and what stands
/// for them. Where the substitute is a layer, too, the configuration stays in which it does not say otherwise, and so do
/// the weights where it has some.
package struct Substitutions: Sendable {
  private(set) var substitutes: [(name: String, substitute: Substitute)] = []

  package init() {}

  /// Adds `NAME=OPERATOR`, such as `lambda_1=rescaling(scale=1/255)`.
  package mutating func add(_ text: String) throws(ImportError) {
    guard let sign = text.firstIndex(of: "="), sign != text.startIndex else {
      throw ImportError(.usage, text, "is not of the form NAME=OPERATOR")
    }
    let name = String(text[..<sign].drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    try add(name, Substitute(text[text.index(after: sign)...], site: text), site: text)
  }

  /// Adds what a JSON file says: an object of names, each with an operator as text or as a serialised Keras layer.
  package mutating func add(file path: String) throws(ImportError) {
    guard case .file(let file) = try ModelFile(path: path) else {
      throw ImportError(.unreadable, path, "is a directory")
    }
    guard let members = try JSON(parsing: file, site: path).object else {
      throw ImportError(.malformed, path, "must be an object of layer names and operators")
    }
    for name in members.keys.sorted() {
      guard let value = members[name] else { continue }
      let substitute =
        if let text = value.string { try Substitute(text[...], site: path + ": " + name) } else {
          try Substitute(json: value, site: path + ": " + name)
        }
      try add(name, substitute, site: path)
    }
  }

  private mutating func add(_ name: String, _ substitute: Substitute, site: String) throws(ImportError) {
    guard !substitutes.contains(where: { $0.name == name }) else {
      throw ImportError(.usage, site, "\(printable(name)) is substituted twice")
    }
    substitutes.append((name, substitute))
  }

  /// The substitute for a layer: the one that names it before the one that names its class.
  func index(for layer: LayerEntry) -> Int? {
    let registered = layer.registeredName
    let names =
      [layer.path, layer.name, registered, layer.className]
      + [registered, layer.className].compactMap { $0.split(separator: ">").last.map(String.init) }
    return names.lazy.compactMap { name in substitutes.firstIndex { $0.name == name } }.first
  }
}

/// A layer or an operation with its parameters.
struct Substitute: Sendable, Hashable {
  var className: String
  var isOperation: Bool
  var values: [String: JSON]

  /// A class by its name in any spelling: `Resizing`, `resizing`, `LeakyReLU`, `leaky_relu`; or an activation.
  init(name: String, values: [String: JSON], site: String) throws(ImportError) {
    self.values = values
    let key = Substitute.key(name)
    if let found = Substitute.known[key] {
      (className, isOperation) = found
      return
    }
    guard let activation = activationNames.first(where: { Substitute.key($0) == key }) else {
      throw ImportError(
        .usage, site, "\(printable(name)) is no supported layer, operation or activation",
        remedy: .advice("the tables of the documentation list them"))
    }
    (className, isOperation) = ("Activation", false)
    self.values["activation"] = .string(activation)
  }

  /// `{"class_name": "Rescaling", "config": {"scale": 0.1}}`.
  init(json: JSON, site: String) throws(ImportError) {
    guard let name = json["class_name"]?.string else {
      throw ImportError(.usage, site, "must be an operator as text, or an object with class_name and config")
    }
    try self.init(name: name, values: json["config"]?.object ?? [:], site: site)
  }

  /// A name without what spellings differ in.
  private static func key(_ name: String) -> String { name.lowercased().filter { $0 != "_" } }

  private static let known: [String: (className: String, isOperation: Bool)] = {
    var result: [String: (className: String, isOperation: Bool)] = [:]
    for rule in OperationTable.rules { for name in rule.names { result[key(name)] = (name, true) } }
    for rule in LayerTable.rules { for name in rule.names { result[key(name)] = (name, false) } }
    for (alias, name) in ["concat": "Concatenate", "resize": "Resizing"] { result[alias] = (name, false) }
    return result
  }()
}

extension LayerEntry {
  /// Puts a substitute in the place of the layer, which keeps its name, its calls and its weights.
  mutating func apply(_ substitute: Substitute) {
    fileClass = config.className
    config.className = substitute.className
    if substitute.isOperation { config.values = [:] }
    config.values.merge(substitute.values) { _, new in new }
    module = substitute.isOperation ? "keras.ops" : "keras.layers"
    problem = nil
  }
}
