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
    elements.withUnsafeBufferPointer { source in
      guard let source = source.baseAddress, let target = buffer.baseAddress else { return }
      permute(source, axes, into: target.assumingMemoryBound(to: Float.self))
    }
  }

  /// Goes through the result in blocks of 16 indices of each axis, so that the lines of memory that it reads and writes stay within reach
  /// until all of them is used.
  private func permute(
    _ source: UnsafePointer<Float>, _ axes: [(size: Int, step: Int)], into target: UnsafeMutablePointer<Float>
  ) {
    let (outer, middle, inner) = (axes[0], axes[1], axes[2])
    let (outerStep, middleStep) = (middle.size * inner.size, inner.size)
    func blocks(_ size: Int) -> [Range<Int>] { stride(from: 0, to: size, by: 16).map { $0..<min($0 + 16, size) } }
    let innerBlocks = blocks(inner.size)
    for o in blocks(outer.size) {
      for m in blocks(middle.size) {
        for i in innerBlocks {
          for middleIndex in m {
            let (from, to) = (source + middleIndex * middle.step, target + middleIndex * middleStep)
            // The longer axis is the innermost loop.
            if outer.size > inner.size {
              for inside in i {
                for outside in o {
                  to[outside * outerStep + inside] = from[outside * outer.step + inside * inner.step]
                }
              }
            } else {
              for outside in o {
                for inside in i {
                  to[outside * outerStep + inside] = from[outside * outer.step + inside * inner.step]
                }
              }
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
