import Diagnostics
package import Engine
package import Graphs
package import Kernels
package import Scenes
import Tensors

/// A network that labels the pixels of one image: one NHWC float input, and an output with a score per class and pixel.
package struct SceneModel: Sendable {
  /// The optimised graph, with the chosen output only.
  package let graph: Graph
  package let inputName: String
  package let outputName: String
  package let channels: Int
  /// Scores per pixel; 1 means a sigmoid.
  package let scores: Int
  /// True where the network decides on classes itself, so that its output has class numbers, or votes for them, and no scores.
  package let decides: Bool
  /// The size that the model itself declares, where it does.
  package let declaredSize: PixelSize?
  /// What runs it.
  package let kernels: KernelSet

  /// Errors: `unsupportedModel` unless there is one image input with known channels and a first output of rank 4 with known scores.
  package init(
    _ graph: Graph, decides: Bool = false, kernels: KernelSet = .best
  ) throws(SegmentationError) {
    guard graph.inputs.count == 1, let node = graph.inputs.first.map({ graph.nodes[$0] }) else {
      throw SegmentationError(
        .unsupportedModel, "inputs", "the model has \(graph.inputs.count) inputs, a scene is one image")
    }
    guard let output = graph.outputs.first else {
      throw SegmentationError(.unsupportedModel, "outputs", "the model has no output")
    }
    try SceneModel.check(output, of: graph)
    let type = node.types[0]
    guard type.rank == 4, type.dataType == .float32, let channels = type.dims[3] else {
      throw SegmentationError(.unsupportedModel, node.name, "the input is \(type), not an image with known channels")
    }
    let result = graph[output.value]
    guard result.rank == 4, result.dataType == .float32, let scores = result.dims[3] else {
      throw SegmentationError(
        .unsupportedModel, output.name, "the output is \(result), not a score per class and pixel",
        remedy: .outputOfScores(axes: "height x width x classes"))
    }
    guard channels > 0, scores > 0 else {
      throw SegmentationError(
        .unsupportedModel, output.name, "\(scores) scores for a pixel of \(channels) channels are none")
    }
    self.graph = graph.keepingOnly(output)
    (self.decides, self.kernels) = (decides, kernels)
    inputName = node.name
    outputName = output.name
    (self.channels, self.scores) = (channels, scores)
    if let height = type.dims[1], let width = type.dims[2] {
      declaredSize = PixelSize(width: width, height: height)
    } else {
      declaredSize = nil
    }
  }

  /// An output that is the same for all images labels none of them.
  private static func check(_ output: Graph.Output, of graph: Graph) throws(SegmentationError) {
    guard !graph.keepingOnly(output).isConstant else {
      throw SegmentationError(
        .unsupportedModel, output.name, "the output does not depend on the image",
        remedy: graph.outputs.count > 1 ? .advice("choose another output") : nil)
    }
  }

  /// The model with an operator behind it that turns the scores of each pixel into one number.
  ///
  /// Errors: `unsupportedModel` where the operator does not fit.
  package func followed(by op: any Op, named name: String) throws(SegmentationError) -> SceneModel {
    var graph = graph
    do {
      let value = try graph.add(op, [graph.outputs[0].value], name: name)
      return try SceneModel(
        graph.selectingOutputs([Graph.Output(name: outputName, value: value)]), kernels: kernels)
    } catch let error as GraphError {
      throw SegmentationError(.unsupportedModel, error.site, error.what)
    } catch let error as SegmentationError {
      throw error
    } catch {
      throw SegmentationError(.unsupportedModel, name, "\(error)")
    }
  }

  /// Bytes of the weights as they lie in the graph.
  package var weightBytes: Int {
    graph.nodes.indices.reduce(0) { total, index in
      guard let tensor = graph.constant(Value(index)) else { return total }
      return total + tensor.shape.count * tensor.type.dataType.byteCount
    }
  }

  /// Plans one pass over an image of this size, for `kernels`.
  ///
  /// Errors: `unsupportedModel` where the graph cannot take the size or its output has another size.
  package func plan(_ size: PixelSize) throws(SegmentationError) -> Plan {
    let plan: Plan
    do {
      let sized = try graph.specialised(to: [inputName: imageType(size)])
      // What was computed from the image's size alone is known now.
      try SceneModel.check(sized.outputs[0], of: sized)
      plan = try Plan(sized, kernels: kernels)
    } catch let error as SegmentationError {
      throw error
    } catch let error as GraphError {
      throw SegmentationError(.unsupportedModel, error.site, "cannot run at \(size): \(error.what)")
    } catch let error as EngineError {
      throw SegmentationError(.unsupportedModel, error.site, error.what)
    } catch {
      throw SegmentationError(.unsupportedModel, inputName, "\(error)")
    }
    let result = plan.outputTypes[0].type.dims
    guard result[0] == 1 else {
      throw SegmentationError(.unsupportedModel, outputName, "the output is \(result[0] ?? 0) images, not one")
    }
    guard result[1] == size.height, result[2] == size.width else {
      throw SegmentationError(
        .unsupportedModel, outputName,
        "the output is \(result[2] ?? 0)x\(result[1] ?? 0) for an input of \(size); it must be as large as the input, or smaller by a constant border and a whole factor"
      )
    }
    return plan
  }
}

extension Graph {
  /// The same graph with one output.
  func keepingOnly(_ output: Output) -> Graph {
    selectingOutputs([output]).pruned()
  }

  /// Whether no output depends on an input.
  fileprivate var isConstant: Bool {
    var depends = [Bool](repeating: false, count: nodes.count)
    for (index, node) in nodes.enumerated() {
      depends[index] = inputs.contains(index) || node.inputs.contains { depends[$0.node] }
    }
    return !outputs.contains { depends[$0.value.node] }
  }
}
