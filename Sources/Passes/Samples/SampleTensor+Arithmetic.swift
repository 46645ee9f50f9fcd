import Graphs
import Ops
import Tensors

extension SampleTensor {
  /// Each form changed by a function of its place; nil for what is no affine form any more.
  func mapped(_ change: (Int, SampleForm) -> SampleForm?) -> SampleTensor {
    SampleTensor(shape, forms.enumerated().map { place, form in form.flatMap { change(place, $0) } }, traces)
  }

  /// The same made whole numbers, which says something of samples that are not scaled yet.
  func whole() -> SampleTensor {
    var result = self
    if isRaw { result.traces.areWhole = true }
    return result
  }

  /// The same kept within a range.
  func clipped(_ least: Double?, _ greatest: Double?) -> SampleTensor {
    guard isRaw else { return self }
    var result = self
    if let least, least.isFinite { result.traces.least = max(least, traces.least ?? least) }
    if let greatest, greatest.isFinite { result.traces.greatest = min(greatest, traces.greatest ?? greatest) }
    return result
  }
}

extension Tensor {
  /// The elements in double precision, whatever their type.
  var doubles: [Double] {
    guard case .float64(let elements) = Cast(to: .float64).evaluate([self])[0].elements else { return [] }
    return elements
  }
}

/// For each element of the broadcast of two shapes, which element of each it is of; nil where they do not fit together.
private func broadcast(_ a: Shape, _ b: Shape) -> (shape: Shape, a: [Int], b: [Int])? {
  let sum = Binary(.add)
  let types = [a, b].map { TensorType(.float32, $0) }
  guard let shape = (try? sum.outputTypes(types))?[0].shape, shape.count <= SampleTensor.mostElements else {
    return nil
  }
  func labels(_ own: Shape, _ other: Shape) -> [Int] {
    let numbers = Tensor(own, (0..<own.count).map { Float($0) })
    return sum.evaluate([numbers, Tensor(other, repeating: 0)])[0].floats.map { Int($0) }
  }
  return (shape, labels(a, b), labels(b, a))
}

/// A sum, product, bound and so on of samples and constants, or a sum or difference of samples.
func combined(_ op: Binary, _ operands: [SampleOperand]) -> SampleResult {
  guard operands.count == 2 else { return .other }
  guard let places = broadcast(operands[0].type.shape ?? [], operands[1].type.shape ?? []) else { return .misfit }
  var result: SampleTensor?
  switch (operands[0], operands[1]) {
  case (.samples(let a), .samples(let b)):
    guard op.function == .add || op.function == .subtract else { return .other }
    result = sum(a, b, sign: op.function == .add ? 1 : -1, places)
  case (.samples(let a), .constant(let b)):
    let x = SampleTensor(places.shape, places.a.map { a.forms[$0] }, a.traces)
    let numbers = b.doubles
    result = scaled(x, op.function, places.b.map { numbers[$0] }, isFirst: true)
  case (.constant(let a), .samples(let b)):
    let x = SampleTensor(places.shape, places.b.map { b.forms[$0] }, b.traces)
    let numbers = a.doubles
    result = scaled(x, op.function, places.a.map { numbers[$0] }, isFirst: false)
  default: return .other
  }
  return result.map { activated(.samples($0), op.activation) } ?? .other
}

private func sum(
  _ a: SampleTensor, _ b: SampleTensor, sign: Double, _ places: (shape: Shape, a: [Int], b: [Int])
) -> SampleTensor? {
  var forms: [SampleForm?] = []
  forms.reserveCapacity(places.shape.count)
  for (left, right) in zip(places.a, places.b) {
    guard let x = a.forms[left], let y = b.forms[right], let sum = x.adding(y.mapped(sign, 0)) else { return nil }
    forms.append(sum)
  }
  return SampleTensor(places.shape, forms, a.traces.merged(b.traces))
}

