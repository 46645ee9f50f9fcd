import Graphs
import Kernels
import Ops
import TestSupport
import Tensors
import Testing

/// Runs a step band by band on rings that hold nothing but what the step says it reads: everything else is NaN.
struct StepHarness {
  static let fence = 32
  static let canary = Float(bitPattern: 0x7FC0_DEAD)

  let step: any Step
  let inputs: [Tensor]
  let layouts: [RowLayout]
  let output: RowLayout
  let outputType: TensorType

  init(_ step: any Step, _ site: CompileSite, _ inputs: [Tensor]) {
    (self.step, self.inputs, self.output, outputType) = (step, inputs, site.output, site.outputTypes[0])
    layouts = step.inputs.map { site.input($0.index) }
  }

  /// The whole output, made in bands of at most `height` rows.
  func callAsFunction(bandHeight height: Int, reversed: Bool = false) -> Tensor {
    let result = FencedRows(rows: output.rows, floats: output.rowFloats, left: 0, right: 0)
    let scratch = UnsafeMutableRawPointer.allocate(byteCount: step.memory.scratch + 64, alignment: 64)
    defer { scratch.deallocate() }
    (scratch + step.memory.scratch).initializeMemory(as: UInt8.self, repeating: 0xA5, count: 64)
    let sharedBytes = step.sharedBytes(rows: height)
    let shared = UnsafeMutableRawPointer.allocate(byteCount: sharedBytes + 64, alignment: 64)
    defer { shared.deallocate() }
    (shared + sharedBytes).initializeMemory(as: UInt8.self, repeating: 0xA5, count: 64)
    step.load()
    var first = 0
    while first < output.rows {
      let rows = first..<min(first + height, output.rows)
      let memories = step.inputs.indices.map { ring($0, for: rows) }
      let rings = memories.map(\.ring)
      rings.withUnsafeBufferPointer {
        for round in 0..<step.rounds {
          let band = Band(
            rows: rows, inputs: $0, output: result.ring, scratch: scratch, shared: shared, round: round)
          let blocks = 0..<step.blocks(rows: rows.count, round: round)
          for block in blocks { step.run(block: reversed ? blocks.upperBound - 1 - block : block, of: band) }
        }
      }
      #expect(memories.allSatisfy { $0.intact }, "\(step.kernel) wrote beside its input")
      first = rows.upperBound
    }
    #expect(
      (0..<64).allSatisfy { (scratch + step.memory.scratch + $0).load(as: UInt8.self) == 0xA5 }, "scratch overrun")
    #expect((0..<64).allSatisfy { (shared + sharedBytes + $0).load(as: UInt8.self) == 0xA5 }, "shared overrun")
    #expect(result.intact, "\(step.kernel) wrote beside its rows")
    return Tensor(outputType.shape ?? [], output.dataType) { bytes in
      guard let base = bytes.baseAddress else { return }
      for y in 0..<output.rows {
        (base + y * output.rowBytes).copyMemory(from: result.ring.row(y), byteCount: output.rowBytes)
      }
    }
  }

  private func ring(_ slot: Int, for rows: Range<Int>) -> FencedRows {
    let input = step.inputs[slot], layout = layouts[slot]
    let needed = input.rows?.read(by: rows, of: layout.rows) ?? 0..<layout.rows
    let memory = FencedRows(
      rows: max(needed.count, 1), floats: layout.rowFloats, left: input.marginLeft * layout.channels,
      right: input.marginRight * layout.channels, height: layout.rows)
    inputs[input.index].withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      for y in needed { memory.ring.row(y).copyMemory(from: base + y * layout.rowBytes, byteCount: layout.rowBytes) }
    }
    return memory
  }
}

extension RowLayout {
  /// Floats that hold a row of any data type.
  fileprivate var rowFloats: Int { (rowBytes + 3) / 4 }
}

/// A ring whose rows, with their zero margins, lie between canaries; what has not been written is a canary too.
final class FencedRows {
  let ring: RowRing
  private let memory: UnsafeMutableBufferPointer<Float>
  private let pitch: Int, inside: Int

