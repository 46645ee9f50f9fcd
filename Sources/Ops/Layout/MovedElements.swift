import Graphs
import Tensors

extension Op {
  /// `type` with what is known of a result whose every element is one of those of the inputs at `sources`; the elements of all other
  /// inputs decide which.
  ///
  /// The definition is evaluated on labels instead of elements.
  func moving(_ inputs: [TensorType], _ type: TensorType, sources: Range<Int> = 0..<1) -> TensorType {
    guard type.isTracked, inputs[sources].contains(where: { $0.elements != nil }) else { return type }
    var known: [Int?] = []
    var labels: [Tensor] = []
    for (index, input) in inputs.enumerated() {
      if sources.contains(index) {
        guard let shape = input.shape, shape.count <= TensorType.trackedCount else { return type }
        labels.append(Tensor(shape, .int64((0..<shape.count).map { Int64(known.count + $0) })))
        known += input.elements ?? [Int?](repeating: nil, count: shape.count)
      } else {
        guard let tensor = input.tensor else { return type }
        labels.append(tensor)
      }
    }
    return type.knowing(evaluate(labels)[0].integers.map { known[Int($0)] })
  }
}
