import ModelFiles

/// Finds the call that a reference means.
///
/// An index counts the calls of a layer, but not from the same number everywhere: nested models made a call of their
/// own when they were built, which Keras 2 counts everywhere and Keras 3 in a model's endpoints only.
struct NodeIndex {
  private enum Place { case nodes, endpoints }
  private struct Mapping {
    var offset = 0
    var ranks: [Int: Int]?
  }

  private var inNodes: [String: Mapping] = [:]
  private var inEndpoints: [String: Mapping] = [:]

  init(_ model: ModelConfig) throws(ImportError) {
    var nodes: [String: Set<Int>] = [:]
    var endpoints: [String: Set<Int>] = [:]
    var keras2 = false
    for layer in model.layers {
      for call in layer.calls {
        if call.style == .keras2 { keras2 = true }
        for reference in call.arguments.leaves { nodes[reference.layer, default: []].insert(reference.node) }
      }
    }
    for endpoint in model.outputs { endpoints[endpoint.reference.layer, default: []].insert(endpoint.reference.node) }
    for layer in model.layers where layer.calls.count > 1 {
      let isModel = layer.nested != nil
      let startsLate =
        layer.className == "Sequential" ? layer.nested?.model.layers.first?.className == "InputLayer" : isModel
      let (inside, outside) = (nodes[layer.name] ?? [], endpoints[layer.name] ?? [])
      if keras2 {
        let mapping = try NodeIndex.mapping(layer, inside.union(outside), fallback: startsLate ? 1 : 0)
        (inNodes[layer.name], inEndpoints[layer.name]) = (mapping, mapping)
      } else {
        inNodes[layer.name] = try NodeIndex.mapping(layer, inside, fallback: 0)
        let fallback = isModel && layer.className != "Sequential" ? 1 : 0
        inEndpoints[layer.name] = try NodeIndex.mapping(layer, outside, fallback: fallback)
      }
    }
  }

  private static func mapping(_ layer: LayerEntry, _ used: Set<Int>, fallback: Int) throws(ImportError) -> Mapping {
    let count = layer.calls.count
    guard let lowest = used.min(), let highest = used.max() else { return Mapping() }
    if lowest >= 1, highest == count { return Mapping(offset: 1) }
    if lowest == 0, highest < count { return Mapping(offset: 0) }
    if lowest >= fallback, highest < count + fallback { return Mapping(offset: fallback) }
    // Keras 3.0 and 3.1 count the calls in other models, too.
    if used.count == count {
      return Mapping(ranks: Dictionary(uniqueKeysWithValues: used.sorted().enumerated().map { ($1, $0) }))
    }
    throw ImportError(.malformed, layer.path, "is called \(count) times, but calls \(used.sorted()) are referred to")
  }

  /// The index of the call among the layer's calls.
  func call(_ reference: Reference, of layer: LayerEntry, isEndpoint: Bool, anyIndex: Bool) throws(ImportError) -> Int {
    let count = max(layer.calls.count, 1)
    if count == 1 {
      guard anyIndex || (0...1).contains(reference.node) else {
        throw ImportError(.malformed, layer.path, "call \(reference.node) of this layer is referred to, it has one")
      }
      return 0
    }
    let mapping = (isEndpoint ? inEndpoints : inNodes)[layer.name] ?? Mapping()
    if let ranks = mapping.ranks, let rank = ranks[reference.node] { return rank }
    let (index, overflow) = reference.node.subtractingReportingOverflow(mapping.offset)
    guard !overflow, (0..<count).contains(index) else {
      throw ImportError(.malformed, layer.path, "call \(reference.node) of this layer is referred to, it has \(count)")
    }
    return index
  }
}
