import Graphs
import Tensors

/// Rows and columns of a fully known NHWC image with N = 1, the only layout that is kept as rows.
func imageSize(_ type: TensorType) -> Pair? {
  guard let shape = type.shape, shape.rank == 4, shape[0] == 1 else { return nil }
  return Pair(shape[1], shape[2])
}

/// True for a value that is laid out as one row of one pixel.
func isOnePixel(_ type: TensorType) -> Bool {
  guard let size = imageSize(type) else { return true }
  return size == 1
}

/// The first `images` inputs are read through these windows; the others (weights) are never read as rows.
func imageReach(count: Int, images: Int = 1, rows: AxisReach, columns: AxisReach) -> [Reach] {
  (0..<count).map { $0 < images ? .local(rows: rows, columns: columns) : .global }
}

/// The reach of an operator that mixes whole inputs.
func globalReach(count: Int) -> [Reach] { [Reach](repeating: .global, count: count) }

/// The first input is read pixel by pixel; the others (weights) are never read as rows.
func pointwiseReach(count: Int) -> [Reach] { imageReach(count: count, rows: .identity, columns: .identity) }

/// The product, or the largest integer if it overflows.
func saturatingProduct(_ factors: Int...) -> Int {
  var result = 1
  for factor in factors {
    let (next, overflow) = result.multipliedReportingOverflow(by: factor)
    if overflow { return .max }
    result = next
  }
  return result
}
