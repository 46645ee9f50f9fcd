package import Graphs
import Kernels
import Tensors

extension Binary {
  package func compile(_ site: CompileSite) -> any Step {
    guard site.outputTypes[0].dataType == .float32 else { return evaluatingStep(self, site) }
    guard let kernel = function.kernel else { return broadcast(site, nil) ?? evaluatingStep(self, site) }
    return sameShape(site, kernel) ?? (0..<2).lazy.compactMap { mixed(site, kernel, full: $0) }.first
      ?? broadcast(site, kernel) ?? evaluatingStep(self, site)
  }

  /// Inputs of any shapes into an image, without a kernel by the definition.
  private func broadcast(_ site: CompileSite, _ kernel: BinaryKernel?) -> (any Step)? {
    let work = activation.work + (kernel == nil ? 16 : 0)
    guard let rows = BroadcastRows(site, work: work) else { return nil }
    let (kernels, function, activation) = (site.kernels, function, activation)
    return rows.step("\(function.rawValue) broadcast") { band, row, segment in
      let a = rows.elements(0, as: Float.self, band, row, segment)
      let b = rows.elements(1, as: Float.self, band, row, segment)
      let target = band.output(row: row, column: segment.lowerBound, channels: rows.output.channels)
      let count = segment.count * rows.output.channels
      if let kernel {
        kernels.apply(kernel, a, b, target, count: count)
      } else {
        for i in 0..<count { target[i] = Float(function.apply(Double(a[i]), Double(b[i]))) }
      }
      activation.apply(target, count: count, kernels)
    }
  }

  /// Both inputs have the shape of the result.
  private func sameShape(_ site: CompileSite, _ kernel: BinaryKernel) -> (any Step)? {
    let output = site.output
    guard site.inputTypes[0].dims == site.inputTypes[1].dims, site.floatRows(0) != nil, site.floatRows(1) != nil else {
      return nil
    }
    let (kernels, channels, activation) = (site.kernels, output.channels, activation)
    if function == .add {
      let epilogue = activation.epilogue, (low, high) = epilogue.bounds
      return RowStep(
        function.rawValue, [StepInput(0, rows: .identity), StepInput(1, rows: .identity)],
        segments: RowSegments(output, work: activation.work), inPlace: [0, 1]
      ) { band, row, segment in
        let target = band.output(row: row, column: segment.lowerBound, channels: channels)
        let count = segment.count * channels
        kernels.addClamped(
          band.input(0, row: row, column: segment.lowerBound, channels: channels),
          band.input(1, row: row, column: segment.lowerBound, channels: channels), low: low, high: high, target,
          count: count)
        epilogue.finish(target, count: count, kernels)
      }
    }
    return RowStep(
      function.rawValue, [StepInput(0, rows: .identity), StepInput(1, rows: .identity)],
      segments: RowSegments(output, work: activation.work), inPlace: [0, 1]
    ) { band, row, segment in
      let target = band.output(row: row, column: segment.lowerBound, channels: channels)
      let count = segment.count * channels
      kernels.apply(
        kernel, band.input(0, row: row, column: segment.lowerBound, channels: channels),
        band.input(1, row: row, column: segment.lowerBound, channels: channels), target, count: count)
      activation.apply(target, count: count, kernels)
    }
  }

  /// Input `full` has the shape of the result; the other is one value for each pixel, for each channel, or in all.
  private func mixed(_ site: CompileSite, _ kernel: BinaryKernel, full: Int) -> (any Step)? {
    let other = 1 - full, channels = site.output.channels
    guard site.floatRows(full) != nil, site.inputTypes[full].dims == site.outputTypes[0].dims,
      let small = site.inputTypes[other].shape
    else { return nil }
    let isRepeated = small.count == 1 || (small.count == channels && small.dims.last == channels)
    guard site.constants[other] == nil else { return isRepeated ? constant(site, kernel, full: full) : nil }
    guard let layout = site.floatRows(other) else { return nil }
    if isRepeated, layout.rows == 1, layout.width == 1 {
      return repeated(site, kernel, full: full, valuesPerPixel: layout.channels)
    }
    let isPerPixel = layout.rows == site.output.rows && layout.width == site.output.width && layout.channels == 1
    return isPerPixel && small.rank == 4 ? perPixel(site, kernel, full: full) : nil
  }

