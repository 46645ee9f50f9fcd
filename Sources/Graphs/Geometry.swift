import Tensors

/// The geometry of one output of a graph with one image input, specialised to a size that is a multiple of the modulus.
///
/// Errors: no such output, more than one input, an input that is no NHWC image, or sizes that are not known.
package func geometry(of graph: Graph, output: Int = 0) throws(GraphError) -> SceneGeometry {
  try geometry(of: graph, output: output, blocked: [:])
}

/// `blocked` names nodes that make the network not local, with the reason, whatever their reach says.
func geometry(of graph: Graph, output: Int, blocked: [Int: String]) throws(GraphError) -> SceneGeometry {
  try GeometryWalk(graph, output: output, blocked: blocked).geometry()
}

/// One walk forwards for scales and one backwards, per phase, for the ranges that an output pixel reads.
struct GeometryWalk {
  /// A read of a value that depends on the image.
  struct Edge {
    var from: Int
    var rows: AxisReach, columns: AxisReach
  }

  /// Beyond this no image is a multiple of the modulus; it also bounds the phases that are tried.
  static let greatestModulus = 1 << 14

  /// The greatest factor by which one layer changes the size of an image.
  static let greatestFactor = 1 << 7

  let graph: Graph
  let target: Int
  private let blocked: [Int: String]
  private(set) var edges: [[Edge]]
  private(set) var blockers: [SceneGeometry.Blocker] = []
  /// Input pixels per pixel of each node's result; `nil` for what holds no place in the image.
  private var rowScales: [Ratio?]
  private var columnScales: [Ratio?]

  init(_ graph: Graph, output: Int, blocked: [Int: String]) throws(GraphError) {
    self.blocked = blocked
    guard graph.outputs.indices.contains(output) else {
      throw GraphError(.request, "outputs", "there is no output \(output)")
    }
    let image = try graph.imageInput()
    (self.graph, target) = (graph, graph.outputs[output].value.node)
    edges = [[Edge]](repeating: [], count: graph.nodes.count)
    rowScales = [Ratio?](repeating: nil, count: graph.nodes.count)
    columnScales = rowScales
    (rowScales[image], columnScales[image]) = (1, 1)
    let needed = graph.ancestors(of: target)
    for index in graph.nodes.indices where index != image && needed.contains(index) { try visit(index) }
  }

  private mutating func visit(_ index: Int) throws(GraphError) {
    let node = graph.nodes[index]
    guard node.inputs.contains(where: { rowScales[$0.node] != nil }) else { return }
    if let reason = blocked[index] { return block(node, reason) }
    let types = node.inputs.map { graph[$0] }
    for type in types + node.types where type.shape == nil {
      throw GraphError(.types, node.name, "\(type) is not specialised")
    }
    let reaches = node.op.reach(types)
    for (input, reach) in zip(node.inputs, reaches) {
      guard let rowScale = rowScales[input.node], let columnScale = columnScales[input.node] else { continue }
      guard case .local(let rows, let columns) = reach else {
        block(node, "\(type(of: node.op).name) depends on the whole image")
        continue
      }
      guard rows.num > 0, columns.num > 0 else {
        block(node, "\(type(of: node.op).name) spreads one row or column over the whole image")
        continue
      }
      guard rows.isSteady, columns.isSteady else {
        block(node, "\(type(of: node.op).name) reads what changes with the size of the image")
        continue
      }
      edges[index].append(Edge(from: input.node, rows: rows, columns: columns))
      rowScales[index] = joined(rowScales[index], rowScale.times(Ratio(rows.num, rows.den)), node)
      columnScales[index] = joined(columnScales[index], columnScale.times(Ratio(columns.num, columns.den)), node)
    }
  }

  private mutating func joined(_ scale: Ratio?, _ next: Ratio?, _ node: Node) -> Ratio? {
    guard let next else {
      block(node, "its scale is out of range")
      return scale
    }
    if let scale, scale != next { block(node, "joins images of the scales \(scale) and \(next)") }
    return scale ?? next
  }

  private mutating func block(_ node: Node, _ reason: String) {
    let blocker = SceneGeometry.Blocker(node: node.name, reason: reason)
    if !blockers.contains(blocker) { blockers.append(blocker) }
  }

