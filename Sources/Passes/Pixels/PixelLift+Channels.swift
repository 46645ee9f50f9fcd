import Graphs
import Ops
import Tensors

extension PixelLift {
  /// An operator that leaves rows and columns alone, on the channels of each pixel.
  mutating func onChannels(_ index: Int, _ node: Node, _ op: any Op) throws(GraphError) -> Form? {
    // A settled operator needs only the first of its inputs.
    let inputs = Array(node.inputs.prefix(sized.nodes[index].inputs.count))
    let types = inputs.map { type($0) }
    guard let touched = touchedAxes(op, types), types.allSatisfy({ $0.shape != nil }) else { return nil }
    var operands: [PlainForm?] = []
    for (place, input) in inputs.enumerated() {
      guard case .image(let image, let view) = form(input) else {
        operands.append(nil)
        continue
      }
      guard let plain = try plain(image, view, name: "\(node.name)/\(place)"),
        touched[place].allSatisfy({ plain.axes[$0].isChannels })
      else { return nil }
      operands.append(plain)
    }
    guard let site = ChannelSite(op, operands, types),
      PixelAxes(site.result).channels <= PixelLift.mostChannels
    else { return nil }
    if let einsum = op as? Einsum, !site.keepsPixels(einsum) { return nil }
    if op is Gather, operands.count == 2, operands[0] != nil, operands[1] != nil { return nil }
    var values: [Value] = []
    for (input, operand) in zip(inputs, operands) {
      if let operand { values.append(operand.image) } else { values.append(try own(input)) }
    }
    let result = try computed(op, site, touched, values, node.name)
    return .image(result, PixelView(site.result, height: site.height, width: site.width))
  }

  private mutating func computed(
    _ op: any Op, _ site: ChannelSite, _ touched: [[Int]], _ values: [Value], _ name: String
  ) throws(GraphError) -> Value {
    if let value = try simple(op, site, touched, values, name) { return value }
    if let value = try joined(op, site, touched, values, name) { return value }
    if let value = try picked(op, site, values, name) { return value }
    if let value = try summed(op, site, values, name) { return value }
    let views = site.operands.map { $0.map { PixelAxes($0.axes) } }
    return try graph.add(Pixelwise(op, inputs: views, result: PixelAxes(site.result)), values, name: name)
  }

  /// An operator along the only channels there are: the same along the last axis of the image.
  private mutating func simple(
    _ op: any Op, _ site: ChannelSite, _ touched: [[Int]], _ values: [Value], _ name: String
  ) throws(GraphError) -> Value? {
    guard let operand = site.operands[0], site.operands.dropFirst().allSatisfy({ $0 == nil }) else { return nil }
    let axes = operand.axes.indices.filter { operand.axes[$0].isChannels && operand.axes[$0] != .channels(1) }
    let isAll = Set(axes).isSubset(of: touched[0])
    guard !axes.isEmpty, isAll else { return nil }
    let along = axes.count == 1
    let moved: (any Op)? =
      switch op {
      case is Softmax where along: Softmax()
      case is LogSoftmax where along: LogSoftmax()
      case var op as CumulativeSum where along:
        {
          op.axis = -1; return op
        }()
      case var op as TopK where along:
        {
          op.axis = -1; return op
        }()
      case let op as ArgMax where along:
        ArgMax(axis: -1, keepDims: true, smallest: op.smallest, last: op.last)
      case let op as Reduce: Reduce(kind: op.kind, axes: [-1], keepDims: true)
      case let op as Pad where along:
        Pad(
          before: [0, 0, 0, op.before[axes[0]]], after: [0, 0, 0, op.after[axes[0]]], mode: op.mode)
      // The last axis, by their definition.
      case is BatchNorm where along && axes[0] == operand.axes.count - 1, is LayerNorm where along,
        is Dense where along:
        op
      default: nil
      }
    guard let moved else { return nil }
    return try graph.add(moved, values, name: name)
  }

