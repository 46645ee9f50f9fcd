import Tensors

/// The geometry of a graph whose sizes are unknown or fixed: the graph is specialised to trial sizes that are multiples of the
/// modulus and must behave alike at two of them.
///
/// Besides operators that depend on the whole image, these make a network not local: it cannot be resized; a window grows with the
/// image; at the size that the model itself declares, a pooling window covers its whole map, as in DeepLabV3+.
///
/// Errors: no such output, more than one input, or an input that is no NHWC image with known channels.
package func localGeometry(_ graph: Graph, output: Int = 0) throws(GraphError) -> SceneGeometry {
  let trial = try GeometryTrial(graph, output: output)
  var own: SceneGeometry?
  var blocked: [Int: String] = [:]
  if let declared = trial.declaredSize {
    let atOwnSize = try trial.specialised(declared.rows, declared.columns)
    blocked = trial.wholeMapPooling(atOwnSize, declared)
    own = try geometry(of: atOwnSize, output: output, blocked: blocked)
  }
  do {
    return try trial.stableGeometry(blocked)
  } catch {
    var result = own ?? SceneGeometry()
    result.blockers.append(SceneGeometry.Blocker(node: error.site, reason: "cannot be resized: \(error.what)"))
    return result
  }
}

/// A graph and how to make trial sizes of it.
private struct GeometryTrial {
  /// A multiple of 256, 9 and 5 and so of the product of all strides in common use; a network without padding may take no other
  /// size.
  static let size = 11_520
  /// Windows up to this size are steps of ordinary downsampling, even on maps as small as themselves.
  static let downsamplingWindow = 3

  let graph: Graph
  let output: Int
  let name: String
  let channels: Int
  let declaredSize: (rows: Int, columns: Int)?

  init(_ graph: Graph, output: Int) throws(GraphError) {
    let image = graph.nodes[try graph.imageInput()]
    guard graph.outputs.indices.contains(output) else {
      throw GraphError(.request, "outputs", "there is no output \(output)")
    }
    guard let channels = image.types[0].dims[3] else {
      throw GraphError(.types, image.name, "the channels are unknown")
    }
    (self.graph, self.output, name, self.channels) = (graph, output, image.name, channels)
    if let rows = image.types[0].dims[1], let columns = image.types[0].dims[2] {
      declaredSize = (rows, columns)
    } else {
      declaredSize = nil
    }
  }

  func specialised(_ rows: Int, _ columns: Int) throws(GraphError) -> Graph {
    let declared = graph.nodes[graph.inputs[0]].types[0].dataType
    return try graph.specialised(to: [name: TensorType(declared, [1, rows, columns, channels])])
  }

  /// The geometry at a multiple of its own modulus, equal to that at twice the size.
  func stableGeometry(_ blocked: [Int: String]) throws(GraphError) -> SceneGeometry {
    var (rows, columns) = (Self.size, Self.size)
    var small = try specialised(rows, columns)
    var result = try geometry(of: small, output: output, blocked: blocked)
    // The modulus found at a size that is not its multiple may be wrong once; from then on the sizes are multiples.
    for _ in 0..<4 {
      let wanted = (Self.roundUp(result.rows.modulus), Self.roundUp(result.columns.modulus))
      if wanted == (rows, columns) { break }
      (rows, columns) = wanted
      small = try specialised(rows, columns)
      result = try geometry(of: small, output: output, blocked: blocked)
    }
    let large = try specialised(2 * rows, 2 * columns)
    let other = try geometry(of: large, output: output, blocked: blocked)
    if other != result {
      let node = small.nodes.indices.first { small.reach(of: $0) != large.reach(of: $0) }
      result.blockers.append(
        SceneGeometry.Blocker(
          node: node.map { graph.nodes[$0].name } ?? graph.outputs[output].name,
          reason: "what it reads changes with the size of the image"))
      // A stride that changes, too, is that of a layer which fits a fixed size to the image.
      if other.rows.stride != result.rows.stride { result.rows = SceneGeometry.Axis() }
      if other.columns.stride != result.columns.stride { result.columns = SceneGeometry.Axis() }
    }
    result.blockers += graph.meetingSizes(small, large, output: output)
    result.addStrides(of: small, large, output: output, rows: rows, columns: columns)
    return result
  }

  static func roundUp(_ modulus: Int) -> Int { size.roundedUp(to: modulus) }

  /// Windows without weights that reduce a whole map to one pixel, and the reason that makes them global.
  func wholeMapPooling(_ graph: Graph, _ size: (rows: Int, columns: Int)) -> [Int: String] {
    let needed = graph.ancestors(of: graph.outputs[output].value.node)
    var result: [Int: String] = [:]
    for index in graph.nodes.indices where needed.contains(index) {
      let node = graph.nodes[index]
      guard node.inputs.count == 1, graph.constant(node.inputs[0]) == nil,
        case .local(let rows, let columns)? = graph.reach(of: index).first,
        let from = graph[node.inputs[0]].shape, let to = node.types[0].shape, from.rank == 4, to.rank == 4,
        to[1] == 1, to[2] == 1, max(from[1], from[2]) > Self.downsamplingWindow,
        rows.high - rows.low + 1 >= from[1], columns.high - columns.low + 1 >= from[2]
      else { continue }
      result[index] = "pools the whole \(from[1])x\(from[2]) map at the model's own size \(size.rows)x\(size.columns)"
    }
    return result
  }
}

extension SceneGeometry {
  /// Behind a layer that looks at the whole image there are strides as well: those of maps that grow with the image, of which
  /// `small` and `large` have two sizes, the second twice the first. They count where the network is not local.
  fileprivate mutating func addStrides(of small: Graph, _ large: Graph, output: Int, rows: Int, columns: Int) {
    guard !isLocal else { return }
    let needed = small.ancestors(of: small.outputs[output].value.node)
    for index in small.nodes.indices where needed.contains(index) {
      let from = small.nodes[index].types[0].dims, to = large.nodes[index].types[0].dims
      guard from.count == 4 else { continue }
      self.rows.add(image: rows, from[1], to[1])
      self.columns.add(image: columns, from[2], to[2])
    }
  }
}

extension SceneGeometry.Axis {
  fileprivate mutating func add(image: Int, _ small: Int?, _ large: Int?) {
    guard let small, let large, small > 0, large == 2 * small else { return }
    let scale = Ratio(image, small)
    guard max(scale.num, scale.den) <= GeometryWalk.greatestFactor,
      let stride = leastCommonMultiple(stride, scale.num), let modulus = leastCommonMultiple(modulus, stride),
      modulus <= GeometryWalk.greatestModulus
    else { return }
    (self.stride, self.modulus) = (stride, modulus)
  }
}

extension Graph {
  fileprivate func reach(of index: Int) -> [Reach] {
    nodes[index].op.reach(nodes[index].inputs.map { self[$0] })
  }
}
