import Graphs
import Ops
import Tensors

/// What a linear operator makes of samples where its weights only choose, permute and scale them, or mix them to a mean: 1x1 convolutions
/// and matrices that swap channels, weights of a grey value. Weights that a network learned make something else.
func product(_ op: any Op, _ operands: [SampleOperand]) -> SampleResult {
  let places = operands.indices.filter { operands[$0].samples != nil }
  guard places.count == 1, let place = places.first, let x = operands[place].samples,
    x.forms.count <= mostProbes, mayChoose(op, operands)
  else { return .other }
  var linear = op
  var activation = Activation.linear
  if var own = op as? any ActivatedOp {
    activation = own.activation
    own.activation = .linear
    linear = own
  }
  guard let types = try? linear.outputTypes(operands.map(\.type)), let shape = types[0].shape,
    shape.count <= SampleTensor.mostElements / mostProbes, linear.multiplyAdds(operands.map(\.type)) <= 1 << 20
  else { return .other }
  let zero = result(linear, operands, place, x.shape, one: nil)
  let columns = x.forms.indices.map { one in
    zip(result(linear, operands, place, x.shape, one: one), zero).map { $0 - $1 }
  }
  guard let forms = forms(of: x, columns, zero) else { return .other }
  return activated(.samples(SampleTensor(shape, forms, x.traces)), activation)
}

/// Elements that are tried one after another.
private let mostProbes = 256

/// Whether an operator can be one that chooses samples: the number of its weights is small enough.
private func mayChoose(_ op: any Op, _ operands: [SampleOperand]) -> Bool {
  switch op {
  case is Conv2D, is DepthwiseConv2D, is Dense, is MatMul, is Einsum:
    return operands.compactMap(\.constant).allSatisfy { weights in
      let most = 2 * (weights.shape.dims.max() ?? 1)
      return weights.shape.count <= 1 << 16 && weights.doubles.count { $0 != 0 } <= most
    }
  case let op as Reduce: return op.axes.count == 1 && (op.kind == .mean || op.kind == .sum)
  default: return false
  }
}

/// The results for an image of zeros but for one element.
private func result(
  _ op: any Op, _ operands: [SampleOperand], _ place: Int, _ shape: Shape, one: Int?
) -> [Double] {
  var image = [Float](repeating: 0, count: shape.count)
  if let one { image[one] = 1 }
  let tensors = operands.enumerated().map { $0 == place ? Tensor(shape, image) : $1.constant ?? Tensor([0], []) }
  return op.evaluate(tensors)[0].doubles
}

/// The forms of results whose weights for each sample are `columns`; nil where the weights do not choose, permute or average.
private func forms(of x: SampleTensor, _ columns: [[Double]], _ zero: [Double]) -> [SampleForm?]? {
  // A sample that is taken more than once with weights other than 1 is what a layer of features does.
  let areTakenOnce = columns.allSatisfy { column in column.count { $0 != 0 } <= 1 }
  var result: [SampleForm?] = []
  for (row, summand) in zero.enumerated() {
    let weights = columns.indices.filter { columns[$0][row] != 0 }
    let total = weights.reduce(0) { $0 + columns[$1][row] }
    let isMean = weights.allSatisfy { columns[$0][row] > 0 } && abs(total - 1) < 2e-3
    guard weights.isEmpty || (weights.count == 1 && areTakenOnce) || isMean else { return nil }
    var sum: SampleForm?
    for column in weights {
      guard let form = x.forms[column]?.mapped(columns[column][row], 0) else { continue }
      guard let previous = sum else {
        sum = form
        continue
      }
      guard let next = previous.adding(form) else { return nil }
      sum = next
    }
    result.append(sum?.mapped(1, summand))
  }
  return result
}
