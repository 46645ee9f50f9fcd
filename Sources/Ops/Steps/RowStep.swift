import Graphs
import Tensors

/// A step that computes each output row in segments of columns, every pixel by a rule of its own; so it may be cut anywhere.
struct RowStep: Step {
  /// Computes the pixels `columns` of output row `row`.
  typealias Body = @Sendable (_ band: RowBand, _ row: Int, _ columns: Range<Int>) -> Void

  let kernel: String
  let inputs: [StepInput]
  let memory: StepMemory
  let segments: RowSegments
  let body: Body
  let inPlaceInputs: [Int]
  var meaning: StepMeaning?

  init(
    _ kernel: String, _ inputs: [StepInput], segments: RowSegments, scratchBytes: Int = 0, inPlace: [Int] = [],
    body: @escaping Body
  ) {
    inPlaceInputs = inPlace
    (self.kernel, self.inputs, self.segments) = (kernel, inputs, segments)
    (memory, self.body) = (StepMemory(scratch: scratchBytes), body)
  }

  var cost: StepCost { StepCost(workPerRow: segments.work) }

  func blocks(rows: Int, round: Int) -> Int { rows * segments.count }

  /// Decides on scores where they are made.
  func fusedWithProducer(_ producer: any Step, at place: Int) -> (any Step)? {
    guard case .decision(let decision) = meaning, case .scores(let maker) = producer.meaning else { return nil }
    return maker.deciding(decision)
  }

  func run(block: Int, of band: borrowing Band) {
    let rows = RowBand(inputs: band.inputs, output: band.output, scratch: band.scratch)
    body(rows, band.rows.lowerBound + block / segments.count, segments[block % segments.count])
  }
}

/// A row cut into segments of about equal width, by its width and work alone.
struct RowSegments: Sendable {
  /// Work that a segment should hold at least.
  private static let enough = 1 << 17

  let width: Int, count: Int, work: Int

  /// `workPerPixel` is in multiply-adds or operations of similar cost.
  init(width: Int, workPerPixel: Int) {
    self.width = width
    work = width * workPerPixel
    count = max(min(work / RowSegments.enough, width), 1)
  }

  /// The segments of the rows of a result with `work` per element.
  init(_ output: RowLayout, work: Int) { self.init(width: output.width, workPerPixel: output.channels * work) }

  subscript(index: Int) -> Range<Int> { width * index / count..<width * (index + 1) / count }

  /// The index of the segment that starts at a column.
  func index(from column: Int) -> Int { (column * count + width - 1) / max(width, 1) }

  /// The widest segment.
  var widest: Int { width.dividedUp(by: count) }
}

extension CompileSite {
  /// The layout of an input that is made of float32 rows while the model runs.
  func floatRows(_ index: Int) -> RowLayout? {
    guard constants[index] == nil, inputTypes[index].dataType == .float32 else { return nil }
    return input(index)
  }

  /// The layout of an input that is an NHWC float32 image with N = 1.
  func floatImage(_ index: Int) -> RowLayout? { imageSize(inputTypes[index]) == nil ? nil : floatRows(index) }
}

/// Where the rows of a band lie: a `Band` that closures can capture, valid as long as the band.
struct RowBand {
  let inputs: UnsafeBufferPointer<RowRing>
  let output: RowRing
  let scratch: UnsafeMutableRawPointer

  /// The elements of an input row from a pixel on.
  func input(_ index: Int, row: Int, column: Int, channels: Int) -> UnsafePointer<Float> {
    UnsafePointer(inputs[index].floats(row) + column * channels)
  }

  /// The elements of an output row from a pixel on.
  func output(row: Int, column: Int, channels: Int) -> UnsafeMutablePointer<Float> {
    output.floats(row) + column * channels
  }
}
