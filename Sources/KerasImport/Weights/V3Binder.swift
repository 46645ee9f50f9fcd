import ModelFiles

/// Binds the hierarchy of `model.weights.h5`: `layers/<class>[_n]/.../vars/<i>`.
///
/// The number in a group's name counts layers of one class in one container, by rules that changed between versions of
/// Keras. What held in all of them is the order, so the k-th layer that needs weights takes the k-th group that has
/// some, unless the groups carry the names of the layers.
struct V3Binder {
  let file: any WeightHierarchy
  let kerasVersion: String?
  /// The layers that must have their weights, by `LayerEntry.id`.
  let needed: Set<Int>
  private(set) var binding = WeightBinding()
  /// Groups with datasets below them that are not the state of a random generator.
  let filled: Set<String>
  private var boundObjects: [Int: LayerEntry] = [:]
  private var boundLayers: [LayerEntry] = []
  /// Groups beside lists of layers that are bound.
  private(set) var strays: Set<String> = []

  init(file: any WeightHierarchy, kerasVersion: String?, needed: Set<Int>) {
    (self.file, self.kerasVersion, self.needed) = (file, kerasVersion, needed)
    var filled: Set<String> = []
    for path in file.datasets where !path.contains("seed_generator") {
      var group = path
      while let slash = group.lastIndex(of: "/") {
        group = String(group[..<slash])
        if !filled.insert(group).inserted { break }
      }
    }
    self.filled = filled
  }

  mutating func bind(_ model: ModelConfig, _ group: String) throws(ImportError) {
    let prefix = group.isEmpty ? "" : group + "/"
    let containers = ["layers", "_layer_checkpoint_dependencies"].map { prefix + $0 }
    let container = containers.first { filled.contains($0) } ?? containers[0]
    var byClass: [(name: String, layers: [LayerEntry])] = []
    for layer in model.layers {
      let needsWeights = try layer.needsWeights(needed)
      guard needsWeights || layer.mayNeedWeights else { continue }
      let name = layer.weightGroup
      if let place = byClass.firstIndex(where: { $0.name == name }) {
        byClass[place].layers.append(layer)
      } else {
        byClass.append((name, [layer]))
      }
    }
    // Layers that share the weights of one within a model of another class have to wait for it.
    while !byClass.isEmpty {
      var waiting: [(name: String, layers: [LayerEntry])] = []
      for (name, layers) in byClass where try !bind(layers, name, container) { waiting.append((name, layers)) }
      if let first = waiting.first, waiting.count == byClass.count {
        let groups = numbered(first.name, in: container).count
        throw ImportError(
          .malformed, container, "has \(groups) groups of \(first.name) with weights for \(first.layers.count) layers")
      }
      byClass = waiting
    }
  }

  /// False when there are not as many groups as layers that share with none that is bound.
  private mutating func bind(
    _ all: [LayerEntry], _ className: String, _ container: String
  ) throws(ImportError) -> Bool {
    let found = numbered(className, in: container)
    var groups = found.map(\.path)
    var layers: [LayerEntry] = []
    for layer in all {
      if let id = layer.sharedObject, let twin = boundObjects[id] { share(layer, twin) } else { layers.append(layer) }
    }
    if layers.count > groups.count {
      // The first occurrence of a shared layer lacks the identity that its later ones carry.
      layers.removeAll { layer in
        guard layer.sharedObject != nil,
          let twin = boundLayers.first(where: { $0.isTwin(of: layer) })
        else { return false }
        share(layer, twin)
        return true
      }
    }
    if layers.count > groups.count {
      var own: [LayerEntry] = []
      for layer in layers {
        if layer.nested != nil, try isBound(layer) { try shareInside(layer) } else { own.append(layer) }
      }
      layers = own
    }
    if layers.count == groups.count + 1, let stray = stray(beside: container),
      let place = place(among: layers, of: all, beside: found.map(\.number))
    {
      strays.insert(stray)
      groups.insert(stray, at: place)
    }
    if layers.count != groups.count {
      let known = layers.filter { (try? $0.needsWeights(needed)) ?? false }
      let required = known.filter { needed.contains($0.id) }
      layers = known.count == groups.count ? known : required
      if layers.isEmpty { return true }
    }
    guard layers.count == groups.count else { return false }
    let names = try groups.compactMapNames(file)
    for (place, layer) in layers.enumerated() {
      let byName = names.flatMap { $0.firstIndex(of: layer.name) }
      if names != nil, byName == nil {
        throw ImportError(.malformed, layer.path, "no group of the weights file carries the name of this layer")
      }
      do throws(ImportError) { try bind(layer, groups[byName ?? place]) } catch {
        if needed.contains(layer.id) { throw error }
      }
    }
    return true
  }

