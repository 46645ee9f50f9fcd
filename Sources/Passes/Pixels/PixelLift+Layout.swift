import Graphs
import Ops
import Tensors

extension PixelLift {
  /// What only gives the axes of a value other names: no operator, another view.
  mutating func relabelled(_ node: Node, _ op: any Op, _ type: TensorType) throws(GraphError) -> Form? {
    guard let first = node.inputs.first, case .image(let image, var view) = form(first) else { return nil }
    switch op {
    case is Identity: return .image(image, view)
    case let op as Transpose:
      guard op.permutation.count == view.axes.count else { return nil }
      view.axes = op.permutation.map { view.axes[$0] }
      return .image(image, view)
    case is Squeeze, is ExpandDims, is Reshape:
      guard let dims = type.shape?.dims else { return nil }
      return try reshaped(image, view, to: dims, name: node.name)
    case is BroadcastTo, is Tile:
      guard let dims = type.shape?.dims else { return nil }
      return try repeated(image, view, to: dims, name: node.name)
    default: return nil
    }
  }

  /// Axes of size 1 become channels, each of which is the whole image; `nil` where an axis may stand for missing rows or columns.
  private mutating func repeated(
    _ image: Value, _ view: PixelView, to dims: [Int], name: String
  ) throws(GraphError) -> Form? {
    guard view.height > 1, view.width > 1, dims.count >= view.axes.count else { return nil }
    var view = view
    view.axes = [[PixelView.Part]](repeating: [], count: dims.count - view.axes.count) + view.axes
    var picks = Array(0..<view.channels)
    for (axis, dim) in dims.enumerated() {
      let size = view.axes[axis].reduce(1) { $0 * view.size(of: $1) }
      if size == dim { continue }
      guard size == 1, picks.count * dim <= 1 << 16 else { return nil }
      view.axes[axis] = [.channels(view.addGroup(dim, first: true))]
      picks = [[Int]](repeating: picks, count: dim).flatMap { $0 }
    }
    return .image(try picked(image, picks, name: name), view)
  }

  private mutating func reshaped(
    _ image: Value, _ view: PixelView, to dims: [Int], name: String
  ) throws(GraphError) -> Form? {
    var (image, view) = (image, view)
    for _ in 0..<3 {
      do throws(PixelView.Obstacle) { return .image(image, try view.reshaped(to: dims)) } catch {
        guard case .cut(let part, let pieces) = error, pieces <= 64,
          let cut = try cut(image, view, part, pieces: pieces, name: name)
        else { return nil }
        (image, view) = cut
      }
    }
    return nil
  }

  /// The pixels of each so many rows or columns as channels of one.
  private mutating func cut(
    _ image: Value, _ view: PixelView, _ part: PixelView.Part, pieces: Int, name: String
  ) throws(GraphError) -> (Value, PixelView)? {
    guard view.size(of: part) % pieces == 0, view.size(of: part) / pieces >= pieces else { return nil }
    var parts: [Value] = []
    for start in 0..<pieces {
      let slice = Slice([Slice.Axis(part == .rows ? 1 : 2, start: start, step: pieces)])
      parts.append(try graph.add(slice, [image], name: "\(name)/\(part)\(start)"))
    }
    var result = view
    result.cut(part, pieces: pieces)
    return (try graph.add(Concat(axis: 3), parts, name: "\(name)/\(part)"), result)
  }

  /// The image with its channels in the order of the axes, blocks of channels that are pixels spread out, and every axis plain; `nil`
  /// where an axis joins channels to pixels in another way.
  mutating func plain(
    _ image: Value, _ view: PixelView, name: String
  ) throws(GraphError) -> PlainForm? {
    var (image, view) = (image, view)
    let (rows, columns) = (view.block(.rows), view.block(.columns))
    if !rows.isEmpty || !columns.isEmpty {
      func count(_ groups: [Int]) -> Int { groups.reduce(1) { $0 * view.size(of: .channels($1)) } }
      let block = Pair(count(rows), count(columns))
      let rest = view.groupsByAxes.filter { !rows.contains($0) && !columns.contains($0) }
      image = try ordered(image, &view, rows + columns + rest, name: "\(name)/blocks")
      guard let pixels = try spread(image, block, name: name) else { return nil }
      image = pixels
      view.spread(rows, columns, block: block)
    }
    guard let axes = view.plainAxes else { return nil }
    image = try ordered(image, &view, view.groupsByAxes, name: "\(name)/order")
    // One group an axis.
    return PlainForm(image: image, view: PixelView(axes, height: view.height, width: view.width), axes: axes)
  }

