package import Graphs
package import Kernels
package import Ops
package import Tensors

/// A network as a scene needs it: from an NHWC float32 image to an NHWC image of the first output, whatever axes and types the file gave
/// them, with what was decided about the axes.
package struct SceneForm: Sendable {
  package var graph: Graph
  /// How the input of the file lies on the image, and other readings that its sizes allow.
  package var input: ImageLayout
  package var otherInputs: [ImageLayout]
  package var output: ImageLayout
  package var otherOutputs: [ImageLayout]
  /// The type that the file gives the input.
  package var inputType: DataType
  /// The only size of images that the network takes, where its input does not declare it and `graph` does.
  package var bakedSize: BakedSize?

  /// What a caller knows of the axes; `nil` leaves it to the sizes.
  package struct Wish: Sendable {
    package var inputHasChannelsLast: Bool?
    package var outputHasChannelsLast: Bool?
    /// What decides where sizes do not: true for files of Keras, false for those of ONNX.
    package var prefersChannelsLast: Bool
    /// The size of images that it is wanted for, which is taken where several fit.
    package var imageSize: Pair?

    package init(
      inputHasChannelsLast: Bool? = nil, outputHasChannelsLast: Bool? = nil, prefersChannelsLast: Bool = true,
      imageSize: Pair? = nil
    ) {
      self.imageSize = imageSize
      self.inputHasChannelsLast = inputHasChannelsLast
      self.outputHasChannelsLast = outputHasChannelsLast
      self.prefersChannelsLast = prefersChannelsLast
    }
  }

  /// Reads the axes of the only input and of the first output, and writes the graph so that nothing in it depends on the whole image that
  /// does not by its meaning.
  ///
  /// `graph` is an optimised one; a part of it that is written anew is optimised anew, for `kernels`.
  package init(_ graph: Graph, _ wish: Wish = Wish(), kernels: KernelSet = .best) throws(Refusal) {
    guard let first = graph.outputs.first else { throw Refusal(.noOutput) }
    let own = graph.selectingOutputs([first]).pruned(keepingInputs: false)
    guard own.inputs.count == 1 else {
      if own.inputs.isEmpty { throw Refusal(.constantOutput(name: first.name)) }
      throw Refusal(.inputs(own.inputs.count))
    }
    let node = own.nodes[own.inputs[0]]
    let type = node.types[0]
    inputType = type.dataType
    let readings = try SceneForm.readings(node, wish)
    var lifts: [SceneLift] = []
    for reading in readings { lifts.append(SceneLift(own, reading)) }
    // What its layers read as an image decides; else the likeliest by the sizes.
    guard let lift = lifts.min(by: { $0.misfit < $1.misfit }) else {
      throw Refusal(.input(name: node.name, type: type, why: "not an image"))
    }

    input = lift.layout
    otherInputs = lifts.filter { $0.misfit == lift.misfit && $0.layout != lift.layout && $0.layout.isLikely(for: type) }
      .map(\.layout)
    do {
      var base = try own.oriented(input: lift.layout)
      bakedSize = base.bakedSize(asked: wish.imageSize)
      if let bakedSize { base = try base.declaring(imageSize: bakedSize.size) }
      let seen = lift.outputLayout.map { [$0] } ?? OutputTrial(graph: base, output: base.outputs[0].value).layouts()
      let wanted = wish.outputHasChannelsLast
      let fitting = seen.filter { wanted == nil || $0.hasChannelsLast == nil || $0.hasChannelsLast == wanted }
      guard let layout = fitting.first else { throw base.outputRefusal }
      output = layout
      otherOutputs = seen.filter { $0 != layout }
      self.graph = try SceneForm.better(
        of: tidied(base.oriented(output: layout)), lift.outputLayout == layout ? lift.graph : nil, kernels)
    } catch let refusal as Refusal {
      throw refusal
    } catch let error as GraphError {
      throw Refusal(.graph(error))
    } catch {
      throw Refusal(.graph(GraphError(.types, first.name, "\(error)")))
    }
  }

  private static func readings(_ node: Node, _ wish: Wish) throws(Refusal) -> [ImageLayout] {
    let type = node.types[0]
    guard type.dataType != .bool else {
      throw Refusal(.input(name: node.name, type: type, why: "images of bool are not known"))
    }
    if type.rank == 4, let batch = type.dims[0], batch != 1 {
      throw Refusal(.input(name: node.name, type: type, why: "it takes \(batch) images at a time"))
    }
    let all = ImageLayout.readings(of: type, prefersChannelsLast: wish.prefersChannelsLast)
    let wanted = wish.inputHasChannelsLast
    let readings = all.filter { wanted == nil || $0.hasChannelsLast == nil || $0.hasChannelsLast == wanted }
    guard !readings.isEmpty else {
      let why =
        !all.isEmpty
        ? "its sizes do not allow that order of axes"
        : type.rank == 4 ? "the number of channels is not known" : "not an image with known channels"
      throw Refusal(.input(name: node.name, type: type, why: why))
    }
    return readings
  }

  /// The graph as it is where that is local; else the one that was written anew, if it is local or the only one that takes any size.
  private static func better(of base: Graph, _ lifted: Graph?, _ kernels: KernelSet) throws(GraphError) -> Graph {
    guard let lifted else { return base }
    let known = try? localGeometry(base)
    if let known, known.isLocal { return base }
    let candidate = try optimised(lifted, kernels: kernels).graph
    guard let found = try? localGeometry(candidate) else { return base }
    if found.isLocal { return candidate }
    guard let known else { return candidate }
    return found.blockers.count < known.blockers.count ? candidate : base
  }
}

extension Graph {
  /// Why the first output is none of the image, which is the only input, as NHWC.
  fileprivate var outputRefusal: SceneForm.Refusal {
    let image = nodes[inputs[0]].types[0], output = outputs[0]
    let (rows, columns) = (image.dims[1] ?? 512, image.dims[2] ?? 512)
    let type = TensorType(image.dataType, [1, rows, columns, image.dims[3]])
    let sized = try? specialised(to: [nodes[inputs[0]].name: type])
    return SceneForm.Refusal(
      .output(name: output.name, type: sized?[output.value] ?? self[output.value], rows: rows, columns: columns))
  }
}