  init(rows: Int, floats: Int, left: Int, right: Int, height: Int? = nil) {
    inside = left + floats + right
    pitch = inside + StepHarness.fence
    memory = .allocate(capacity: (rows + 1) * pitch + StepHarness.fence)
    memory.initialize(repeating: StepHarness.canary)
    let first = memory.baseAddress! + StepHarness.fence
    for row in 0...rows {
      for i in 0..<inside where i < left || i >= left + floats || row == rows { first[row * pitch + i] = 0 }
    }
    ring = RowRing(
      base: UnsafeMutableRawPointer(first + left), zeros: UnsafeMutableRawPointer(first + rows * pitch + left),
      stride: pitch * 4, capacity: rows, height: height ?? rows)
  }

  deinit { memory.deallocate() }

  var intact: Bool {
    memory.indices.allSatisfy {
      $0 % pitch >= StepHarness.fence || memory[$0].bitPattern == StepHarness.canary.bitPattern
    }
  }
}

/// Reproducible floats from -1 to 1.
func noise(_ shape: Shape, seed: UInt64) -> Tensor { seededTensor(shape, seed: seed) }

/// Compiles an operator for every instruction set and compares all cuts with its plain definition. Results may differ by `absolute`
/// times the root mean square of all, and by `relative` times themselves.
///
/// `tensors` are the operator's inputs in order; those from `firstConstant` on are weights.
func checkStep<O: Op>(
  _ op: O, _ tensors: [Tensor], firstConstant: Int, absolute: Double = 1e-5, relative: Double = 1e-4,
  compile: (O, CompileSite) -> (any Step)?
) throws {
  try checkStep(
    op, tensors, constants: min(firstConstant, tensors.count)..<tensors.count, absolute: absolute, relative: relative,
    compile: compile)
}

/// The same with the weights at any place among the inputs, and perhaps for some instruction sets only.
func checkStep<O: Op>(
  _ op: O, _ tensors: [Tensor], constants: Range<Int>, absolute: Double = 1e-5, relative: Double = 1e-4,
  on kernelSets: [KernelSet] = KernelSet.available, compile: (O, CompileSite) -> (any Step)?
) throws {
  let types = tensors.map(\.type)
  let outputTypes = try op.outputTypes(types)
  let reference = op.evaluate(tensors)[0]
  for kernels in kernelSets {
    let site = CompileSite(
      name: "test", inputTypes: types, outputTypes: outputTypes,
      constants: tensors.enumerated().map { constants.contains($0) ? $1 : nil }, kernels: kernels)
    let step = try #require(compile(op, site), "\(op) has no step")
    let run = StepHarness(step, site, tensors)
    let whole = run(bandHeight: site.output.rows)
    let wrong = differences(whole, reference, absolute: absolute, relative: relative)
    #expect(
      wrong.isEmpty, "\(kernels.isa) \(O.name) \(op.attributes) \(types): \(wrong.count) wrong, \(wrong.prefix(3))")
    for height in [step.grain, 2 * step.grain, 3 * step.grain] {
      let cut = run(bandHeight: height, reversed: true)
      #expect(areSameBits(cut, whole), "\(kernels.isa) \(O.name) \(op.attributes) cut at \(height)")
    }
  }
}

/// Where a result is beyond the tolerance: floats as said above, other data types at all.
private func differences(
  _ result: Tensor, _ reference: Tensor, absolute: Double, relative: Double
) -> [(found: String, expected: String)] {
  guard result.type == reference.type else { return [("\(result.type)", "\(reference.type)")] }
  guard result.dataType == .float32 else {
    // NaN equals itself as bits only.
    return result == reference || areSameBits(result, reference)
      ? [] : [("\(result.elements)", "\(reference.elements)")]
  }
  let expected = reference.floats
  let finite = expected.filter(\.isFinite)
  let rms = (finite.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(finite.count, 1))).squareRoot()
  return zip(result.floats, expected).filter { found, expected in
    !(found == expected || found.isNaN && expected.isNaN
      || abs(Double(found) - Double(expected)) <= absolute * rms + relative * abs(Double(expected)))
  }.map { ("\($0)", "\($1)") }
}

private func areSameBits(_ a: Tensor, _ b: Tensor) -> Bool {
  a.withUnsafeBytes { x in b.withUnsafeBytes { y in x.elementsEqual(y) } }
}
