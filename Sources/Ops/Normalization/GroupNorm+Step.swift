package import Graphs
import Kernels
import Tensors

extension GroupNorm {
  package func compile(_ site: CompileSite) -> any Step {
    guard let image = site.floatImage(0), let gamma = site.constants[1]?.floats, let beta = site.constants[2]?.floats
    else { return evaluatingStep(self, site) }
    return GroupNormStep(
      kernels: site.kernels, image: image, groups: groups, epsilon: Double(epsilon), gamma: gamma, beta: beta,
      activation: activation)
  }
}

/// Normalises a whole image in three rounds: sums of channels in row-major order and double precision, a scale and an offset for each
/// channel, the pixels.
struct GroupNormStep: Step {
  /// Channels of a block of the first round: one cache line.
  private static let lineChannels = 16

  let kernels: KernelSet
  let image: RowLayout
  let groups: Int
  let epsilon: Double
  let gamma: [Float], beta: [Float]
  let activation: Activation

  var inputs: [StepInput] { [StepInput(0, rows: nil)] }
  var kernel: String { "group norm" }
  var grain: Int { max(image.rows, 1) }
  var cost: StepCost { StepCost(workPerRow: saturatingProduct(image.width, image.channels, 2 + activation.work)) }
  var rounds: Int { 3 }

  private var segments: RowSegments { RowSegments(image, work: activation.work) }

  /// Sums and sums of squares of all channels, then their scales and offsets.
  var memory: StepMemory {
    StepMemory(shared: image.channels * 2 * (MemoryLayout<Double>.stride + MemoryLayout<Float>.stride))
  }

  func blocks(rows: Int, round: Int) -> Int {
    switch round {
    case 0: image.channels.dividedUp(by: GroupNormStep.lineChannels)
    case 1: 1
    default: rows * segments.count
    }
  }

  func run(block: Int, of band: borrowing Band) {
    let channels = image.channels
    let sums = band.shared.assumingMemoryBound(to: Double.self)
    let scale = UnsafeMutableRawPointer(sums + 2 * channels).assumingMemoryBound(to: Float.self)
    switch band.round {
    case 0: sum(block, band.inputs[0], into: sums)
    case 1: finish(sums, scale: scale, offset: scale + channels)
    default:
      let (row, columns) = (band.rows.lowerBound + block / segments.count, segments[block % segments.count])
      let target = band.output.floats(row) + columns.lowerBound * channels
      kernels.scalePixels(
        UnsafePointer(band.inputs[0].floats(row) + columns.lowerBound * channels), sourceStride: channels,
        scale: UnsafePointer(scale), offset: UnsafePointer(scale + channels), target, pixels: columns.count,
        channels: channels)
      activation.apply(target, count: columns.count * channels, kernels)
    }
  }

  private func sum(_ block: Int, _ input: RowRing, into sums: UnsafeMutablePointer<Double>) {
    let first = block * GroupNormStep.lineChannels
    let count = min(GroupNormStep.lineChannels, image.channels - first)
    let (ofValues, ofSquares) = (sums + first, sums + image.channels + first)
    ofValues.update(repeating: 0, count: count)
    ofSquares.update(repeating: 0, count: count)
    for row in 0..<image.rows {
      var pixel = UnsafePointer(input.floats(row)) + first
      for _ in 0..<image.width {
        for c in 0..<count {
          let x = Double(pixel[c])
          ofValues[c] += x
          ofSquares[c] += x * x
        }
        pixel += image.channels
      }
    }
  }

  private func finish(
    _ sums: UnsafeMutablePointer<Double>, scale: UnsafeMutablePointer<Float>, offset: UnsafeMutablePointer<Float>
  ) {
    let size = image.channels / groups, count = Double(image.rows * image.width * size)
    for first in stride(from: 0, to: image.channels, by: size) {
      var (total, squares) = (0.0, 0.0)
      for c in first..<first + size {
        total += sums[c]
        squares += sums[image.channels + c]
      }
      let mean = total / count
      let factor = 1 / (max(squares / count - mean * mean, 0) + epsilon).squareRoot()
      for c in first..<first + size {
        let slope = factor * Double(gamma[c])
        scale[c] = Float(slope)
        offset[c] = Float(Double(beta[c]) - mean * slope)
      }
    }
  }
}
