package import Graphs
package import Ops
import Tensors

/// The size of the images that a network was exported for, where it takes no other although its input does not say so: a shape or a table
/// of positions is constant, or the first output has one size whatever the image.
package struct BakedSize: Hashable, Sendable {
  package var size: Pair
  /// Sizes that fit as well, where only the number of the image's pixels is known.
  package var others: [Pair] = []
}

extension Graph {
  /// The size that is baked into a network with one NHWC image of known channels as its input; `nil` where the size is declared or open,
  /// and where none is found.
  ///
  /// Found by trial, from the sizes that the operators and constants name. `asked` is taken where it fits.
  package func bakedSize(asked: Pair? = nil) -> BakedSize? {
    guard inputs.count == 1, let output = outputs.first else { return nil }
    let image = nodes[inputs[0]].types[0]
    guard image.rank == 4, image.dims[3] != nil, image.dims[1] == nil || image.dims[2] == nil else { return nil }
    let trial = OutputTrial(graph: self, output: output.value)
    func factor(_ size: Pair) -> Int? {
      guard image.dims[1] ?? size.height == size.height, image.dims[2] ?? size.width == size.width else { return nil }
      return trial.dims(size.height, size.width).flatMap { trial.declared($0, size).first?.factor }
    }
    // Images of common sizes on which the output lies in the same way.
    let common = [256, 320, 512].compactMap { factor(Pair($0)) }
    guard Set(common).count != 1 || common.count == 1, trial.layouts().isEmpty else { return nil }
    if let asked, factor(asked) != nil { return BakedSize(size: asked) }
    let named = NamedSizes(selectingOutputs([output]).pruned())
    var best: (factor: Int, size: Pair)?
    for size in named.maps {
      guard let factor = factor(size) else { continue }
      if factor == 1 { return BakedSize(size: size) }
      if best.map({ factor < $0.factor }) ?? true { best = (factor, size) }
    }
    if let best { return BakedSize(size: best.size) }
    let fitting = named.counts.filter { factor($0) == 1 }
    if let size = fitting.first { return BakedSize(size: size, others: Array(fitting.dropFirst())) }
    return named.strips.first { factor($0) == 1 }.map { BakedSize(size: $0) }
  }

  /// The graph whose image input declares this size.
  package func declaring(imageSize size: Pair) throws(GraphError) -> Graph {
    let image = nodes[inputs[0]]
    return try specialised(to: [
      image.name: TensorType(image.types[0].dataType, [1, size.height, size.width, image.types[0].dims[3]])
    ])
  }
}