  func geometry() -> SceneGeometry {
    var result = SceneGeometry(blockers: blockers)
    for (scales, reach, axis) in [
      (rowScales, \Edge.rows, \SceneGeometry.rows), (columnScales, \Edge.columns, \SceneGeometry.columns),
    ] {
      guard let scale = scales[target] else { continue }
      guard let stride = commonMultiple(1, scales.map { $0?.num }),
        let modulus = commonMultiple(stride, grids(scales, reach))
      else {
        result.blockers.append(
          SceneGeometry.Blocker(node: graph.nodes[target].name, reason: "the cumulative strides are out of range"))
        continue
      }
      result[keyPath: axis] = halo(scale: scale, modulus: modulus, reach)
      result[keyPath: axis].stride = stride
    }
    return result
  }

  /// For each node the input pixels from a group of its outputs to the next; 1 where every output stands alone.
  private func grids(_ scales: [Ratio?], _ reach: KeyPath<Edge, AxisReach>) -> [Int?] {
    scales.indices.map { index in
      let grid = edges[index].map { $0[keyPath: reach].grid }.max() ?? 1
      return grid == 1 ? 1 : scales[index]?.times(Ratio(grid))?.num
    }
  }

  /// The least common multiple of a number and those of the nodes on paths to the output, `nil` when it is out of range.
  private func commonMultiple(_ first: Int, _ values: [Int?]) -> Int? {
    var result = first
    for index in reachable() {
      guard let value = values[index], let next = leastCommonMultiple(result, value), next <= Self.greatestModulus
      else { return nil }
      result = next
    }
    return result
  }

  /// Nodes with a local path to the output.
  private func reachable() -> [Int] {
    var found = [Bool](repeating: false, count: edges.count)
    found[target] = true
    for index in edges.indices.reversed() where found[index] {
      for edge in edges[index] { found[edge.from] = true }
    }
    return found.indices.filter { found[$0] }
  }

  private func halo(scale: Ratio, modulus: Int, _ reach: KeyPath<Edge, AxisReach>) -> SceneGeometry.Axis {
    var axis = SceneGeometry.Axis(modulus: modulus, outputScale: scale.inverse)
    for pixel in 0..<max(modulus / scale.num * scale.den, 1) {
      guard let read = imageRange(reading: pixel, reach) else { continue }
      // The input pixels that the output pixel itself covers, at least in part.
      let first = floorDivide(pixel * scale.num, scale.den)
      let last = floorDivide((pixel + 1) * scale.num - 1, scale.den)
      axis.haloBefore = max(axis.haloBefore, first - read.lowerBound)
      axis.haloAfter = max(axis.haloAfter, read.upperBound - 1 - last)
      axis.alignedHaloBefore = max(axis.alignedHaloBefore, -floorDivide(read.lowerBound, modulus) * modulus)
      axis.alignedHaloAfter = max(axis.alignedHaloAfter, -floorDivide(-read.upperBound, modulus) * modulus - modulus)
    }
    return axis
  }

  /// The image rows or columns, not clipped, that an output row or column depends on.
  private func imageRange(reading pixel: Int, _ reach: KeyPath<Edge, AxisReach>) -> Range<Int>? {
    var ranges = [Range<Int>?](repeating: nil, count: edges.count)
    ranges[target] = pixel..<pixel + 1
    var image: Range<Int>?
    for index in edges.indices.reversed() {
      guard let range = ranges[index] else { continue }
      if graph.nodes[index].op is Input { image = range }
      for edge in edges[index] {
        let read = edge[keyPath: reach].read(by: range)
        let known = ranges[edge.from] ?? read
        ranges[edge.from] = min(known.lowerBound, read.lowerBound)..<max(known.upperBound, read.upperBound)
      }
    }
    return image
  }
}

extension Graph {
  /// The node of the only input, which must be an NHWC image.
  func imageInput() throws(GraphError) -> Int {
    guard inputs.count == 1 else {
      throw GraphError(.types, "inputs", "there are \(inputs.count) inputs, not one image")
    }
    let node = nodes[inputs[0]]
    guard node.types[0].rank == 4 else { throw GraphError(.types, node.name, "\(node.types[0]) is not an NHWC image") }
    return inputs[0]
  }

  /// The nodes that a node depends on, and itself.
  package func ancestors(of node: Int) -> Set<Int> {
    var result: Set = [node]
    for index in nodes.indices.reversed() where result.contains(index) {
      result.formUnion(nodes[index].inputs.map(\.node))
    }
    return result
  }
}

extension AxisReach {
  /// False for a scale that no layer has but one that fits corners, or a fixed size, to the image.
  fileprivate var isSteady: Bool { max(num, den) <= GeometryWalk.greatestFactor }
}