  private mutating func bind(_ layer: LayerEntry, _ group: String) throws(ImportError) {
    if let id = layer.sharedObject { boundObjects[id] = layer }
    boundLayers.append(layer)
    if let nested = layer.nested { return try bind(nested.model, group) }
    let variables = try layer.variables(needed)
    // Those with a path of their own belong to objects within the layer.
    let own = variables.filter { $0.path == nil }
    let found = file.members(of: group + "/vars").count
    let mayHaveMore = layer.className == "BatchNormalization" || own.count < variables.count
    guard found == own.count || (found > own.count && mayHaveMore) else {
      throw ImportError(
        .malformed, layer.path, "the file has \(found) variables in \(group), the layer has \(own.count)")
    }
    for (place, variable) in own.enumerated() {
      binding.paths[layer.id, default: [:]][variable.name] = "\(group)/vars/\(place)"
    }
    for variable in variables {
      guard let path = variable.path else { continue }
      // Keras 2 and 3.0 named objects within a layer by their private attributes.
      let candidates = ["\(group)/\(path)", "\(group)/_\(path)"]
      binding.paths[layer.id, default: [:]][variable.name] = candidates.first { file.isDataset($0) } ?? candidates[0]
    }
  }

  /// True when every layer within a model shares its weights with one that is bound.
  private func isBound(_ layer: LayerEntry) throws(ImportError) -> Bool {
    guard let inner = layer.nested?.model.layers else {
      return layer.sharedObject.map { boundObjects[$0] != nil } ?? false
    }
    for layer in inner where try layer.needsWeights(needed) { if try !isBound(layer) { return false } }
    return true
  }

  private mutating func shareInside(_ layer: LayerEntry) throws(ImportError) {
    if let id = layer.sharedObject, let twin = boundObjects[id] { return share(layer, twin) }
    for inner in layer.nested?.model.layers ?? [] where try inner.needsWeights(needed) { try shareInside(inner) }
  }

  /// Gives a layer, and those within it, the weights of its twin.
  private mutating func share(_ layer: LayerEntry, _ twin: LayerEntry) {
    binding.paths[layer.id] = binding.paths[twin.id]
    guard let inner = layer.nested?.model.layers, let other = twin.nested?.model.layers else { return }
    for (a, b) in zip(inner, other) { share(a, b) }
  }

  /// Groups `name`, `name_1`, ... that have weights, in the order of their numbers.
  private func numbered(_ name: String, in container: String) -> [(number: Int, path: String)] {
    var found: [(number: Int, path: String)] = []
    for member in file.members(of: container) where filled.contains("\(container)/\(member)") {
      if member == name {
        found.append((0, "\(container)/\(member)"))
      } else if member.hasPrefix(name + "_"), let number = Int(member.dropFirst(name.count + 1)), number > 0 {
        found.append((number, "\(container)/\(member)"))
      }
    }
    return found.sorted { $0.number < $1.number }
  }
}

extension LayerEntry {
  /// The name of the groups of its class. A registered class goes without the package, and all functional models of Keras' own under
  /// one name.
  fileprivate var weightGroup: String {
    let name = storedClass.split(separator: ">").last.map(String.init) ?? storedClass
    return snakeCase(nested != nil && name == "Model" ? "Functional" : nested == nil ? storedClass : name)
  }

  /// True when both may be one layer object: the same class, name and configuration.
  fileprivate func isTwin(of other: LayerEntry) -> Bool {
    name == other.name && className == other.className
      && JSON.object(config.values).withoutObjectIDs == JSON.object(other.config.values).withoutObjectIDs
  }
}

extension [String] {
  /// The layer names that these groups carry; nil unless all do and they differ.
  fileprivate func compactMapNames(_ file: any WeightHierarchy) throws(ImportError) -> [String]? {
    var names: [String] = []
    for group in self {
      guard let name = try file.strings("name", of: group + "/vars")?.first, !name.isEmpty else { return nil }
      names.append(name)
    }
    return Set(names).count == names.count ? names : nil
  }
}

/// Keras' name of a class in weight paths: `Conv2DTranspose` is `conv2d_transpose`, `PReLU` is `p_re_lu`.
func snakeCase(_ name: String) -> String {
  let letters = Array(
    name.unicodeScalars.filter { $0.properties.isAlphabetic || $0 == "_" || $0.properties.numericType != nil })
  var result = ""
  for (place, letter) in letters.enumerated() {
    if place > 0, letter.properties.isUppercase {
      let nextIsLower = place + 1 < letters.count && letters[place + 1].properties.isLowercase
      if nextIsLower || letters[place - 1].properties.isLowercase { result += "_" }
    }
    result.unicodeScalars.append(letter)
  }
  return result.lowercased()
}
