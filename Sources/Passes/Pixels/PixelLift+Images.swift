import Graphs
import Ops
import Tensors

extension PixelLift {
  /// An operator that is defined on NHWC images, where the value is one.
  mutating func onImages(_ node: Node, _ type: TensorType) throws(GraphError) -> Form? {
    var inputs: [Value] = []
    for (place, input) in node.inputs.enumerated() {
      guard case .image(let image, let view) = form(input), self.type(input).rank == 4 else {
        inputs.append(try own(input))
        continue
      }
      guard let plain = try plain(image, view, name: "\(node.name)/\(place)"), plain.isImage else { return nil }
      inputs.append(plain.image)
    }
    let result = try graph.add(unsized(node), inputs, name: node.name)
    guard let dims = type.shape?.dims else { return nil }
    if dims.count == 2, dims[0] == 1 {
      let image = try graph.add(ExpandDims(axes: [1, 2]), [result], name: "\(node.name)/pixel")
      return .image(image, PixelView([.channels(1), .channels(dims[1])], height: 1, width: 1))
    }
    guard dims.count == 4, dims[0] == 1 else { return .plain(result) }
    return .image(
      result, PixelView([.channels(1), .rows, .columns, .channels(dims[3])], height: dims[1], width: dims[2]))
  }

  /// The operator as it is for any size: enlarging to a size that was written as a number, a whole multiple of what it reads, is by that
  /// factor.
  private func unsized(_ node: Node) -> any Op {
    guard var op = node.op as? Resize, op.isOfImages, op.proportions == .stretch,
      let from = type(node.inputs[0]).shape, from.rank == 4, min(from[1], from[2]) > 1
    else { return node.op }
    for place in op.axes.indices {
      guard case .size(let size) = op.axes[place].target else { continue }
      let own = from[op.axes[place].axis]
      guard size % own == 0 else { return node.op }
      op.axes[place].target = .scale(Float(size / own))
    }
    return op
  }

  /// An operator that works along rows or columns: the same along those of the image.
  mutating func onPlaces(_ node: Node, _ op: any Op) throws(GraphError) -> Form? {
    if let reduce = op as? Reduce { return try reducedPlaces(node, reduce) }
    guard let op = op as? any PermutableOp else { return nil }
    var inputs: [Value] = []
    var known: (order: [Int], view: PixelView, axes: [PixelAxes.Axis])?
    for (place, input) in node.inputs.enumerated() {
      guard case .image(let image, let view) = form(input),
        let plain = try plain(image, view, name: "\(node.name)/\(place)"), let order = plain.order,
        known == nil || known?.order == order
      else { return nil }
      known = known ?? (order, plain.view, plain.axes)
      inputs.append(plain.image)
    }
    guard let known, let moved = op.permuted(known.order, node.inputs.map { type($0) }), moved.result == known.order
    else { return nil }
    let result = try graph.add(moved.op, inputs, name: node.name)
    guard let dims = sizedDims(of: node) else { return nil }
    let axes = zip(known.order, dims).map { source, dim -> PixelAxes.Axis in
      source == 1 ? .rows : source == 2 ? .columns : .channels(dim)
    }
    func size(_ source: Int) -> Int { known.order.firstIndex(of: source).map { dims[$0] } ?? 1 }
    return .image(result, PixelView(axes, height: size(1), width: size(2)))
  }

  private func sizedDims(of node: Node) -> [Int]? {
    let types = node.inputs.map { type($0) }
    return (try? node.op.outputTypes(types))?.first?.shape?.dims
  }

  /// One number for all rows, all columns or both, and for all channels or none.
  private mutating func reducedPlaces(_ node: Node, _ op: Reduce) throws(GraphError) -> Form? {
    guard case .image(let image, let view) = form(node.inputs[0]),
      let plain = try plain(image, view, name: "\(node.name)/in")
    else { return nil }
    let reduced = Set(op.axes.map { $0 < 0 ? $0 + plain.axes.count : $0 })
    var axes: [Int] = []
    for axis in reduced {
      switch plain.axes[axis] {
      case .rows: axes.append(1)
      case .columns: axes.append(2)
      case .pixels: axes += [1, 2]
      case .channels: break
      }
    }
    let channels = plain.axes.indices.filter { plain.axes[$0].count.map { $0 > 1 } ?? false }
    let some = channels.filter { reduced.contains($0) }
    guard some.isEmpty || some == channels else { return nil }
    if !some.isEmpty { axes.append(3) }
    let result = try graph.add(
      Reduce(kind: op.kind, axes: axes.sorted(), keepDims: true), [plain.image], name: node.name)
    let left = plain.axes.enumerated().compactMap { axis, kind -> PixelAxes.Axis? in
      guard reduced.contains(axis) else { return kind }
      return op.keepDims ? .channels(1) : nil
    }
    return .image(
      result,
      PixelView(
        left, height: axes.contains(1) ? 1 : plain.view.height, width: axes.contains(2) ? 1 : plain.view.width))
  }
}

/// An image whose channels lie in the order of its value's axes, each of which is plain.
struct PlainForm {
  let image: Value
  let view: PixelView
  let axes: [PixelAxes.Axis]

  /// True where the value is the NHWC image itself.
  var isImage: Bool { order == [0, 1, 2, 3] }

  /// For each axis of a value of rank 4 the axis of the NHWC image that it is.
  var order: [Int]? { imageOrder(axes) }
}

/// For the axes of a value of rank 4, the axis of the NHWC image that each is.
private func imageOrder(_ axes: [PixelAxes.Axis]) -> [Int]? {
  guard axes.count == 4, !axes.contains(.pixels) else { return nil }
  var order = [Int?](repeating: nil, count: 4)
  for (place, axis) in axes.enumerated() {
    if axis == .rows { order[place] = 1 }
    if axis == .columns { order[place] = 2 }
    if let count = axis.count, count > 1 {
      guard !order.contains(3) else { return nil }
      order[place] = 3
    }
  }
  // Axes of size 1 take what is left, in order.
  var left = [0, 1, 2, 3].filter { !order.contains($0) }
  for place in 0..<4 where order[place] == nil { order[place] = left.removeFirst() }
  return order.compactMap { $0 }
}
