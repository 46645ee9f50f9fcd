import Graphs
import Ops
import Tensors

/// The operators behind the image of a graph that only choose, move, scale and shift its samples, and what they come to where others
/// begin to read them.
struct LeadingChain {
  /// What samples come to where something else reads them than the chain itself.
  var ends: [ChainEnd] = []
  /// Statistics of the image are computed from one of them.
  var isStandardised = false
  /// Channels of the image.
  var channels = 1

  private var values: [Value: SampleTensor] = [:]
  private var constants: [Value: Tensor?] = [:]
  private var isMisfit = false
  /// Elements that may still be computed, so that no chain takes long.
  private var left = 1 << 23
  private let graph: Graph

  /// Sizes at which a chain is followed: small, and other than usual numbers of channels.
  private static let (rows, columns) = (4, 6)

  /// Follows the chain from an input, which has an axis for channels that is its second or third from the last.
  ///
  /// At first in a small image, and in one of the size that the model declares where the operators do not take that.
  static func following(_ graph: Graph, from input: Int) -> LeadingChain? {
    let dims = graph.nodes[input].types[0].dims
    guard let axis = channelAxis(graph.nodes[input].types[0]) else { return nil }
    var (small, own): ([Int], [Int]) = ([], [])
    for (place, dim) in dims.enumerated() {
      let free = place == axis ? 3 : place < dims.count - 3 ? 1 : small.contains(rows) ? columns : rows
      small.append(place == axis ? dim ?? free : free)
      own.append(dim ?? free)
    }
    guard let chain = LeadingChain(graph, input, small, axis) else { return nil }
    return chain.isMisfit && own != small ? LeadingChain(graph, input, own, axis) ?? chain : chain
  }

  /// Fails for an image that has no elements or too many.
  private init?(_ graph: Graph, _ input: Int, _ dims: [Int], _ axis: Int) {
    var count = 1
    for dim in dims {
      guard dim > 0, dim <= SampleTensor.mostElements / count else { return nil }
      count *= dim
    }
    self.graph = graph
    channels = dims[axis]
    values[Value(input)] = SampleTensor(image: Shape(dims), channels: axis)
    var readers = graph.users().map(\.count)
    let outputs = Set(graph.outputs.map(\.value))
    if outputs.contains(Value(input)) { end(Value(input)) }
    for (index, node) in graph.nodes.enumerated() {
      let sources = node.inputs.filter { values[$0] != nil }
      guard !sources.isEmpty else { continue }
      if let result = result(index) {
        values[Value(index)] = result
        if outputs.contains(Value(index)) { end(Value(index)) }
      } else if !(node.op is ShapeOf) {
        for source in sources { end(source) }
        let name = type(of: node.op).name
        isStandardised = isStandardised || [Reduce.name, LayerNorm.name, GroupNorm.name].contains(name)
      } else {
        constants[Value(index)] = constant(Value(index))
      }
      for source in sources {
        readers[source.node] -= 1
        if readers[source.node] == 0 { values[source] = nil }
      }
    }
  }

  /// Something else reads a value.
  private mutating func end(_ value: Value) {
    guard let samples = values[value] else { return }
    let end = ChainEnd(samples, image: channels)
    if !end.channels.isEmpty, !ends.contains(end) { ends.append(end) }
  }

  /// The samples that a node makes, if its result has any.
  private mutating func result(_ index: Int) -> SampleTensor? {
    let node = graph.nodes[index]
    guard node.types.count == 1, !(node.op is ShapeOf), left > 0 else { return nil }
    var operands: [SampleOperand] = []
    for input in node.inputs {
      if let samples = values[input] {
        operands.append(.samples(samples))
      } else if let constant = constant(input) {
        operands.append(.constant(constant))
      } else {
        return nil
      }
    }
    switch samples(through: node.op, operands) {
    case .other: return nil
    case .misfit:
      isMisfit = true
      return nil
    case .samples(var result):
      left -= result.forms.count
      guard result.forms.contains(where: { $0 != nil }) else { return nil }
      let before = operands.compactMap(\.samples)
      if before.contains(where: { $0.numbers != result.numbers || $0.traces != result.traces }) {
        result.traces.nodes.insert(index)
      }
      return result
    }
  }

  /// The value of what does not depend on the samples: constants, sizes, and what is computed of them.
  private mutating func constant(_ value: Value, depth: Int = 64) -> Tensor? {
    if let known = graph.constant(value) { return known }
    if let known = constants[value] { return known }
    let result = depth > 0 ? computed(value, depth: depth - 1) : nil
    constants[value] = .some(result)
    return result
  }

  private mutating func computed(_ value: Value, depth: Int) -> Tensor? {
    let node = graph.nodes[value.node]
    guard !node.inputs.isEmpty, node.types.count == 1 else { return nil }
    var inputs: [Tensor] = []
    for input in node.inputs {
      if node.op is ShapeOf, let samples = values[input] {
        inputs.append(Tensor(samples.shape, repeating: 0))
      } else if let constant = constant(input, depth: depth), constant.shape.count <= Self.mostNumbers {
        inputs.append(constant)
      } else {
        return nil
      }
    }
    let types = inputs.map(\.type)
    guard let settled = try? node.op.settled(types, inputs) ?? Settled(node.op, inputs: inputs.count),
      let result = try? settled.op.outputTypes(Array(types.prefix(settled.inputs))),
      let shape = result[0].shape, shape.count <= Self.mostNumbers,
      settled.op.multiplyAdds(Array(types.prefix(settled.inputs))) <= Self.mostNumbers
    else { return nil }
    return settled.op.evaluate(Array(inputs.prefix(settled.inputs)))[0]
  }

  /// Elements of constants that are computed.
  private static let mostNumbers = 1 << 16

  /// The axis of `[..., H, W, C]` or `[..., C, H, W]` that channels lie along: the known one, and of two the smaller.
  private static func channelAxis(_ type: TensorType) -> Int? {
    guard type.rank >= 3 else { return nil }
    let (first, last) = (type.rank - 3, type.rank - 1)
    switch (type.dims[first], type.dims[last]) {
    case (nil, _): return last
    case (_, nil): return first
    case (let channels?, let columns?): return channels < columns ? first : last
    }
  }
}

extension SampleTensor {
  /// Scales and shifts that occur.
  fileprivate var numbers: Set<[Double]> { Set(forms.compactMap { $0.map { [$0.scale, $0.shift] } }) }
}
