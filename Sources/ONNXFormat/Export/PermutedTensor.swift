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

  /// Goes through the result in blocks of 16 indices of each axis, which are gathered in the order of the source and handed on in that of the
  /// result: lines of either are many powers of two apart, and would drive each other out of the cache before all of them is used.
  private func permute(
    _ source: UnsafePointer<Float>, _ axes: [(size: Int, step: Int)], into target: UnsafeMutablePointer<Float>
  ) {
    let side = 16
    let (outerStep, middleStep) = (axes[1].size * axes[2].size, axes[2].size)
    func blocks(_ size: Int) -> [Range<Int>] { stride(from: 0, to: size, by: side).map { $0..<min($0 + side, size) } }
    let innerBlocks = blocks(axes[2].size)
    // Axes of the block, the one along which the source is closest last.
    let order = [0, 1, 2].sorted { axes[$0].step > axes[$1].step }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: side * side * side) { block in
      let block = block.baseAddress!
      for o in blocks(axes[0].size) {
        for m in blocks(axes[1].size) {
          for i in innerBlocks {
            let counts = [o.count, m.count, i.count], places = [m.count * i.count, i.count, 1]
            let first =
              source + (o.lowerBound * axes[0].step + m.lowerBound * axes[1].step + i.lowerBound * axes[2].step)
            let (slow, middle, fast) = (order[0], order[1], order[2])
            let (step, place, count) = (axes[fast].step, places[fast], counts[fast])
            for x in 0..<counts[slow] {
              for y in 0..<counts[middle] {
                var from = first + (x * axes[slow].step + y * axes[middle].step)
                var to = block + (x * places[slow] + y * places[middle])
                for _ in 0..<count {
                  to.pointee = from.pointee
                  from += step
                  to += place
                }
              }
            }
            for x in 0..<o.count {
              let line = target + ((o.lowerBound + x) * outerStep + m.lowerBound * middleStep + i.lowerBound)
              let filled = block + x * places[0]
              if i.count == axes[2].size {
                line.update(from: filled, count: places[0])
              } else {
                for y in 0..<m.count { (line + y * middleStep).update(from: filled + y * i.count, count: i.count) }
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
