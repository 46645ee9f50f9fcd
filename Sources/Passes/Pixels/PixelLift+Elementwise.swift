import Graphs
import Ops
import Tensors

extension PixelLift {
  /// An operator on each element alone: the same on images whose channels agree.
  mutating func elementwise(_ node: Node, _ op: any Op, _ type: TensorType) throws(GraphError) -> Form? {
    let rank = type.rank
    var operands: [(place: Int, image: Value, view: PixelView, axes: [PixelAxes.Axis])] = []
    for (place, input) in node.inputs.enumerated() {
      guard case .image(let image, let view) = form(input) else { continue }
      guard let plain = try plain(image, view, name: "\(node.name)/\(place)") else { return nil }
      let axes = [PixelAxes.Axis](repeating: .channels(1), count: rank - plain.axes.count) + plain.axes
      operands.append((place, plain.image, plain.view, axes))
    }
    guard let size = operands.map({ Pair($0.view.height, $0.view.width) }).max(by: { $0.isBelow($1) }),
      var axes = common(operands.map(\.axes)),
      operands.allSatisfy({
        ($0.view.height == 1 || $0.view.height == size.height)
          && ($0.view.width == 1 || $0.view.width == size.width)
      })
    else { return nil }
    // Constants may bring channels of their own, and nothing else.
    for input in node.inputs {
      guard case .plain = form(input) else { continue }
      guard let dims = onePixel(input, axes)?.dims, dims.count <= rank else { return nil }
      for (axis, dim) in zip((rank - dims.count)..<rank, dims) where dim != 1 {
        guard case .channels(let count) = axes[axis], count == 1 || count == dim else { return nil }
        axes[axis] = .channels(dim)
      }
    }
    guard PixelAxes(axes).channels <= PixelLift.mostChannels else { return nil }
    let channelAxes = axes.indices.filter { axes[$0].isChannels && axes[$0] != .channels(1) }
    var inputs: [Value] = []
    for (place, input) in node.inputs.enumerated() {
      if let operand = operands.first(where: { $0.place == place }) {
        let own = channelAxes.map { operand.axes[$0].count ?? 1 }
        inputs.append(
          try spread(operand.image, own, to: channelAxes.map { axes[$0].count ?? 1 }, name: "\(node.name)/\(place)"))
      } else {
        guard let value = try vector(input, channelAxes.map { $0 - rank }, axes) else { return nil }
        inputs.append(value)
      }
    }
    let result = try graph.add(op, inputs, name: node.name)
    return .image(result, PixelView(axes, height: size.height, width: size.width))
  }

  /// The sizes of a value that is no image, and its elements where they are known; a constant that is the same for all rows and columns
  /// counts as one of them. `axes` are those of the result.
  private func onePixel(_ input: Value, _ axes: [PixelAxes.Axis]) -> (dims: [Int], tensor: Tensor?)? {
    guard let dims = type(input).shape?.dims else { return nil }
    guard let tensor = constant(input), dims.count <= axes.count else { return (dims, constant(input)) }
    let shared = dims.indices.filter { dims[$0] > 1 && !axes[axes.count - dims.count + $0].isChannels }
    guard !shared.isEmpty else { return (dims, tensor) }
    let one = Slice(shared.map { Slice.Axis($0, stop: 1) }).evaluate([tensor])[0]
    guard BroadcastTo(dims: dims).evaluate([one])[0] == tensor else { return (dims, tensor) }
    return (one.shape.dims, one)
  }

  /// What the axes of operands are together, those of size 1 repeated; `nil` where they contradict each other.
  private func common(_ operands: [[PixelAxes.Axis]]) -> [PixelAxes.Axis]? {
    guard var result = operands.first else { return nil }
    for axes in operands.dropFirst() {
      for (place, axis) in axes.enumerated() where axis != .channels(1) && axis != result[place] {
        guard result[place] == .channels(1) else { return nil }
        result[place] = axis
      }
    }
    return result
  }

  /// An image whose channels are repeated along the axes that it lacks. A single channel is repeated by whatever reads it.
  private mutating func spread(
    _ image: Value, _ own: [Int], to wanted: [Int], name: String
  ) throws(GraphError) -> Value {
    if own == wanted || own.allSatisfy({ $0 == 1 }) { return image }
    let numbers = Tensor(Shape(own), .int64((0..<own.reduce(1, *)).map { Int64($0) }))
    let sources = BroadcastTo(dims: wanted).evaluate([numbers])[0].integers
    return try picked(image, sources.map { Int($0) }, name: "\(name)/repeated")
  }

  /// A constant, or a number that is computed, as the image's channels want it; `axes` count from the end. `nil` for any other value.
  private mutating func vector(
    _ input: Value, _ channelAxes: [Int], _ axes: [PixelAxes.Axis]
  ) throws(GraphError) -> Value? {
    guard case .plain(let own) = form(input), let (dims, constant) = onePixel(input, axes) else { return nil }
    let sizes = channelAxes.map { -$0 <= dims.count ? dims[dims.count + $0] : 1 }
    let count = dims.reduce(1, *)
    guard let tensor = constant else {
      guard count == 1 else { return nil }
      return dims.count <= 1
        ? own : try graph.add(Reshape(dims: [1]), [own], name: "\(source.nodes[input.node].name)/one")
    }
    let wanted = channelAxes.map { axes[axes.count + $0].count ?? 1 }
    let isOwn = dims == type(input).shape?.dims
    if isOwn && dims.count <= 1 && (count == 1 || wanted.count == 1) { return own }
    let key = "\(own) \(wanted) \(sizes)"
    if let known = constants[key] { return known }
    var vector = tensor.reshaped(Shape(sizes))
    if count > 1 { vector = BroadcastTo(dims: wanted).evaluate([vector])[0] }
    let value = graph.constant(
      vector.reshaped(Shape([vector.shape.count])), name: "\(source.nodes[input.node].name)/channels")
    constants[key] = value
    return value
  }
}

extension Pair {
  fileprivate func isBelow(_ other: Pair) -> Bool { (height, width) < (other.height, other.width) }
}

extension PixelAxes.Axis {
  var isChannels: Bool { if case .channels = self { true } else { false } }
  /// Channels of the axis; `nil` for rows and columns.
  var count: Int? { if case .channels(let count) = self { count } else { nil } }
}
