import Ops
import Tensors

/// A weight between the layout of the graph and that of ONNX: a tensor, its axes reordered, under another shape.
///
/// Nothing is moved before it is asked for, so that weights are in memory twice at most.
struct PermutedTensor: Equatable {
  let source: Tensor
  /// As by NumPy's `transpose`.
  let permutation: [Int]
  private(set) var shape: Shape

  init(_ source: Tensor) {
    (self.source, shape) = (source, source.shape)
    permutation = Array(source.shape.dims.indices)
  }

  fileprivate init(_ source: Tensor, _ permutation: [Int]) {
    (self.source, self.permutation) = (source, permutation)
    shape = Shape(permutation.map { source.shape[$0] })
  }

  func reshaped(_ shape: Shape) -> PermutedTensor {
    precondition(shape.count == self.shape.count)
    var result = self
    result.shape = shape
    return result
  }

  var byteCount: Int { shape.count * source.dataType.byteCount }

  var tensor: Tensor { Tensor(shape, source.dataType) { write(into: $0) } }

  /// Writes the elements, row-major, in native order.
  func write(into buffer: UnsafeMutableRawBufferPointer) {
    let moved = permutation.filter { source.shape[$0] > 1 }
    if moved == moved.sorted() { return source.withUnsafeBytes { buffer.copyMemory(from: $0) } }
    guard case .float32(let elements) = source.elements, let axes = threeAxes else {
      return Transpose(permutation: permutation).evaluate([source])[0].withUnsafeBytes { buffer.copyMemory(from: $0) }
    }
    let target = buffer.assumingMemoryBound(to: Float.self)
    let (outer, middle, inner) = (axes[0], axes[1], axes[2])
    elements.withUnsafeBufferPointer { elements in
      // Of a kernel the outer axis of the result is the inner one of the source: blocks of it keep both within reach.
      for block in stride(from: 0, to: outer.size, by: 64) {
        for i in 0..<middle.size {
          for j in 0..<inner.size {
            for o in block..<min(block + 64, outer.size) {
              target[(o * middle.size + i) * inner.size + j] =
                elements[o * outer.step + i * middle.step + j * inner.step]
            }
          }
        }
      }
    }
  }

  /// The axes of the result as three, and how far apart elements lie in the source; nil where three do not suffice.
  private var threeAxes: [(size: Int, step: Int)]? {
    var joined: [(size: Int, step: Int)] = []
    for (place, axis) in permutation.enumerated() {
      let (size, step) = (source.shape[axis], source.shape.strides[axis])
      if place > 0, permutation[place - 1] == axis - 1, let last = joined.popLast() {
        joined.append((last.size * size, step))
      } else {
        joined.append((size, step))
      }
    }
    guard joined.count <= 3 else { return nil }
    return [(size: Int, step: Int)](repeating: (1, 0), count: 3 - joined.count) + joined
  }
}

extension Tensor {
  func permuted(_ permutation: [Int]) -> PermutedTensor { PermutedTensor(self, permutation) }
}
