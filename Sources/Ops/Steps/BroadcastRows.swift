import Graphs
import Kernels
import Tensors

/// The operands of an operator that joins broadcast inputs element by element into an NHWC image: for any part of a row it gives
/// each as if it had the shape of the result.
struct BroadcastRows: Sendable {
  let operands: [Operand]
  /// The operands that are read as rows.
  let inputs: [StepInput]
  let output: RowLayout
  let segments: RowSegments
  let scratchBytes: Int

  /// `nil` where the result is no image.
  init?(_ site: CompileSite, work: Int) {
    guard let size = imageSize(site.outputTypes[0]) else { return nil }
    output = site.output
    segments = RowSegments(output, work: work)
    var (operands, inputs): ([Operand], [StepInput]) = ([], [])
    var scratch = 0
    for (index, type) in site.inputTypes.enumerated() {
      guard let shape = type.shape, shape.rank <= 4 else { return nil }
      let dims = [Int](repeating: 1, count: 4 - shape.rank) + shape.dims
      let isImage = shape.rank == 4
      var operand = Operand(
        elementBytes: type.dataType.byteCount, rows: dims[1] == size.height, columns: dims[2] == size.width,
        channels: dims[3] == output.channels, rowElements: dims[2] * dims[3], scratchOffset: scratch)
      if let constant = site.constants[index] {
        operand.source = .constant(bytes(constant))
      } else {
        operand.source = .ring(inputs.count, byRows: isImage)
        inputs.append(StepInput(index, rows: isImage && operand.rows ? .identity : .broadcast))
      }
      if !operand.isWhole {
        scratch += (segments.widest * output.channels * operand.elementBytes).roundedUp(to: 64)
      }
      operands.append(operand)
    }
    (self.operands, self.inputs, scratchBytes) = (operands, inputs, scratch)
  }

  struct Operand: Sendable {
    enum Source: Sendable {
      case constant(AlignedBuffer)
      /// Position in `Band.inputs`; the value is one row, unless it is kept by rows.
      case ring(Int, byRows: Bool)
    }

    let elementBytes: Int
    /// Along which axes it has as many indices as the result.
    let rows: Bool, columns: Bool, channels: Bool
    let rowElements: Int
    let scratchOffset: Int
    var source = Source.ring(0, byRows: true)

    var isWhole: Bool { columns && channels }
  }

  /// The elements of an operand under a segment of a row of the result.
  func elements<E: BitwiseCopyable>(
    _ index: Int, as type: E.Type, _ band: RowBand, _ row: Int, _ segment: Range<Int>
  ) -> UnsafePointer<E> {
    let operand = operands[index]
    let place = operand.rows ? row : 0
    let start: UnsafeRawPointer =
      switch operand.source {
      case .constant(let buffer): UnsafeRawPointer(buffer.base) + place * operand.rowElements * operand.elementBytes
      case .ring(let slot, byRows: true): UnsafeRawPointer(band.inputs[slot].row(place))
      case .ring(let slot, byRows: false):
        UnsafeRawPointer(band.inputs[slot].row(0)) + place * operand.rowElements * operand.elementBytes
      }
    let source = start.assumingMemoryBound(to: E.self)
    let channels = output.channels
    if operand.isWhole { return source + segment.lowerBound * channels }
    let target = (band.scratch + operand.scratchOffset).assumingMemoryBound(to: E.self)
    if operand.columns {
      for p in 0..<segment.count {
        (target + p * channels).update(repeating: source[segment.lowerBound + p], count: channels)
      }
    } else if operand.channels {
      for p in 0..<segment.count { (target + p * channels).update(from: source, count: channels) }
    } else {
      target.update(repeating: source[0], count: segment.count * channels)
    }
    return UnsafePointer(target)
  }

  /// A step that computes the part of a row under a segment from its operands.
  func step(_ kernel: String, _ body: @escaping RowStep.Body) -> any Step {
    RowStep(kernel, inputs, segments: segments, scratchBytes: scratchBytes, body: body)
  }
}

/// The elements of a tensor in native order.
private func bytes(_ tensor: Tensor) -> AlignedBuffer {
  tensor.withUnsafeBytes { source in
    let buffer = AlignedBuffer(count: max(source.count.dividedUp(by: 4), 1))
    UnsafeMutableRawBufferPointer(start: buffer.base, count: source.count).copyMemory(from: source)
    return buffer
  }
}
