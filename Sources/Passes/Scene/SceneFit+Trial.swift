package import Graphs
import Ops
import Tensors

extension Graph {
  /// How the first output lies on the image, found by the sizes that it has for trial images; `nil` where it is neither as large as the
  /// image nor smaller by a constant border and a whole factor.
  ///
  /// A network with one NHWC image of known channels as its input, and an output of rank 4.
  package func sceneFit() -> SceneFit? {
    guard let trial = FitTrial(self) else { return nil }
    let own = trial.own?.fit()
    return own == .same ? own : trial.search() ?? own
  }
}

/// Trial images of a graph.
private struct FitTrial {
  /// The sizes of an image and of the output for it.
  struct Sizes {
    var image: Pair, output: Pair

    /// The greatest factor, which for a large image leaves the least border; for a small one a factor is only known where it leaves none.
    func fit(added: Int = 0) -> SceneFit? {
      let isWhole = image.height % output.height == 0 && image.width % output.width == 0
      let isLarge = min(image.height, image.width) >= SceneTrial.size
      let factor = isWhole || isLarge ? Pair(image.height / output.height, image.width / output.width) : 1
      let border = Pair(image.height - output.height * factor.height, image.width - output.width * factor.width)
      guard min(factor.height, factor.width) > 0, max(factor.height, factor.width) <= SceneTrial.greatestFactor,
        min(border.height, border.width) >= 0
      else { return nil }
      return SceneFit(factor: factor, border: border, added: max(added, border.height, border.width))
    }
  }

  let graph: Graph
  let name: String
  let image: TensorType

  init?(_ graph: Graph) {
    guard graph.inputs.count == 1, graph.outputs.count > 0 else { return nil }
    let node = graph.nodes[graph.inputs[0]]
    guard node.types[0].rank == 4, node.types[0].dims[3] != nil, graph[graph.outputs[0].value].rank == 4 else {
      return nil
    }
    (self.graph, name, image) = (graph, node.name, node.types[0])
  }

  /// At the size that the model itself declares.
  var own: Sizes? {
    guard let height = image.dims[1], let width = image.dims[2] else { return nil }
    return sizes(Pair(height, width))
  }

  /// The least number of pixels to add to images of a whole number of strides for which the network works, has a constant border, and
  /// makes at least the image.
  func search() -> SceneFit? {
    var added = 0
    var last = SceneTrial.greatestStride
    while added <= last {
      guard let trial = sizes(Pair(SceneTrial.size + added)) else {
        added += 1
        continue
      }
      guard let found = trial.fit(added: added) else { return nil }
      if found.added == added {
        return sizes(Pair(2 * SceneTrial.size + added))?.fit(added: added) == found ? found : nil
      }
      (added, last) = (max(added + 1, found.border.height, found.border.width), found.added + SceneTrial.greatestStride)
    }
    return nil
  }

  private func sizes(_ size: Pair) -> Sizes? {
    let type = TensorType(image.dataType, [1, size.height, size.width, image.dims[3]])
    guard let sized = try? graph.specialised(to: [name: type]),
      let output = sized[sized.outputs[0].value].shape, output[0] == 1, output[1] > 0, output[2] > 0
    else { return nil }
    return Sizes(image: size, output: Pair(output[1], output[2]))
  }
}
