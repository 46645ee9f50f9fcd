import Diagnostics
import ModelFiles

/// The nodes of a graph in an order in which they can be computed, local functions in place of their calls.
struct FlatGraph {
  struct FlatNode {
    var name: String
    var type: String
    var domain: String
    /// Version of ONNX's operators where the node stands.
    var opset: Int
    /// Empty names stand for inputs and outputs that are left out.
    var inputs: [String]
    var outputs: [String]
    var attributes: [String: AttributeMessage]
  }

  var nodes: [FlatNode]

  /// Errors: names without a producer or with two, cycles, functions that call themselves.
  init(_ model: ModelMessage, opset: Int) throws(ImportError) {
    nodes = try FunctionInlining(model, opset: opset).nodes
    let given = Set(model.graph.inputs.map(\.name) + model.graph.initializers.map(\.name))
    try sort(given)
    var made = given
    for node in nodes { made.formUnion(node.outputs) }
    for output in model.graph.outputs where !made.contains(output.name) || output.name.isEmpty {
      throw ImportError(.malformed, output.name, "nothing makes this output of the graph")
    }
  }

  /// Orders nodes so that each comes after those it reads, otherwise as in the file.
  private mutating func sort(_ given: Set<String>) throws(ImportError) {
    var producers: [String: Int] = [:]
    for (index, node) in nodes.enumerated() {
      guard node.outputs.contains(where: { !$0.isEmpty }) else {
        throw ImportError(.malformed, node.name, "the node has no output")
      }
      for output in node.outputs where !output.isEmpty {
        guard !given.contains(output), producers.updateValue(index, forKey: output) == nil else {
          throw ImportError(.malformed, node.name, "\(printable(output)) is made twice")
        }
      }
    }
    var waiting = [Int](repeating: 0, count: nodes.count)
    var readers = [[Int]](repeating: [], count: nodes.count)
    for (index, node) in nodes.enumerated() {
      for input in Set(node.inputs) where !input.isEmpty && !given.contains(input) {
        guard let producer = producers[input] else {
          throw ImportError(.malformed, node.name, "reads \(printable(input)), which nothing makes")
        }
        waiting[index] += 1
        readers[producer].append(index)
      }
    }
    var ready = OrderedNumbers(nodes.indices.filter { waiting[$0] == 0 })
    var order: [Int] = []
    while let next = ready.popFirst() {
      order.append(next)
      for reader in readers[next] {
        waiting[reader] -= 1
        if waiting[reader] == 0 { ready.insert(reader) }
      }
    }
    guard order.count == nodes.count else {
      let stuck = nodes.indices.filter { waiting[$0] > 0 }.prefix(3).map { printable(nodes[$0].name) }
      throw ImportError(
        .malformed, nodes[nodes.indices.first { waiting[$0] > 0 } ?? 0].name,
        "the graph has a cycle through \(stuck.joined(separator: ", "))")
    }
    nodes = order.map { nodes[$0] }
  }

  /// The nodes that these outputs depend on.
  func needed(by outputs: [String]) -> [FlatNode] {
    var needed = Set(outputs)
    var kept: [FlatNode] = []
    for node in nodes.reversed() where node.outputs.contains(where: { !$0.isEmpty && needed.contains($0) }) {
      var node = node
      // What nobody reads is left out.
      node.outputs = node.outputs.map { needed.contains($0) ? $0 : "" }
      needed.formUnion(node.inputs)
      kept.append(node)
    }
    return kept.reversed()
  }
}

/// Numbers of which the smallest is taken first: a binary heap.
private struct OrderedNumbers {
  private var heap: [Int] = []

  /// The numbers must be in order.
  init(_ numbers: [Int]) { heap = numbers }

  mutating func insert(_ number: Int) {
    heap.append(number)
    var place = heap.count - 1
    while place > 0, heap[(place - 1) / 2] > heap[place] {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  mutating func popFirst() -> Int? {
    guard let first = heap.first else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var place = 0
    while true {
      let children = [2 * place + 1, 2 * place + 2].filter { $0 < heap.count }
      guard let least = children.min(by: { heap[$0] < heap[$1] }), heap[least] < heap[place] else { return first }
      heap.swapAt(place, least)
      place = least
    }
  }
}
