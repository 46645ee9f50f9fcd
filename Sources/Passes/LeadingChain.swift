import Graphs
import Ops
import Tensors

/// The operators behind the image of a graph that only choose, move, scale and shift its samples, and what they come to where others
/// begin to read them.
struct LeadingChain {
  /// Values with samples that something else reads than the chain itself.
  var ends: [SampleTensor] = []
  /// Statistics of the image are computed from one of them.
  var isStandardised = false
  /// Channels of the image.
  var channels = 1

  private var values: [Value: SampleTensor] = [:]
  private var constants: [Value: Tensor] = [:]
  private var isMisfit = false
  private let graph: Graph

  /// Sizes at which a chain is followed: small, and other than usual numbers of channels.
  private static let (rows, columns) = (4, 6)

  /// Follows the chain from an input, which has an axis for channels that is its second or third from the last.
  ///
  /// At first in a small image, and in one of the size that the model declares where the operators do not take that.
  static func following(_ graph: Graph, from input: Int) -> LeadingChain? {
    guard let axis = channelAxis(graph.nodes[input].types[0]) else { return nil }
    let dims = graph.nodes[input].types[0].dims
    func shape(_ sizes: [Int?]) -> Shape {
      var free = [rows, columns]
      return Shape(
        dims.indices.map { place in
          if place == axis { return dims[place] ?? 3 }
          if place < dims.count - 3 { return 1 }
          let small = free.removeFirst()
          return sizes[place] ?? small
        })
    }
    let small = shape(dims.map { _ in nil })
    guard small.count <= SampleTensor.mostElements else { return nil }
    let chain = LeadingChain(graph, input, small, axis)
    let own = shape(dims)
    guard chain.isMisfit, own != small, own.count <= SampleTensor.mostElements else { return chain }
    return LeadingChain(graph, input, own, axis)
  }

  private init(_ graph: Graph, _ input: Int, _ shape: Shape, _ axis: Int) {
    self.graph = graph
    channels = shape[axis]
    values[Value(input)] = SampleTensor(image: shape, channels: axis)
    var read: [Value] = []
    for (index, node) in graph.nodes.enumerated() {
      let sources = node.inputs.filter { values[$0] != nil }
      guard !sources.isEmpty, !(node.op is ShapeOf) else { continue }
      if let result = result(index) {
        values[Value(index)] = result
      } else {
        read += sources
        isStandardised = isStandardised || [Reduce.name, LayerNorm.name, GroupNorm.name].contains(type(of: node.op).name)
      }
    }
    read += graph.outputs.map(\.value)
    var seen: Set<Value> = []
    ends = read.filter { seen.insert($0).inserted }.compactMap { values[$0] }
  }

  /// The samples that a node makes, if its result has any.
  private mutating func result(_ index: Int) -> SampleTensor? {
    let node = graph.nodes[index]
    guard node.types.count == 1 else { return nil }
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
      guard result.forms.contains(where: { $0 != nil }) else { return nil }
      let before = operands.compactMap(\.samples)
      if before.contains(where: { $0.numbers != result.numbers || $0.traces != result.traces }) {
        result.traces.nodes.insert(index)
      }
      return result
    }
  }

  /// The value of what does not depend on the samples: constants, sizes, and what is computed of them.
  private mutating func constant(_ value: Value) -> Tensor? {
    if let known = constants[value] ?? graph.constant(value) { return known }
    let node = graph.nodes[value.node]
    guard !node.inputs.isEmpty, node.types.count == 1, graph[value].shape.map({ $0.count <= 1 << 12 }) ?? true else {
      return nil
    }
    var inputs: [Tensor] = []
    for input in node.inputs {
      if node.op is ShapeOf, let samples = values[input] {
        inputs.append(Tensor(samples.shape, repeating: 0))
      } else if let constant = constant(input), constant.shape.count <= 1 << 16 {
        inputs.append(constant)
      } else {
        return nil
      }
    }
    let types = inputs.map(\.type)
    guard let settled = try? node.op.settled(types, inputs) ?? Settled(node.op, inputs: inputs.count),
      let result = try? settled.op.outputTypes(Array(types.prefix(settled.inputs))),
      let shape = result[0].shape, shape.count <= 1 << 16
    else { return nil }
    let tensor = settled.op.evaluate(Array(inputs.prefix(settled.inputs)))[0]
    constants[value] = tensor
    return tensor
  }

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
