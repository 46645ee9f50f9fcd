import CKernels

/// Arithmetic of two operands.
package enum BinaryKernel: Int32, CaseIterable, Sendable {
  // In the order of the C table.
  case add, subtract, multiply, divide
  /// NaN if either operand is.
  case maximum, minimum
}

extension KernelSet {
  /// `output[i] = a[i] op b[i]`; `output` may be `a` or `b`.
  package func apply(
    _ operation: BinaryKernel, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    _ output: UnsafeMutablePointer<Float>, count: Int
  ) {
    ck_binary_of(table, operation.rawValue)(a, b, output, count)
  }

  /// `output[p][c] = a[p][c] op b[c]`, or `b[c] op a[p][c]` if `reversed`; `output` may be `a`.
  package func apply(
    _ operation: BinaryKernel, _ a: UnsafePointer<Float>, perChannel b: UnsafePointer<Float>, reversed: Bool = false,
    _ output: UnsafeMutablePointer<Float>, pixels: Int, channels: Int
  ) {
    let kernel = ck_binary_of(table, operation.rawValue)
    for p in 0..<pixels {
      let row = a + p * channels
      kernel(reversed ? b : row, reversed ? row : b, output + p * channels, channels)
    }
  }

  /// `output[i] = a[i] op b`, or `b op a[i]` if `reversed`; `output` may be `a`.
  package func apply(
    _ operation: BinaryKernel, _ a: UnsafePointer<Float>, scalar b: Float, reversed: Bool = false,
    _ output: UnsafeMutablePointer<Float>, count: Int
  ) {
    ck_binary_scalar_of(table, operation.rawValue)(a, b, reversed ? 1 : 0, output, count)
  }

  /// `output[i] = clamp(a[i] + b[i], low, high)`; `output` may be `a` or `b`.
  package func addClamped(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, low: Float, high: Float,
    _ output: UnsafeMutablePointer<Float>, count: Int
  ) {
    table.pointee.add_clamped(a, b, low, high, output, count)
  }

  /// `output[i] = a[i] + (b[i] - a[i]) * weight`; `output` may be `a` or `b`.
  package func blend(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, weight: Float, _ output: UnsafeMutablePointer<Float>,
    count: Int
  ) {
    table.pointee.blend(a, b, weight, output, count)
  }
}
