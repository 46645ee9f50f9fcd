import Graphs
import Ops
import Tensors

/// A graph written anew so that every value that lies on the image is an NHWC image, whatever axes the file gave it: what only relabels
/// axes vanishes, and what works on channels is said of channels.
///
/// Values are looked at in `sized`, the same graph at one size. What cannot be said so is computed as it is written, on values that are
/// brought back to their own axes.
struct PixelLift {
  /// What became of a value.
  enum Form {
    case image(Value, PixelView)
    /// In the axes that the file gave it.
    case plain(Value)
  }

  /// More channels are rather pixels that have lost their place; what is computed of each would not fit in memory.
  static let mostChannels = 1 << 16

  let source: Graph
  let sized: Graph
  var graph = Graph()
  private(set) var forms: [Value: Form] = [:]
  /// Constants in the shape that images want, by the old constant and the new shape.
  var constants: [String: Value] = [:]
  private(set) var misfit = Misfit()

  /// - Parameters:
  ///   - source: with one input.
  ///   - sized: `source` specialised to one size, its nodes in the same places.
  ///   - axes: how the input's axes lie on the image.
  ///   - size: rows and columns of the image that `sized` takes.
  ///   - open: rows and columns of the new graph's input; `nil` where any will do.
  init?(_ source: Graph, sized: Graph, axes: PixelAxes, size: Pair, open: (rows: Int?, columns: Int?)) {
    (self.source, self.sized) = (source, sized)
    guard source.inputs.count == 1, sized.nodes.count == source.nodes.count else { return nil }
    do {
      for index in source.nodes.indices { try visit(index, axes, size, open) }
    } catch { return nil }
  }

  private mutating func visit(
    _ index: Int, _ axes: PixelAxes, _ size: Pair, _ open: (rows: Int?, columns: Int?)
  ) throws(GraphError) {
    let node = source.nodes[index]
    if let input = node.op as? Input {
      let type = TensorType(.float32, [1, open.rows, open.columns, axes.channels])
      var image = graph.input(node.name, type)
      if input.type.dataType != .float32 {
        image = try graph.add(Cast(to: input.type.dataType), [image], name: "\(node.name)/\(input.type.dataType)")
      }
      forms[Value(index)] = .image(image, PixelView(axes.axes, height: size.height, width: size.width))
      return
    }
    let isOnImage = node.inputs.contains { if case .image? = forms[$0] { true } else { false } }
    if !isOnImage, !(isImageOp(node.op) && node.types.count == 1 && node.types[0].rank == 4) || node.inputs.isEmpty {
      return try copy(index)
    }
    if let form = try lifted(index) {
      forms[Value(index)] = form
      if !isOnImage { misfit.lost += 1 }
    } else {
      if isOnImage, isImageOp(node.op) || hasWeights(node) { misfit.contradictions += 1 }
      if isOnImage, !(node.op is ShapeOf) { misfit.others += 1 }
      try copy(index)
    }
  }

  private func hasWeights(_ node: Node) -> Bool {
    switch node.op {
    case is Dense, is MatMul, is Einsum, is BatchNorm, is LayerNorm: node.inputs.contains { source.constant($0) != nil }
    default: false
    }
  }

  /// The operator as it is written.
  private mutating func copy(_ index: Int) throws(GraphError) {
    let node = source.nodes[index]
    var inputs: [Value] = []
    for input in node.inputs { inputs.append(try own(input)) }
    let copy = try graph.add(node.op, inputs, name: node.name)
    for place in node.types.indices { forms[Value(index, place)] = .plain(Value(copy.node, place)) }
  }

  private mutating func lifted(_ index: Int) throws(GraphError) -> Form? {
    let node = source.nodes[index], op = sized.nodes[index].op
    guard node.types.count == 1 else { return nil }
    if let op = node.op as? ShapeOf { return try sizes(node, op) }
    if let form = try relabelled(node, op, sized.nodes[index].types[0]) { return form }
    if isElementwise(op) { return try elementwise(node, op, sized.nodes[index].types[0]) }
    if isImageOp(node.op) { return try onImages(node, sized.nodes[index].types[0]) }
    guard !(op is any DeferredOp) else { return nil }
    if let form = try onChannels(index, node, op) { return form }
    return try onPlaces(node, op)
  }

  // MARK: Values

  func form(_ value: Value) -> Form { forms[value] ?? .plain(value) }

  /// Types at the size that is looked at.
  func type(_ value: Value) -> TensorType { sized.nodes[value.node].types[value.result] }

  func constant(_ value: Value) -> Tensor? {
    guard case .plain(let own) = form(value) else { return nil }
    return graph.constant(own)
  }

  /// The value in its own axes.
  mutating func own(_ value: Value) throws(GraphError) -> Value {
    switch form(value) {
    case .plain(let value): return value
    case .image(let image, let view):
      let name = source.nodes[value.node].name
      return try realised(image, view, name: name)
    }
  }
}

/// What speaks against a reading of the input's axes, the strongest first.
struct Misfit: Comparable {
  /// Layers that read a value whose axes are others than those that they are made for: an image's, or channels.
  var contradictions = 0
  /// True where rows or columns would be fewer than the channels.
  var isUnlikely = false
  /// Layers of images that read a value of which it is not known how it lies on the image.
  var lost = 0
  /// Nodes that were computed as they are written although they read an image.
  var others = 0

  static func < (a: Misfit, b: Misfit) -> Bool { a.places.lexicographicallyPrecedes(b.places) }

  private var places: [Int] { [contradictions, isUnlikely ? 1 : 0, lost, others] }
}