  /// Images side by side along an axis of channels.
  private mutating func joined(
    _ op: any Op, _ site: ChannelSite, _ touched: [[Int]], _ values: [Value], _ name: String
  ) throws(GraphError) -> Value? {
    guard op is Concat, let axis = touched.first?.first, site.operands.allSatisfy({ $0 != nil }) else { return nil }
    let all = try graph.add(Concat(axis: 3), values, name: "\(name)/joined")
    // For each channel of the result the place among those that lie one operand after another.
    var start: Int64 = 0
    var parts: [Tensor] = []
    for operand in site.operands.compactMap({ $0 }) {
      let dims = operand.axes.map { $0.count ?? 1 }
      let count = dims.reduce(1, *)
      parts.append(Tensor(Shape(dims), .int64((0..<count).map { start + Int64($0) })))
      start += Int64(count)
    }
    return try picked(all, Concat(axis: axis).evaluate(parts)[0].integers.map { Int($0) }, name: name)
  }

  /// Elements that are only taken from other places among the channels.
  private mutating func picked(
    _ op: any Op, _ site: ChannelSite, _ values: [Value], _ name: String
  ) throws(GraphError) -> Value? {
    guard isPicking(op), let operand = site.operands[0] else { return nil }
    let constants = values.dropFirst().compactMap { graph.constant($0) }
    guard constants.count == values.count - 1, let one = site.onePixel(op) else { return nil }
    let dims = operand.axes.map { $0.count ?? 1 }
    let numbers = Tensor(Shape(dims), .int64((0..<dims.reduce(1, *)).map { Int64($0) }))
    return try picked(values[0], one.evaluate([numbers] + constants)[0].integers.map { Int($0) }, name: name)
  }

  /// Weighted sums of the channels, with weights that are known: a layer of weights.
  private mutating func summed(
    _ op: any Op, _ site: ChannelSite, _ values: [Value], _ name: String
  ) throws(GraphError) -> Value? {
    let places = site.operands.indices.filter { site.operands[$0] != nil }
    guard places.count == 1, let operand = site.operands[places[0]], graph[values[places[0]]].dataType == .float32,
      isLinear(op), let columns = operand.axes.firstIndex(where: { $0 == .columns || $0 == .pixels }),
      let out = site.result.firstIndex(of: operand.axes[columns])
    else { return nil }
    let channels = operand.view.channels, results = PixelAxes(site.result).channels
    guard channels <= 4096, results <= 4096, channels * results <= 1 << 20 else { return nil }
    // Each channel alone, as pixels side by side.
    var tensors: [Tensor] = []
    for (place, value) in values.enumerated() {
      guard place != places[0] else {
        let unit = Tensor(
          [1, 1, channels, channels], (0..<channels * channels).map { $0 % (channels + 1) == 0 ? 1 : 0 })
        tensors.append(PixelAxes(operand.axes).tensor(of: unit))
        continue
      }
      guard let tensor = graph.constant(value), tensor.shape.count <= 1 << 20 else { return nil }
      tensors.append(tensor)
    }
    let weights = PixelAxes(site.result).image(of: op.evaluate(tensors)[0], rows: 1, columns: channels)
    guard weights.dataType == .float32, site.result[out].isChannels == false else { return nil }
    let kernel = graph.constant(weights.reshaped([channels, results]), name: "\(name)/weights")
    return try graph.add(Dense(), [values[places[0]], kernel], name: name)
  }

  private func isLinear(_ op: any Op) -> Bool {
    switch op {
    case is Einsum, is MatMul: true
    case let op as Reduce: op.kind == .sum || op.kind == .mean
    default: false
    }
  }
}

/// Operands of an operator that leaves rows and columns alone, and how its result lies on the image.
struct ChannelSite {
  /// `nil` for one that is no image.
  let operands: [PlainForm?]
  let result: [PixelAxes.Axis]
  let height: Int, width: Int
  private let types: [TensorType]