  /// Blocks of pixels that the first channels are. Those that are no squares are repeated to squares, of which so many pixels are kept.
  private mutating func spread(_ image: Value, _ block: Pair, name: String) throws(GraphError) -> Value? {
    let side = (1...64).first { $0 % block.height == 0 && $0 % block.width == 0 }
    guard let side, let channels = graph[image].dims[3] else { return nil }
    let (down, across, rest) = (side / block.height, side / block.width, channels / (block.height * block.width))
    let picks = (0..<side * side).flatMap { pixel in
      let place = pixel / side / down * block.width + pixel % side / across
      return place * rest..<(place + 1) * rest
    }
    let square = try picked(image, picks, name: "\(name)/squares")
    let pixels = try graph.add(DepthToSpace(block: side), [square], name: "\(name)/pixels")
    let steps = [(1, down), (2, across)].filter { $0.1 > 1 }.map { Slice.Axis($0.0, step: $0.1) }
    return steps.isEmpty ? pixels : try graph.add(Slice(steps), [pixels], name: "\(name)/kept")
  }

  private mutating func ordered(
    _ image: Value, _ view: inout PixelView, _ groups: [Int], name: String
  ) throws(GraphError) -> Value {
    guard view.channels <= PixelLift.mostChannels else {
      throw GraphError(.types, name, "has \(view.channels) channels")
    }
    let channels = view.channels(inOrder: groups)
    view.reorder(groups)
    return try picked(image, channels, name: name)
  }

  /// Channels of an image, by their numbers.
  mutating func picked(_ image: Value, _ channels: [Int], name: String) throws(GraphError) -> Value {
    if channels == Array(0..<(graph[image].dims[3] ?? -1)) { return image }
    let indices = graph.constant(
      Tensor([channels.count], .int64(channels.map { Int64($0) })), name: "\(name)/channels")
    return try graph.add(Gather(axis: 3), [image, indices], name: name)
  }

  /// A value in its own axes again.
  mutating func realised(_ image: Value, _ view: PixelView, name: String) throws(GraphError) -> Value {
    guard let plain = try plain(image, view, name: name) else {
      throw GraphError(.types, name, "has an axis that joins channels to pixels")
    }
    let (image, axes) = (plain.image, plain.axes)
    // The axes of the image, one for each group of channels.
    var order: [PixelAxes.Axis] = [.channels(1), .rows, .columns]
    let groups = axes.compactMap { axis in if case .channels(let n) = axis, n > 1 { n } else { nil } }
    var value = image
    if groups.count != 1 {
      value = try graph.add(
        Reshape(dims: [0, 0, 0] + (groups.isEmpty ? [1] : groups)), [value], name: "\(name)/groups")
    }
    order += groups.isEmpty ? [.channels(1)] : groups.map { .channels($0) }
    // Where each kept axis goes; those of size 1 are taken out and put in.
    var left = Array(order.indices)
    var permutation: [Int] = []
    func take(_ wanted: PixelAxes.Axis) {
      guard let place = left.firstIndex(where: { order[$0] == wanted }) else { return }
      permutation.append(left.remove(at: place))
    }
    for axis in axes {
      switch axis {
      case .pixels: take(.rows); take(.columns)
      case .channels(1): break
      default: take(axis)
      }
    }
    let dropped = left.count
    permutation = left + permutation
    if permutation != Array(order.indices) {
      value = try graph.add(Transpose(permutation: permutation), [value], name: "\(name)/axes")
    }
    value = try graph.add(Squeeze(axes: Array(0..<dropped)), [value], name: "\(name)/kept")
    let kept = axes.filter { $0 != .channels(1) }
    if let pixels = kept.firstIndex(of: .pixels) {
      let dims =
        [Int](repeating: 0, count: pixels) + [-1]
        + kept[(pixels + 1)...].map { axis in
          if case .channels(let count) = axis { count } else { 0 }
        }
      value = try graph.add(Reshape(dims: dims), [value], name: "\(name)/flat")
    }
    let ones = axes.indices.filter { axes[$0] == .channels(1) }
    return ones.isEmpty ? value : try graph.add(ExpandDims(axes: ones), [value], name: "\(name)/own")
  }

  /// The sizes of axes of an image's value.
  mutating func sizes(_ node: Node, _ op: ShapeOf) throws(GraphError) -> Form? {
    guard case .image(let image, let view) = form(node.inputs[0]) else { return nil }
    var parts: [Value] = []
    for axis in op.axes(view.axes.count) {
      let known = view.axes[axis].filter { $0 != .rows && $0 != .columns }.reduce(1) { $0 * view.size(of: $1) }
      let name = "\(node.name)/\(axis)"
      var size = graph.constant(Tensor([1], .int64([Int64(known)])), name: "\(name)/known")
      for part in view.axes[axis] where part == .rows || part == .columns {
        let place = part == .rows ? 1 : 2
        let own = try graph.add(ShapeOf(from: place, to: place + 1), [image], name: "\(name)/\(part)")
        size = try graph.add(Binary(.multiply), [size, own], name: "\(name)/times\(part)")
      }
      parts.append(size)
    }
    guard !parts.isEmpty else { return nil }
    return .plain(parts.count == 1 ? parts[0] : try graph.add(Concat(axis: 0), parts, name: node.name))
  }
}
