import Graphs
import Tensors

/// The step of an operator that picks elements of an NHWC image axis by axis; `nil` where input or result is no image.
func pickingStep(_ site: CompileSite, _ axes: [AxisPick], fill: Double = 0, index: Int = 0) -> (any Step)? {
  guard site.constants[index] == nil, imageSize(site.inputTypes[index]) != nil,
    imageSize(site.outputTypes[0]) != nil, axes.count == 4, axes[0].sources == [0]
  else { return nil }
  let (input, output) = (site.input(index), site.output)
  let filling = Tensor([1], Tensor.Elements([fill], as: output.dataType))
  func step<E: BitwiseCopyable & Sendable>(_ type: E.Type) -> any Step {
    let picks = RowPicks<E>(
      axes, inputChannels: input.channels, fill: filling.withUnsafeBytes { $0.loadUnaligned(as: type) })
    return RowStep(
      picks.copiesPixels ? "copy" : "pick", [StepInput(index, rows: axes[1].reach)],
      segments: RowSegments(output, work: picks.copiesPixels ? 1 : 4)
    ) { band, row, segment in picks.run(band, row, segment) }
  }
  return switch output.dataType.byteCount {
  case 1: step(UInt8.self)
  case 4: step(UInt32.self)
  default: step(UInt64.self)
  }
}

/// Rows, columns and channels to pick, of elements of one size.
private struct RowPicks<E: BitwiseCopyable & Sendable>: Sendable {
  let rows: [Int], columns: [Int], channels: [Int]
  let inputChannels: Int
  let fill: E
  /// The first of the channels if they are taken one after another.
  let firstChannel: Int?
  /// True where pixels stay as they are.
  let copiesPixels: Bool

  init(_ axes: [AxisPick], inputChannels: Int, fill: E) {
    (rows, columns, channels) = (axes[1].sources, axes[2].sources, axes[3].sources)
    (self.inputChannels, self.fill) = (inputChannels, fill)
    let first = channels.first ?? 0
    let areRun = first != AxisPick.fill && channels.enumerated().allSatisfy { $1 == first + $0 }
    firstChannel = areRun ? first : nil
    copiesPixels = areRun && channels.count == inputChannels
  }

  func run(_ band: RowBand, _ row: Int, _ segment: Range<Int>) {
    let target = band.output.row(row).assumingMemoryBound(to: E.self) + segment.lowerBound * channels.count
    guard rows[row] != AxisPick.fill else {
      return target.update(repeating: fill, count: segment.count * channels.count)
    }
    let source = UnsafePointer(band.inputs[0].row(rows[row]).assumingMemoryBound(to: E.self))
    if copiesPixels { return copyRuns(source, target, segment) }
    for (place, column) in segment.enumerated() {
      let pixel = target + place * channels.count
      let from = columns[column]
      if from == AxisPick.fill {
        pixel.update(repeating: fill, count: channels.count)
      } else if let firstChannel {
        pixel.update(from: source + from * inputChannels + firstChannel, count: channels.count)
      } else {
        for (c, channel) in channels.enumerated() {
          pixel[c] = channel == AxisPick.fill ? fill : source[from * inputChannels + channel]
        }
      }
    }
  }

  /// Copies pixels that follow one another at once.
  private func copyRuns(_ source: UnsafePointer<E>, _ target: UnsafeMutablePointer<E>, _ segment: Range<Int>) {
    var start = segment.lowerBound
    while start < segment.upperBound {
      let first = columns[start], isFill = first == AxisPick.fill
      var end = start + 1
      while end < segment.upperBound, columns[end] == (isFill ? AxisPick.fill : first + end - start) { end += 1 }
      let place = target + (start - segment.lowerBound) * inputChannels
      let count = (end - start) * inputChannels
      if isFill {
        place.update(repeating: fill, count: count)
      } else {
        place.update(from: source + first * inputChannels, count: count)
      }
      start = end
    }
  }
}
