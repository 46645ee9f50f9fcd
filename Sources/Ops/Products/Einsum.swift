package import Graphs
package import Tensors

/// Sums of products by Einstein's convention, such as `bhwc,cd->bhwd`: each letter is an axis, and those missing in the result are
/// summed over. An ellipsis stands for axes that are broadcast. Without an arrow the result has the letters that occur once, in
/// alphabetical order.
package struct Einsum: Op {
  package static let name = "einsum"

  package var subscripts: String

  package init(_ subscripts: String) { self.subscripts = subscripts }

  package var attributes: String { subscripts }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...16)
    let dataType = try inputs.commonDataType(inputs.indices)
    guard dataType != .bool else { throw ShapeError("cannot multiply \(inputs[0])") }
    let axes = try EinsumAxes(subscripts, ranks: inputs.map(\.rank))
    let sizes = try sizes(axes, inputs)
    let summed = axes.summed.compactMap { sizes[$0] ?? nil }
    guard try checkedType(summed).shape.map({ $0.count <= Einsum.mostSummed }) ?? true else {
      throw ShapeError("\(subscripts) sums over more than \(Einsum.mostSummed) elements")
    }
    return [try checkedType(axes.output.map { sizes[$0] ?? nil }, dataType)]
  }

  /// Products that one element of a result may be the sum of.
  private static let mostSummed = 1 << 26

  private func sizes(
    _ axes: EinsumAxes, _ inputs: [TensorType]
  ) throws(ShapeError) -> [EinsumAxes.Label: Int?] {
    var sizes: [EinsumAxes.Label: Int?] = [:]
    for (labels, type) in zip(axes.inputs, inputs) {
      for (label, dim) in zip(labels, type.dims) {
        guard let known = sizes[label] else {
          sizes[label] = .some(dim)
          continue
        }
        sizes[label] = .some(try broadcastDims([known], [dim])[0])
      }
    }
    return sizes
  }

  package func multiplyAdds(_ inputs: [TensorType]) -> Int {
    guard let axes = try? EinsumAxes(subscripts, ranks: inputs.map(\.rank)), let sizes = try? sizes(axes, inputs) else {
      return 0
    }
    return sizes.values.reduce(1) { saturatingProduct($0, $1 ?? 0) }
  }
}

extension Einsum {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    guard let axes = try? EinsumAxes(subscripts, ranks: inputs.map(\.shape.rank)) else {
      preconditionFailure("\(subscripts) was evaluated without a check of its types")
    }
    var sizes: [EinsumAxes.Label: Int] = [:]
    for (labels, tensor) in zip(axes.inputs, inputs) {
      for (label, dim) in zip(labels, tensor.shape.dims) where sizes[label] == nil || sizes[label] == 1 {
        sizes[label] = dim
      }
    }
    let summed = axes.summed
    let result = Shape(axes.output.map { sizes[$0] ?? 1 })
    // Where each operand's element lies: the sum of a place for the result's axes and one for the summed ones.
    let places = zip(axes.inputs, inputs).map { labels, tensor in
      var steps: [EinsumAxes.Label: Int] = [:]
      for ((label, dim), stride) in zip(zip(labels, tensor.shape.dims), tensor.shape.strides) where dim > 1 {
        steps[label, default: 0] += stride
      }
      return [axes.output, summed].map { offsets($0, sizes, steps) }
    }
    let elements =
      inputs[0].dataType.isFloating
      ? Tensor.Elements(sums(inputs.map(\.elements.doubles), places, 0, 1, +, *), as: inputs[0].dataType)
      : Tensor.Elements(sums(inputs.map(\.elements.wholes), places, 0, 1, &+, &*), as: inputs[0].dataType)
    return [Tensor(result, elements)]
  }

  private func offsets(
    _ labels: [EinsumAxes.Label], _ sizes: [EinsumAxes.Label: Int], _ steps: [EinsumAxes.Label: Int]
  ) -> [Int] {
    labels.reduce([0]) { places, label in
      let step = steps[label] ?? 0
      return places.flatMap { place in (0..<(sizes[label] ?? 1)).map { place + $0 * step } }
    }
  }

  private func sums<T>(
    _ operands: [[T]], _ places: [[[Int]]], _ zero: T, _ one: T, _ add: (T, T) -> T, _ multiply: (T, T) -> T
  ) -> [T] {
    places[0][0].indices.map { output in
      places[0][1].indices.reduce(zero) { sum, inner in
        add(
          sum,
          operands.indices.reduce(one) { product, index in
            multiply(product, operands[index][places[index][0][output] + places[index][1][inner]])
          })
      }
    }
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    let single = (try? isOnePixel(outputTypes(inputs)[0])) == true && inputs.allSatisfy(isOnePixel)
    return single ? [Reach](repeating: .pointwise, count: inputs.count) : globalReach(count: inputs.count)
  }
}

/// The axes that subscripts name, for inputs of given ranks.
package struct EinsumAxes {
  /// A letter, or an axis that an ellipsis stands for, counted from its last.
  package enum Label: Hashable { case letter(Character), hidden(Int) }

  package var inputs: [[Label]]
  package var output: [Label]

  package init(_ subscripts: String, ranks: [Int]) throws(ShapeError) {
    let text = subscripts.filter { $0 != " " }
    let sides = text.split(separator: "->", omittingEmptySubsequences: false)
    let terms = sides[0].split(separator: ",", omittingEmptySubsequences: false)
    guard sides.count <= 2, terms.count == ranks.count else {
      throw ShapeError("\(subscripts) does not name \(ranks.count) inputs")
    }
    inputs = []
    for (term, rank) in zip(terms, ranks) {
      let letters = term.count - (term.contains("...") ? 3 : 0)
      let labels = try EinsumAxes.labels(term, hidden: rank - letters, of: subscripts)
      guard labels.count == rank else { throw ShapeError("\(term) of \(subscripts) does not name \(rank) axes") }
      inputs.append(labels)
    }
    let hidden = inputs.joined().reduce(0) { most, label in
      if case .hidden(let place) = label { max(most, place + 1) } else { most }
    }
    if sides.count == 2 {
      output = try EinsumAxes.labels(sides[1], hidden: hidden, of: subscripts)
    } else {
      let once = Set(text).filter { letter in letter.isLetter && text.count { $0 == letter } == 1 }
      output = (0..<hidden).reversed().map { .hidden($0) } + once.sorted().map { .letter($0) }
    }
    let known = Set(inputs.joined())
    guard Set(output).count == output.count, output.allSatisfy(known.contains) else {
      throw ShapeError("\(subscripts) has a result with axes that are unknown or named twice")
    }
  }

  /// Axes of the inputs that the result does not have, in the order of their first mention.
  var summed: [Label] {
    var seen = Set(output)
    return inputs.joined().filter { seen.insert($0).inserted }
  }

  private static func labels(
    _ term: Substring, hidden: Int, of subscripts: String
  ) throws(ShapeError) -> [Label] {
    let parts = term.split(separator: "...", omittingEmptySubsequences: false)
    guard parts.count <= 2, hidden >= 0 || parts.count == 1, parts.joined().allSatisfy(\.isLetter) else {
      throw ShapeError("\(term) of \(subscripts) is not a list of axes")
    }
    let letters = parts.map { part in part.map { Label.letter($0) } }
    return parts.count == 1 ? letters[0] : letters[0] + (0..<hidden).reversed().map { .hidden($0) } + letters[1]
  }
}