  init?(_ op: any Op, _ operands: [PlainForm?], _ types: [TensorType]) {
    (self.operands, self.types) = (operands, types)
    let images = operands.compactMap { $0 }
    (height, width) = (images.map(\.view.height).max() ?? 1, images.map(\.view.width).max() ?? 1)
    guard images.allSatisfy({ $0.view.height == images[0].view.height && $0.view.width == images[0].view.width })
    else { return nil }
    // Where rows and columns come to lie is seen by giving the image other sizes.
    func dims(_ rows: Int, _ columns: Int) -> [Int]? {
      let own = zip(types, operands).map { type, operand in
        operand.map { TensorType(type.dataType, PixelAxes($0.axes).dims(rows: rows, columns: columns)) } ?? type
      }
      guard let op = ChannelSite.sized(op, operands, rows, columns), let made = try? op.outputTypes(own),
        made.count == 1
      else { return nil }
      return made[0].shape?.dims
    }
    guard let one = dims(1, 1), let rows = dims(2, 1), let columns = dims(1, 3), one.count == rows.count,
      one.count == columns.count
    else { return nil }
    let isFlat = images.contains { $0.axes.contains(.pixels) }
    result = one.indices.map { axis -> PixelAxes.Axis in
      if rows[axis] == 2 * one[axis], columns[axis] == 3 * one[axis], isFlat { return .pixels }
      if rows[axis] != one[axis] { return .rows }
      return columns[axis] != one[axis] ? .columns : .channels(one[axis])
    }
    func has(_ axis: PixelAxes.Axis, in axes: [PixelAxes.Axis]) -> Int { axes.count { $0 == axis } }
    for axis in [PixelAxes.Axis.rows, .columns, .pixels] {
      let wanted = images.contains { has(axis, in: $0.axes) > 0 } ? 1 : 0
      guard has(axis, in: result) == wanted else { return nil }
    }
  }

  /// The operator for a single pixel.
  func onePixel(_ op: any Op) -> (any Op)? { ChannelSite.sized(op, operands, 1, 1) }

  /// The operator with the sizes that it names itself for an image of another size.
  private static func sized(_ op: any Op, _ operands: [PlainForm?], _ rows: Int, _ columns: Int) -> (any Op)? {
    guard let broadcast = op as? BroadcastTo, let operand = operands.first ?? nil else { return op }
    // An image that is made larger is for others.
    let axes =
      [PixelAxes.Axis?](repeating: nil, count: max(broadcast.dims.count - operand.axes.count, 0)) + operand.axes
    guard axes.count == broadcast.dims.count else { return nil }
    let sizes = PixelAxes(operand.axes).dims(rows: operand.view.height, columns: operand.view.width)
    var dims = broadcast.dims
    for (place, axis) in axes.enumerated() {
      guard let axis, !axis.isChannels else { continue }
      let own = sizes[place - (axes.count - operand.axes.count)]
      guard dims[place] == 1 || dims[place] == own else { return nil }
      dims[place] = 1
    }
    return BroadcastTo(dims: dims)
  }

  /// True where the subscripts of rows and columns are the same for all images, and theirs alone.
  func keepsPixels(_ op: Einsum) -> Bool {
    guard let labels = try? EinsumAxes(op.subscripts, ranks: types.map(\.rank)) else { return false }
    var kinds: [EinsumAxes.Label: PixelAxes.Axis] = [:]
    for (place, operand) in operands.enumerated() {
      for (axis, label) in labels.inputs[place].enumerated() {
        let kind = operand?.axes[axis] ?? .channels(1)
        let plain: PixelAxes.Axis = kind.isChannels ? .channels(1) : kind
        guard kinds[label] == nil || kinds[label] == plain else { return false }
        kinds[label] = plain
        if !plain.isChannels, !labels.output.contains(label) { return false }
      }
    }
    return true
  }
}
