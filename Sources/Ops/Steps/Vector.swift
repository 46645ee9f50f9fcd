import Kernels

/// The values in a buffer for kernels, a single one repeated.
func vector(_ values: [Float], count: Int) -> AlignedBuffer {
  let buffer = AlignedBuffer(count: count)
  for index in 0..<count { buffer.floats[index] = values.count == 1 ? values[0] : values[index] }
  return buffer
}
