package import Graphs
package import Ops
import Tensors

/// How the output of a network lies on its image: enlarged by `factor` it is the image without a border, as in networks that decide at
/// a quarter of the size (SegFormer, DeepLabV3+), or whose convolutions have no padding (U-Net, Ronneberger et al. 2015).
package struct SceneFit: Sendable, Hashable {
  /// Image pixels per pixel of the output.
  package var factor: Pair
  /// Image pixels that the output lacks before its first and behind its last, together. The larger half lies behind.
  package var border: Pair
  /// Image pixels to add around an image of a whole number of strides, so that the network takes the sum; at least the border.
  package var added: Int

  /// An output as large as the image.
  package static let same = SceneFit(factor: 1, border: 0, added: 0)

  init(factor: Pair, border: Pair, added: Int) { (self.factor, self.border, self.added) = (factor, border, added) }
}

extension Graph {
  /// The graph whose first output is as large as the image: the image is continued beyond its ends by reflection, the output enlarged,
  /// and what then is too much removed at the bottom and at the right.
  ///
  /// Images are NHWC. A size that the input declares becomes that for which the network still sees the declared one.
  /// Errors: a size that the network cannot take.
  package func fitted(_ fit: SceneFit, by method: ResizeRule.Method) throws(GraphError) -> Graph {
    var result = Graph()
    var sources: [Value: Value] = [:]
    for (index, node) in nodes.enumerated() {
      let copy: Value
      if let input = node.op as? Input {
        let image = result.input(node.name, fit.withoutAdded(input.type))
        copy = try fit.added == 0 ? image : result.add(fit.continuation, [image], name: "\(node.name)/continued")
      } else {
        copy = try result.add(node.op, node.inputs.map { sources[$0] ?? $0 }, name: node.name)
      }
      for place in node.types.indices { sources[Value(index, place)] = Value(copy.node, place) }
    }
    for (place, output) in outputs.enumerated() {
      var value = sources[output.value] ?? output.value
      if place == 0 {
        if fit.factor != 1 {
          value = try result.add(
            Resize(method: method, target: .scale(fit.factor)), [value], name: "\(output.name)/enlarged")
        }
        if let surplus = fit.surplus { value = try result.add(surplus, [value], name: "\(output.name)/fitted") }
      }
      result.output(value, name: output.name)
    }
    return result
  }
}

extension SceneFit {
  /// Half of the border goes before the image; all the rest behind.
  fileprivate var continuation: Pad {
    let (top, left) = (border.height / 2, border.width / 2)
    return Pad(before: [0, top, left, 0], after: [0, added - top, added - left, 0], mode: .reflect)
  }

  /// What the network makes beyond the end of the image.
  fileprivate var surplus: Crop2D? {
    let (bottom, right) = (added - border.height, added - border.width)
    return bottom == 0 && right == 0 ? nil : Crop2D(top: 0, bottom: bottom, left: 0, right: right)
  }

  fileprivate func withoutAdded(_ type: TensorType) -> TensorType {
    guard type.rank == 4, added > 0 else { return type }
    var dims = type.dims
    for axis in 1...2 { dims[axis] = dims[axis].flatMap { $0 > added ? $0 - added : nil } }
    return TensorType(type.dataType, dims)
  }
}
