import Graphs
import Ops
import Tensors
import Testing

/// Mistakes that a reader of model files would make: each must be seen by the comparison that finds the faithful import right.
struct MistakeTests {
  private static let uNet = packageRoot + "/Fixtures/families/unet"
  private static let residual = packageRoot + "/Fixtures/families/deeplabv3plus"

  /// The weights that node `name` reads as its second input.
  private func kernel(of name: String, in graph: Graph) throws -> (node: String, tensor: Tensor) {
    let node = try #require(graph.nodes.first { $0.name == name })
    return (graph.nodes[node.inputs[1].node].name, try #require(graph.constant(node.inputs[1])))
  }

  /// Exchanges operators of one case; the case must agree before and disagree after, and `expected` operators must have changed.
  private func expectSeen(_ directory: String, changes expected: Int = 1, _ change: (Node, Graph) throws -> (any Op)?)
    throws
  {
    let reference = try ReferenceCase(directory: directory)
    let graph = try reference.load()
    let data = try #require(reference.dataSets.first)
    #expect(try disagreements(graph, data).isEmpty)
    var changes = 0
    let mistaken = try graph.replacing { node in
      let op = try change(node, graph)
      if op != nil { changes += 1 }
      return op
    }
    #expect(changes == expected)
    let found = try disagreements(mistaken, data)
    #expect(!found.isEmpty)
  }

  @Test(arguments: ["down0_conv1", "down2_conv2", "up0_conv2"])
  func `a convolution that begins a pixel later`(layer: String) throws {
    try expectSeen(Self.uNet) { node, _ in
      guard node.name == layer, var op = node.op as? Conv2D else { return nil }
      #expect(op.padding == .same)
      op.padding = .explicit(top: 0, bottom: 2, left: 1, right: 1)
      return op
    }
  }

  @Test(arguments: ["down0_conv1", "down2_conv2", "up0_conv2", "classes"])
  func `one weight with another sign`(layer: String) throws {
    try expectSeen(Self.uNet) { node, graph in
      let kernel = try kernel(of: layer, in: graph)
      guard node.name == kernel.node else { return nil }
      var values = kernel.tensor.floats
      let largest = try #require(values.indices.max { abs(values[$0]) < abs(values[$1]) })
      values[largest] = -values[largest]
      return Constant(Tensor(kernel.tensor.shape, values))
    }
  }

  @Test func `red and blue exchanged`() throws {
    try expectSeen(Self.uNet) { node, graph in
      let kernel = try kernel(of: "down0_conv1", in: graph)
      guard node.name == kernel.node else { return nil }
      let (shape, values) = (kernel.tensor.shape, kernel.tensor.floats)
      #expect(shape[2] == 3)
      let exchanged = values.indices.map { index in
        let channel = index / shape[3] % 3
        return values[index + (2 - 2 * channel) * shape[3]]
      }
      return Constant(Tensor(shape, exchanged))
    }
  }

  @Test func `two classes exchanged`() throws {
    try expectSeen(Self.uNet) { node, graph in
      let kernel = try kernel(of: "classes", in: graph)
      guard node.name == kernel.node else { return nil }
      let (classes, values) = (kernel.tensor.shape[3], kernel.tensor.floats)
      let exchanged = values.indices.map { index in
        switch index % classes {
        case 0: values[index + 1]
        case 1: values[index - 1]
        default: values[index]
        }
      }
      return Constant(Tensor(kernel.tensor.shape, exchanged))
    }
  }

  @Test(arguments: ["conv1_bn", "conv2_block1_0_bn", "decoder_2_bn"])
  func `batch normalisation with the epsilon of another framework`(layer: String) throws {
    try expectSeen(Self.residual) { node, _ in
      guard node.name == layer, var op = node.op as? BatchNorm else { return nil }
      op.epsilon = op.epsilon > 1e-4 ? 1e-5 : 1e-3
      return op
    }
  }

  @Test(arguments: ["conv1_bn", "decoder_2_bn"]) func `mean and variance exchanged`(layer: String) throws {
    let reference = try ReferenceCase(directory: Self.residual)
    let graph = try reference.load()
    let inputs = try #require(graph.nodes.first { $0.name == layer }).inputs.suffix(2).map(\.node)
    try expectSeen(Self.residual, changes: 2) { node, graph in
      let place = inputs.firstIndex { graph.nodes[$0].name == node.name }
      return try place.map { Constant(try #require(graph.constant(Value(inputs[1 - $0])))) }
    }
  }
}
