package import Graphs
import Kernels
import Tensors

extension ResidualConv2D {
  package func compile(_ site: CompileSite) -> any Step { step(site) ?? evaluatingStep(self, site) }

  /// The convolution's own step, and the addition to each of its blocks while it is in cache.
  package func step(_ site: CompileSite) -> (any Step)? {
    let addend = site.inputTypes.count - 1
    let sum = CompileSite(
      name: site.name, inputTypes: site.inputTypes.dropLast(), outputTypes: site.outputTypes,
      constants: site.constants.dropLast(), kernels: site.kernels)
    guard site.inputTypes[addend] == site.outputTypes[0], site.floatImage(addend) != nil, conv.algorithm == .direct,
      let convolution = conv.directStep(sum)
    else { return nil }
    return ResidualStep(
      convolution: convolution, addend: StepInput(addend, rows: .identity), epilogue: activation.epilogue)
  }
}

/// A convolution that adds a source of the shape of its result.
struct ResidualStep: Step {
  let convolution: RunConvolution
  let inputs: [StepInput]
  let epilogue: Activation.Epilogue

  init(convolution: RunConvolution, addend: StepInput, epilogue: Activation.Epilogue) {
    self.convolution = convolution
    inputs = convolution.inputs + [addend]
    self.epilogue = epilogue
  }

  var grain: Int { convolution.grain }
  var cost: StepCost { convolution.cost }
  var memory: StepMemory { convolution.memory }
  var kernel: String { "\(convolution.kernel) + add" }

  func fusedWithProducer(_ producer: any Step, at place: Int) -> (any Step)? {
    guard place < convolution.inputs.count, let fused = convolution.behind(producer) else { return nil }
    return ResidualStep(convolution: fused, addend: inputs.last!, epilogue: epilogue)
  }

  func load() { convolution.load() }

  func blocks(rows: Int, round: Int) -> Int { convolution.blocks(rows: rows, round: round) }

  func run(block: Int, of band: borrowing Band) {
    convolution.run(block: block, of: band)
    let part = convolution.grid.part(block, rows: band.rows.count)
    let panels = convolution.weights.panels, channels = convolution.channels
    let first = panels[part.panels.lowerBound].first
    let last = panels[part.panels.upperBound - 1]
    let count = last.first + last.count - first
    // Whole pixels lie side by side.
    let (stretches, length) =
      count == channels ? (1, part.columns.count * channels) : (part.columns.count, count)
    for row in part.rows {
      let y = band.rows.lowerBound + row
      let start = part.columns.lowerBound * channels + first
      let output = band.output.floats(y) + start
      let addend = band.inputs[inputs.count - 1].floats(y) + start
      for pixel in 0..<stretches {
        add(addend + pixel * channels, to: output + pixel * channels, count: length)
      }
    }
  }

  private func add(_ addend: UnsafePointer<Float>, to output: UnsafeMutablePointer<Float>, count: Int) {
    let (low, high) = epilogue.bounds
    convolution.kernels.addClamped(output, addend, low: low, high: high, output, count: count)
    epilogue.finish(output, count: count, convolution.kernels)
  }
}
