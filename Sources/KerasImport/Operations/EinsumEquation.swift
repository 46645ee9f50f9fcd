import Diagnostics
import ModelFiles

/// The equation of an `EinsumDense` layer, such as `abc,cd->abd` or `...x,xy->...y`: a label for each axis.
struct EinsumEquation {
  enum Label: Hashable {
    case letter(Character)
    /// An axis under the ellipsis.
    case elided(Int)
  }

  let input: [Label], kernel: [Label], output: [Label]

  init(_ config: LayerConfig, rank: Int) throws(ImportError) {
    let text = try config.string("equation", default: "")
    let error = config.error("equation", "an equation such as \"abc,cd->abd\" for an input of rank \(rank)")
    let sides = text.replacing(" ", with: "").split(separator: "->", omittingEmptySubsequences: false)
    guard sides.count == 2 else { throw error }
    let operands = sides[0].split(separator: ",", omittingEmptySubsequences: false)
    guard operands.count == 2 else { throw error }
    let elided = rank - operands[0].count { $0 != "." }
    guard let input = EinsumEquation.labels(operands[0], elided), input.count == rank,
      let kernel = EinsumEquation.labels(operands[1], 0), let output = EinsumEquation.labels(sides[1], elided),
      [input, kernel, output].allSatisfy({ Set($0).count == $0.count && $0.count < Limits.rank }),
      output.allSatisfy({ input.contains($0) || kernel.contains($0) }), input.first == output.first
    else { throw error }
    (self.input, self.kernel, self.output) = (input, kernel, output)
    guard input.allSatisfy({ kernel.contains($0) != output.contains($0) }), own.allSatisfy(output.contains) else {
      throw config.unsupported("equation \(printable(text)) is not a matrix product")
    }
  }

  /// Letters, and `count` axes where the ellipsis stands; nil for anything else.
  private static func labels(_ text: Substring, _ count: Int) -> [Label]? {
    let parts = text.split(separator: "...", omittingEmptySubsequences: false)
    guard parts.count <= 2, count >= 0, parts.count == 2 || count == 0, text.allSatisfy({ $0.isLetter || $0 == "." })
    else { return nil }
    let letters = parts.map { part in part.map { Label.letter($0) } }
    guard !parts.contains(where: { $0.contains(".") }) else { return nil }
    return letters.count == 1 ? letters[0] : letters[0] + (0..<count).map { Label.elided($0) } + letters[1]
  }

  /// Axes of the input that the result has, those that are summed, and those that the kernel alone has.
  var kept: [Label] { input.filter { !kernel.contains($0) } }
  var summed: [Label] { input.filter { kernel.contains($0) } }
  var own: [Label] { kernel.filter { !input.contains($0) } }

  /// The kernel's dimensions: what the input does not say, `output_shape` does.
  func kernelSizes(_ config: LayerConfig, _ dims: [Int?]) throws(ImportError) -> [Int] {
    guard let shape = config.value(["output_shape"]) else { throw config.error("output_shape", "the result's sizes") }
    let given = (shape.array ?? [shape]).map(\.int)
    // It leaves out the batch and what the ellipsis stands for.
    var named = output.filter { if case .letter = $0 { true } else { false } }
    if case .letter? = output.first { named.removeFirst() }
    guard named.count == given.count else {
      throw config.error("output_shape", "\(named.count) sizes")
    }
    var sizes: [Int] = []
    for label in kernel {
      let size = input.firstIndex(of: label).map { dims[$0] } ?? named.firstIndex(of: label).map { given[$0] } ?? nil
      guard let size, (1...Limits.dimension).contains(size) else {
        throw config.unsupported("the kernel's sizes do not follow from the input and output_shape")
      }
      sizes.append(size)
    }
    return sizes
  }

  /// The dimensions of the bias, which reach from its first axis to the last of the result, 1 where it has none.
  func biasSizes(_ config: LayerConfig, _ axes: String, _ dims: [Int?]) throws(ImportError) -> [Int?] {
    let wanted = Set(axes.map { Label.letter($0) })
    guard let first = output.firstIndex(where: wanted.contains), wanted.isSubset(of: output) else {
      throw config.error("bias_axes", "axes of the result")
    }
    return output.indices[first...].map { wanted.contains(output[$0]) ? dims[$0] : 1 }
  }
}

extension [EinsumEquation.Label] {
  /// The place of a label that is among these.
  func place(of label: EinsumEquation.Label) -> Int {
    guard let place = firstIndex(of: label) else { preconditionFailure("\(label) is no label of this operand") }
    return place
  }
}