  /// The other input is a constant, a single value or one for each channel.
  private func constant(_ site: CompileSite, _ kernel: BinaryKernel, full: Int) -> (any Step)? {
    guard let constant = site.constants[1 - full], constant.dataType == .float32 else { return nil }
    let (output, kernels, activation, reversed) = (site.output, site.kernels, activation, full == 1)
    let channels = output.channels, values = vector(constant.floats, count: channels)
    return RowStep(
      "\(function.rawValue) constant", [StepInput(full, rows: .identity)],
      segments: RowSegments(output, work: activation.work), inPlace: [0]
    ) { band, row, segment in
      let target = band.output(row: row, column: segment.lowerBound, channels: channels)
      kernels.apply(
        kernel, band.input(0, row: row, column: segment.lowerBound, channels: channels),
        perChannel: UnsafePointer(values.base), reversed: reversed, target, pixels: segment.count, channels: channels)
      activation.apply(target, count: segment.count * channels, kernels)
    }
  }

  /// The other input is made while the model runs: `valuesPerPixel` is 1 for a single value, else one for each channel.
  private func repeated(_ site: CompileSite, _ kernel: BinaryKernel, full: Int, valuesPerPixel: Int) -> any Step {
    let (output, kernels, activation, reversed) = (site.output, site.kernels, activation, full == 1)
    let channels = output.channels
    return RowStep(
      "\(function.rawValue) repeated",
      [StepInput(full, rows: .identity), StepInput(1 - full, rows: .broadcast)],
      segments: RowSegments(output, work: activation.work), inPlace: [0]
    ) { band, row, segment in
      let source = band.input(0, row: row, column: segment.lowerBound, channels: channels)
      let target = band.output(row: row, column: segment.lowerBound, channels: channels)
      let values = band.input(1, row: 0, column: 0, channels: 0)
      if valuesPerPixel == 1 {
        kernels.apply(kernel, source, scalar: values[0], reversed: reversed, target, count: segment.count * channels)
      } else {
        kernels.apply(
          kernel, source, perChannel: values, reversed: reversed, target, pixels: segment.count, channels: channels)
      }
      activation.apply(target, count: segment.count * channels, kernels)
    }
  }

  /// The other input is an image of one channel.
  private func perPixel(_ site: CompileSite, _ kernel: BinaryKernel, full: Int) -> any Step {
    let (output, kernels, activation, reversed) = (site.output, site.kernels, activation, full == 1)
    let channels = output.channels
    return RowStep(
      "\(function.rawValue) repeated", [StepInput(full, rows: .identity), StepInput(1 - full, rows: .identity)],
      segments: RowSegments(output, work: activation.work), inPlace: [0]
    ) { band, row, segment in
      let source = band.input(0, row: row, column: segment.lowerBound, channels: channels)
      let target = band.output(row: row, column: segment.lowerBound, channels: channels)
      let scalars = band.input(1, row: row, column: segment.lowerBound, channels: 1)
      for p in 0..<segment.count {
        kernels.apply(
          kernel, source + p * channels, scalar: scalars[p], reversed: reversed, target + p * channels,
          count: channels)
      }
      activation.apply(target, count: segment.count * channels, kernels)
    }
  }
}

extension Binary.Function {
  /// The kernel of the same meaning, if there is one.
  var kernel: BinaryKernel? {
    switch self {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .divide
    case .maximum: .maximum
    case .minimum: .minimum
    case .power, .floorDivide, .floorRemainder, .remainder, .angle: nil
    }
  }
}
