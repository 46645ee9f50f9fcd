package import Kernels
package import Tensors

/// A compiled operator: computes a band of output rows from the input rows that its reach names.
///
/// `run` allocates nothing, throws nothing and takes no locks (except in `EvaluatingStep`). What a block computes depends on shapes
/// alone, never on the number of threads, so results are equal to the bit for any number of them.
package protocol Step: Sendable {
  /// A word for profiles: which kernel was chosen, such as `direct 12x32`.
  var kernel: String { get }

  /// The node inputs that are read as rows (constants are packed into the step), in the order of `Band.inputs`.
  var inputs: [StepInput] { get }

  /// Bands start at multiples of this and, but for the last band, have a height that is a multiple of it.
  var grain: Int { get }

  var cost: StepCost { get }

  var memory: StepMemory { get }

  /// Packs the weights, once; what they were packed from is let go. It comes before the first `run`, from any thread.
  func load()

  /// How often a band is gone through: all blocks of a round end before the next round begins.
  var rounds: Int { get }

  /// Into how many independent blocks a band of this many rows is cut in a round.
  func blocks(rows: Int, round: Int) -> Int

  /// Computes one block of a round of a band.
  func run(block: Int, of band: borrowing Band)

  /// Places in `inputs` of those whose rows the output may overwrite: an output element depends on no other element of them than its
  /// own.
  var inPlaceInputs: [Int] { get }

  /// What another step may do in this one's place; `nil` for nothing.
  var meaning: StepMeaning? { get }

  /// This step, which computes by itself what `producer` makes for it; `nil` where the two cannot be fused. Its inputs are this step's,
  /// with those of `producer` in the place of the one at `place`. Not a bit of the output changes.
  func fusedWithProducer(_ producer: any Step, at place: Int) -> (any Step)?

  /// This step, which makes the rows of `consumer`, a step that reads it alone, as well (`Band.companion`), and its own only where
  /// `keepingOwn`; `nil` where it cannot. Not a bit of either changes.
  func fusedWithConsumer(_ consumer: any Step, keepingOwn: Bool) -> (any Step)?
}

extension Step {
  package var grain: Int { 1 }
  package var memory: StepMemory { StepMemory() }
  package func load() {}
  package var rounds: Int { 1 }
  package var inPlaceInputs: [Int] { [] }
  package var meaning: StepMeaning? { nil }
  package func fusedWithProducer(_ producer: any Step, at place: Int) -> (any Step)? { nil }
  package func fusedWithConsumer(_ consumer: any Step, keepingOwn: Bool) -> (any Step)? { nil }

  /// Bytes of the memory that the blocks of a band of this many rows share.
  package func sharedBytes(rows: Int) -> Int {
    memory.shared + memory.sharedPerGrain * rows.dividedUp(by: grain)
  }
}

/// A node input that a step reads as rows.
package struct StepInput: Sendable, Hashable {
  /// Position among the node's inputs.
  package var index: Int
  /// Input rows read by an output row; `nil` when all rows must exist first.
  package var rows: AxisReach?
  /// Zero pixels that must lie before and after each row (and that `RowRing.row` gives as whole rows outside the image).
  package var marginLeft: Int, marginRight: Int

  package init(_ index: Int, rows: AxisReach?, marginLeft: Int = 0, marginRight: Int = 0) {
    (self.index, self.rows, self.marginLeft, self.marginRight) = (index, rows, marginLeft, marginRight)
  }
}

/// The rows of one value, held in a ring of `capacity` slots; row y lives in slot `y % capacity`.
///
/// `@unchecked Sendable`: a view of a session's memory, in which blocks write rows or stretches of rows of their own.
package struct RowRing: @unchecked Sendable {
  /// First element of pixel 0 of slot 0.
  package let base: UnsafeMutableRawPointer
  /// A row of zeros with the same margins, at its pixel 0.
  package let zeros: UnsafeMutableRawPointer
  /// Bytes from a slot to the next.
  package let stride: Int
  package let capacity: Int
  /// Rows of the whole value.
  package let height: Int

  package init(
    base: UnsafeMutableRawPointer, zeros: UnsafeMutableRawPointer, stride: Int, capacity: Int, height: Int
  ) {
    (self.base, self.zeros, self.stride, self.capacity, self.height) = (base, zeros, stride, capacity, height)
  }

  /// Pixel 0 of row `y`; rows outside the image are zeros (read only).
  @inlinable package func row(_ y: Int) -> UnsafeMutableRawPointer {
    y < 0 || y >= height ? zeros : base + (y % capacity) * stride
  }

  /// Pixel 0 of row `y` as floats.
  @inlinable package func floats(_ y: Int) -> UnsafeMutablePointer<Float> { row(y).assumingMemoryBound(to: Float.self) }
}

/// What a block of work is given: which output rows, where the input rows lie, where the output rows go.
package struct Band: ~Copyable {
  package let rows: Range<Int>
  package let inputs: UnsafeBufferPointer<RowRing>
  package let output: RowRing
  /// Where the rows go that the step makes in the place of its consumer, if it does.
  package let companion: RowRing?
  /// This thread's scratch memory, as long as the step's `memory` says.
  package let scratch: UnsafeMutableRawPointer
  /// The memory that all blocks share, `sharedBytes(rows:)` long; it keeps what earlier rounds of the band left there.
  package let shared: UnsafeMutableRawPointer
  package let round: Int

  package init(
    rows: Range<Int>, inputs: UnsafeBufferPointer<RowRing>, output: RowRing, companion: RowRing? = nil,
    scratch: UnsafeMutableRawPointer, shared: UnsafeMutableRawPointer, round: Int
  ) {
    (self.rows, self.inputs, self.output, self.companion) = (rows, inputs, output, companion)
    (self.scratch, self.shared, self.round) = (scratch, shared, round)
  }
}

/// How a value is laid out as rows: NHWC images with N = 1 row by row, everything else as one row of one pixel.
package struct RowLayout: Sendable, Hashable {
  package var rows: Int, width: Int, channels: Int, dataType: DataType

  /// The type must be fully known.
  package init(_ type: TensorType) {
    guard let shape = type.shape else { preconditionFailure("\(type) is not specialised") }
    dataType = type.dataType
    if shape.rank == 4 && shape[0] == 1 {
      (rows, width, channels) = (shape[1], shape[2], shape[3])
    } else {
      (rows, width, channels) = (1, 1, shape.count)
    }
  }

  /// Bytes of a row without margins.
  package var rowBytes: Int { width * channels * dataType.byteCount }
}

/// Everything a node knows when it is compiled: its name, the types around it, the inputs that are constants, and the kernels to use.
package struct CompileSite: Sendable {
  package let name: String
  package let inputTypes: [TensorType]
  package let outputTypes: [TensorType]
  /// The value of each input that is a `Constant` node.
  package let constants: [Tensor?]
  package let kernels: KernelSet

  package init(
    name: String, inputTypes: [TensorType], outputTypes: [TensorType], constants: [Tensor?], kernels: KernelSet
  ) {
    (self.name, self.inputTypes, self.outputTypes) = (name, inputTypes, outputTypes)
    (self.constants, self.kernels) = (constants, kernels)
  }

  package var output: RowLayout { RowLayout(outputTypes[0]) }
  package func input(_ index: Int) -> RowLayout { RowLayout(inputTypes[index]) }
}
