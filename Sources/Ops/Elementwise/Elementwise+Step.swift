package import Graphs
import Kernels
import Tensors

extension Activation {
  /// Applies the function in place.
  func apply(_ x: UnsafeMutablePointer<Float>, count: Int, _ kernels: KernelSet) {
    switch epilogue {
    case .clamp(-Float.infinity, Float.infinity): break
    case .clamp(let low, let high): kernels.activate(.clamp, x, count: count, low, high)
    case .function: epilogue.finish(x, count: count, kernels)
    }
  }

  /// Rough cost of an element, in multiply-adds.
  var work: Int {
    switch epilogue {
    case .clamp: 2
    case .function: 16
    }
  }
}

extension Activate {
  package func compile(_ site: CompileSite) -> any Step {
    guard site.floatRows(0) != nil else { return evaluatingStep(self, site) }
    let (kernels, channels, activation) = (KernelSet.current, site.output.channels, activation)
    return RowStep(
      "\(activation)", [StepInput(0, rows: .identity)], segments: RowSegments(site.output, work: activation.work),
      inPlace: [0]
    ) { band, row, segment in
      let target = band.output(row: row, column: segment.lowerBound, channels: channels)
      let count = segment.count * channels
      target.update(from: band.input(0, row: row, column: segment.lowerBound, channels: channels), count: count)
      activation.apply(target, count: count, kernels)
    }
  }
}

extension BatchNorm {
  package func compile(_ site: CompileSite) -> any Step {
    let parameters = site.constants.dropFirst().compactMap { $0?.floats.map(Double.init) }
    guard parameters.count == 4, site.floatRows(0) != nil, parameters[0].count == site.output.channels else {
      return evaluatingStep(self, site)
    }
    let channels = site.output.channels
    let scales = (0..<channels).map { parameters[0][$0] / (parameters[3][$0] + Double(epsilon)).squareRoot() }
    let scale = vector(scales.map { Float($0) }, count: channels)
    let shift = vector(
      (0..<channels).map { Float(parameters[1][$0] - parameters[2][$0] * scales[$0]) }, count: channels)
    let (kernels, activation) = (KernelSet.current, activation)
    return RowStep(
      "scale", [StepInput(0, rows: .identity)], segments: RowSegments(site.output, work: activation.work),
      inPlace: [0]
    ) { band, row, segment in
      let target = band.output(row: row, column: segment.lowerBound, channels: channels)
      kernels.scalePixels(
        band.input(0, row: row, column: segment.lowerBound, channels: channels), sourceStride: channels,
        scale: scale.base, offset: shift.base, target, pixels: segment.count, channels: channels)
      activation.apply(target, count: segment.count * channels, kernels)
    }
  }
}

extension Identity {
  package func compile(_ site: CompileSite) -> any Step {
    guard site.constants[0] == nil else { return evaluatingStep(self, site) }
    let output = site.output
    let pixelBytes = output.channels * output.dataType.byteCount
    return RowStep(
      "copy", [StepInput(0, rows: .identity)], segments: RowSegments(output, work: 1)
    ) { band, row, segment in
      (band.output.row(row) + segment.lowerBound * pixelBytes).copyMemory(
        from: band.inputs[0].row(row) + segment.lowerBound * pixelBytes, byteCount: segment.count * pixelBytes)
    }
  }
}
