package import Graphs
import Kernels
import Tensors

extension GlobalPool2D {
  package func compile(_ site: CompileSite) -> any Step { step(site) ?? evaluatingStep(self, site) }

  package func step(_ site: CompileSite) -> (any Step)? {
    site.floatImage(0).map { GlobalPoolStep(kernels: site.kernels, image: $0, kind: kind) }
  }
}

/// Reduces all pixels, one block for each group of channels; a channel is reduced in row-major order, in double precision.
struct GlobalPoolStep: Step {
  /// Channels of a block: one cache line.
  private static let group = 16

  let kernels: KernelSet
  let image: RowLayout
  let kind: GlobalPool2D.Kind

  var inputs: [StepInput] { [StepInput(0, rows: nil)] }
  var cost: StepCost { StepCost(workPerRow: saturatingProduct(image.rows, image.width, image.channels)) }
  var memory: StepMemory { StepMemory(scratch: GlobalPoolStep.group * MemoryLayout<Double>.stride) }
  var kernel: String { kind.rawValue }

  func blocks(rows: Int, round: Int) -> Int { image.channels.dividedUp(by: GlobalPoolStep.group) }

  func run(block: Int, of band: borrowing Band) {
    let first = block * GlobalPoolStep.group
    let count = min(GlobalPoolStep.group, image.channels - first)
    let sums = band.scratch.bindMemory(to: Double.self, capacity: count)
    sums.initialize(repeating: kind == .max ? -.infinity : 0, count: count)
    for row in 0..<image.rows {
      var pixel = UnsafePointer(band.inputs[0].floats(row)) + first
      guard kind == .max else {
        kernels.sumPixels(pixel, stride: image.channels, pixels: image.width, sums: sums, channels: count)
        continue
      }
      for _ in 0..<image.width {
        for c in 0..<count { sums[c] = max(sums[c], Double(pixel[c])) }
        pixel += image.channels
      }
    }
    let divisor = kind == .max ? 1 : Double(image.rows * image.width)
    let output = band.output.floats(0) + first
    for c in 0..<count { output[c] = Float(sums[c] / divisor) }
  }
}
