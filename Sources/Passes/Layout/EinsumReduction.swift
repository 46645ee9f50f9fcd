package import Graphs
import Ops
import Tensors

extension Pass {
  /// A sum of products with a constant matrix over one axis, such as `nchw,cd->ndhw`, as a layer of weights along the last axis between
  /// transpositions, which looks at one pixel at a time.
  ///
  /// ```
  /// %2 mix = einsum(%0, %1) nchw,cd->ndhw
  ///   =>
  /// %1 mix/kernel = constant()
  /// %2 mix/last = transpose(%0) [0,2,3,1]
  /// %3 mix/product = dense(%2, %1)
  /// %4 mix = transpose(%3) [0,3,1,2]
  /// ```
  package static let einsumReduction = Pass("einsumReduction", reduceEinsum)
}

@Sendable private func reduceEinsum(
  _ graph: Graph, _ index: Int, _ rewriter: inout Rewriter
) throws(GraphError) -> Value? {
  let node = graph.nodes[index]
  guard let op = node.op as? Einsum, node.inputs.count == 2,
    let second = node.inputs.indices.first(where: { graph.constant(node.inputs[$0])?.shape.rank == 2 }),
    let matrix = graph.constant(node.inputs[second]), matrix.dataType == .float32,
    graph.constant(node.inputs[1 - second]) == nil,
    let axes = ChannelProduct(op.subscripts, matrix: second, rank: graph[node.inputs[1 - second]].rank)
  else { return nil }
  var value = rewriter(node.inputs[1 - second])
  let last = axes.image.filter { $0 != axes.summed } + [axes.summed]
  if let order = order(of: axes.image, as: last) {
    value = try rewriter.add(Transpose(permutation: order), [value], name: "\(node.name)/last")
  }
  let kernel = axes.isTransposed ? Transpose(permutation: [1, 0]).evaluate([matrix])[0] : matrix
  let turned = order(of: last.dropLast() + [axes.made], as: axes.result)
  value = try rewriter.add(
    Dense(), [value, rewriter.constant(kernel, name: "\(node.name)/kernel")],
    name: turned == nil ? node.name : "\(node.name)/product")
  return try turned.map { (order) throws(GraphError) in
    try rewriter.add(Transpose(permutation: order), [value], name: node.name)
  } ?? value
}

/// The order of axes that makes the one list of another; nil where they are the same.
private func order(of axes: [Character], as wanted: [Character]) -> [Int]? {
  axes == wanted ? nil : wanted.compactMap { axes.firstIndex(of: $0) }
}

/// Subscripts of an image and a matrix of which one axis is summed over and the other takes part in the result.
private struct ChannelProduct {
  var image: [Character], result: [Character]
  var summed: Character, made: Character
  /// The matrix has the axis that is made first.
  var isTransposed: Bool

  init?(_ subscripts: String, matrix: Int, rank: Int) {
    let sides = subscripts.filter { $0 != " " }.split(separator: "->", omittingEmptySubsequences: false)
    let terms = sides[0].split(separator: ",", omittingEmptySubsequences: false)
    guard sides.count == 2, terms.count == 2 else { return nil }
    let hidden = rank - terms[1 - matrix].count { $0 != "." }
    guard hidden >= 0 else { return nil }
    // Digits, which no subscripts have, for the axes that an ellipsis stands for.
    let digits = String("0123456789".prefix(hidden))
    guard digits.count == hidden else { return nil }
    func axes(_ term: Substring) -> [Character] { Array(term.replacing("...", with: digits)) }
    let weights = Array(terms[matrix])
    let (image, result) = (axes(terms[1 - matrix]), axes(sides[1]))
    guard weights.count == 2, !weights.contains("."), weights[0] != weights[1], image.count == rank,
      result.count == rank, Set(image).count == rank, Set(result).count == rank
    else { return nil }
    guard let summed = weights.first(where: { image.contains($0) && !result.contains($0) }),
      let made = weights.first(where: { !image.contains($0) && result.contains($0) }),
      Set(image).subtracting([summed]) == Set(result).subtracting([made])
    else { return nil }
    (self.image, self.result, self.summed, self.made) = (image, result, summed, made)
    isTransposed = weights[0] == made
  }
}
