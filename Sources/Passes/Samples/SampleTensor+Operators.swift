import Graphs
import Ops
import Tensors

/// An input of a node on the way of the image's samples.
enum SampleOperand {
  case samples(SampleTensor), constant(Tensor)

  var type: TensorType {
    switch self {
    case .samples(let samples): samples.type
    case .constant(let tensor): tensor.type
    }
  }
  var constant: Tensor? { if case .constant(let tensor) = self { tensor } else { nil } }
  var samples: SampleTensor? { if case .samples(let samples) = self { samples } else { nil } }
}

/// What a node makes of samples.
enum SampleResult {
  case samples(SampleTensor)
  /// Something else than samples that are scaled and shifted.
  case other
  /// Nothing for an image of this size.
  case misfit
}

/// The result of an operator of which at least one operand has samples.
func samples(through op: any Op, _ operands: [SampleOperand]) -> SampleResult {
  let settled: Settled?
  do { settled = try op.settled(operands.map(\.type), operands.map(\.constant)) } catch { return .misfit }
  guard let settled else { return samples(throughSettled: op, operands) }
  return samples(throughSettled: settled.op, Array(operands.prefix(settled.inputs)))
}

private func samples(throughSettled op: any Op, _ operands: [SampleOperand]) -> SampleResult {
  switch op {
  case is any DeferredOp: return .other
  case let op as Binary: return combined(op, operands)
  case is Concat: return moved(by: op, operands)
  default: break
  }
  guard let first = operands.first?.samples else { return product(op, operands) }
  switch op {
  case is Identity: return .samples(first)
  case let op as Cast:
    if op.dataType == .bool { return .other }
    return .samples([.float32, .float64].contains(op.dataType) ? first : first.whole())
  case let op as Activate: return activated(.samples(first), op.activation)
  case let op as Unary: return unary(first, op.function)
  case let op as Quantize: return quantized(first, op, operands)
  case let op as BatchNorm: return normalised(first, op, operands)
  case let op as Pad2D:
    return moved(by: Pad2D(top: op.top, bottom: op.bottom, left: op.left, right: op.right, value: -1), operands)
  case var op as Pad:
    if case .constant = op.mode { op.mode = .constant(-1) }
    return moved(by: op, operands)
  case is Slice, is Gather, is Transpose, is Reshape, is Squeeze, is ExpandDims, is Crop2D, is Repeat, is Tile,
    is BroadcastTo, is Roll, is SpaceToDepth, is DepthToSpace:
    return moved(by: op, operands)
  case is AveragePool2D, is MaxPool2D: return resampled(first, op, axes: [1, 2])
  case let op as Resize:
    return resampled(first, op, axes: Set(op.axes.map { $0.axis < 0 ? $0.axis + first.shape.rank : $0.axis }))
  default: return product(op, operands)
  }
}

/// What an operator makes that only moves elements. Elements that it adds must be -1.
private func moved(by op: any Op, _ operands: [SampleOperand]) -> SampleResult {
  var forms: [SampleForm?] = []
  var traces = SampleTraces()
  let tensors = operands.map { operand -> Tensor in
    switch operand {
    case .samples(let samples):
      let labels = (0..<samples.forms.count).map { Float(forms.count + $0) }
      forms += samples.forms
      traces = traces.merged(samples.traces)
      return Tensor(samples.shape, labels)
    // Numbers of a `Concat` do not depend on the image; those of a `Gather` are indices.
    case .constant(let tensor): return op is Concat ? Tensor(tensor.shape, repeating: -1) : tensor
    }
  }
  guard let types = try? op.outputTypes(tensors.map(\.type)), let shape = types[0].shape else { return .misfit }
  guard shape.count > 0, shape.count <= SampleTensor.mostElements, forms.count < 1 << 24 else { return .other }
  let labels = op.evaluate(tensors)[0].floats
  return .samples(SampleTensor(shape, labels.map { $0 < 0 ? nil : forms[Int($0)] }, traces))
}

/// Samples of fewer or more pixels, mixed or chosen from pixels that are all scaled and shifted in the same way.
private func resampled(_ samples: SampleTensor, _ op: any Op, axes: Set<Int>) -> SampleResult {
  guard let types = try? op.outputTypes([samples.type]), let shape = types[0].shape else { return .misfit }
  guard shape.rank == samples.shape.rank, shape.count <= SampleTensor.mostElements else { return .other }
  func place(_ index: Int, _ shape: Shape) -> Int {
    shape.dims.indices.reduce(0) { place, axis in
      axes.contains(axis) ? place : place * shape[axis] + index / shape.strides[axis] % shape[axis]
    }
  }
  var common: [Int: SampleForm] = [:]
  for (index, form) in samples.forms.enumerated() {
    guard var form else { continue }
    form.element = nil
    guard common.updateValue(form, forKey: place(index, samples.shape)) ?? form == form else { return .other }
  }
  return .samples(SampleTensor(shape, (0..<shape.count).map { common[place($0, shape)] }, samples.traces))
}