/// Samples and a constant for each; `isFirst` where samples are the first operand.
private func scaled(
  _ x: SampleTensor, _ function: Binary.Function, _ numbers: [Double], isFirst: Bool
) -> SampleTensor? {
  guard numbers.allSatisfy(\.isFinite) || function == .maximum || function == .minimum else { return nil }
  switch function {
  case .add: return x.mapped { $1.mapped(1, numbers[$0]) }
  case .subtract: return x.mapped { isFirst ? $1.mapped(1, -numbers[$0]) : $1.mapped(-1, numbers[$0]) }
  case .multiply: return x.mapped { $1.scaled(by: numbers[$0]) }
  case .divide where isFirst && !numbers.contains(0), .floorDivide where isFirst && !numbers.contains(0):
    return x.mapped { $1.scaled(by: 1 / numbers[$0]) }
  case .power where isFirst && numbers.allSatisfy { $0 == 1 }: return x
  case .maximum: return x.clipped(numbers.max(), nil)
  case .minimum: return x.clipped(nil, numbers.min())
  default: return nil
  }
}

/// What a function makes of samples that an operator has computed; only those that keep them within a range are followed.
func activated(_ result: SampleResult, _ function: Activation) -> SampleResult {
  guard case .samples(let samples) = result else { return result }
  switch function {
  case .linear: return result
  case .relu: return .samples(samples.clipped(0, nil))
  case .clamp(let least, let greatest): return .samples(samples.clipped(Double(least), Double(greatest)))
  case .reluGeneral(let greatest, let slope, let threshold) where slope == 0:
    return .samples(samples.clipped(Double(threshold), Double(greatest)))
  case .neg: return .samples(samples.mapped { $1.scaled(by: -1) })
  default: return .other
  }
}

func unary(_ samples: SampleTensor, _ function: Unary.Function) -> SampleResult {
  switch function {
  case .floor, .ceil, .round, .truncate: .samples(samples.whole())
  case .negate: .samples(samples.mapped { $1.scaled(by: -1) })
  default: .other
  }
}

/// By the moving mean and deviation alone: what a layer learned besides says nothing of the samples.
func normalised(_ x: SampleTensor, _ op: BatchNorm, _ operands: [SampleOperand]) -> SampleResult {
  let parameters = operands.dropFirst().compactMap { $0.constant?.doubles }
  guard parameters.count == 4, let channels = x.shape.dims.last, parameters.allSatisfy({ $0.count == channels }) else {
    return .other
  }
  let (mean, spread) = (parameters[2], parameters[3].map { $0 + Double(op.epsilon) })
  guard mean.allSatisfy(\.isFinite), spread.allSatisfy({ $0 > 0 && $0.isFinite }) else { return .other }
  var result = x.mapped { place, form in
    let deviation = spread[place % channels].squareRoot()
    return form.mapped(1 / deviation, -mean[place % channels] / deviation)
  }
  // A layer that was never trained subtracts 0 and divides by 1.
  result.traces.areStatistics =
    x.traces.areStatistics || mean.contains { abs($0) > 1e-2 } || spread.contains { abs($0 - 1) > 1e-2 }
  return activated(.samples(result), op.activation)
}

/// As the integers that stand for samples; their range says in what range samples are.
func quantized(_ x: SampleTensor, _ op: Quantize, _ operands: [SampleOperand]) -> SampleResult {
  guard operands.count == 3, let scale = operands[1].constant?.doubles, let zero = operands[2].constant,
    scale.count == 1, scale[0] > 0, zero.shape.count == 1
  else { return .other }
  let middle = zero.doubles[0]
  let range = zero.dataType == .int8 ? (-128.0, 127.0) : zero.dataType == .uint8 ? (0, 255) : (-.infinity, .infinity)
  let bounded = x.clipped((range.0 - middle) * scale[0], (range.1 - middle) * scale[0])
  return .samples(bounded.mapped { $1.mapped(1 / scale[0], middle) })
}
