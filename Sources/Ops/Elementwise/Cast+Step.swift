package import Graphs
import Tensors

extension Cast {
  package func compile(_ site: CompileSite) -> any Step {
    guard site.constants[0] == nil, imageSize(site.inputTypes[0]) != nil else { return evaluatingStep(self, site) }
    switch site.inputTypes[0].dataType {
    case .float32: return step(site) { (x: Float) in Double(x) }
    case .float64: return step(site) { (x: Double) in x }
    case .int64: return step(site) { (x: Int64) in x }
    case .int32: return step(site) { (x: Int32) in Int64(x) }
    case .uint8: return step(site) { (x: UInt8) in Int64(x) }
    case .int8: return step(site) { (x: Int8) in Int64(x) }
    case .bool: return step(site) { (x: UInt8) in x == 0 ? Int64(0) : 1 }
    }
  }

  /// From a floating type, by way of what holds all its values.
  private func step<From: BitwiseCopyable>(
    _ site: CompileSite, _ widened: @escaping @Sendable (From) -> Double
  ) -> any Step {
    switch dataType {
    case .float32: rows(site) { Float(widened($0)) }
    case .float64: rows(site) { widened($0) }
    case .int64: rows(site) { (x: From) -> Int64 in nearest(widened(x)) }
    case .int32: rows(site) { (x: From) -> Int32 in nearest(widened(x)) }
    case .uint8: rows(site) { (x: From) -> UInt8 in nearest(widened(x)) }
    case .int8: rows(site) { (x: From) -> Int8 in nearest(widened(x)) }
    case .bool: rows(site) { (x: From) -> UInt8 in widened(x) != 0 ? 1 : 0 }
    }
  }

  /// From an integer type.
  private func step<From: BitwiseCopyable>(
    _ site: CompileSite, _ widened: @escaping @Sendable (From) -> Int64
  ) -> any Step {
    switch dataType {
    case .float32: rows(site) { Float(widened($0)) }
    case .float64: rows(site) { Double(widened($0)) }
    case .int64: rows(site) { widened($0) }
    case .int32: rows(site) { Int32(truncatingIfNeeded: widened($0)) }
    case .uint8: rows(site) { UInt8(truncatingIfNeeded: widened($0)) }
    case .int8: rows(site) { Int8(truncatingIfNeeded: widened($0)) }
    case .bool: rows(site) { (x: From) -> UInt8 in widened(x) != 0 ? 1 : 0 }
    }
  }

  private func rows<From: BitwiseCopyable, To: BitwiseCopyable>(
    _ site: CompileSite, _ convert: @escaping @Sendable (From) -> To
  ) -> any Step {
    let output = site.output
    return RowStep("cast", [StepInput(0, rows: .identity)], segments: RowSegments(output, work: 1)) {
      band, row, segment in
      let first = segment.lowerBound * output.channels
      let source = band.inputs[0].row(row).assumingMemoryBound(to: From.self) + first
      let target = band.output.row(row).assumingMemoryBound(to: To.self) + first
      for i in 0..<segment.count * output.channels { target[i] = convert(source[i]) }
    }
  }
}
