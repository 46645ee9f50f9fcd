import Graphs
import Ops
import Passes
import Tensors
import TestSupport
import Testing

struct ChannelsLastSingleTests {
  @Test func `an image of a single channel is taken and given channels last, though its transposition is a reshape`()
    throws
  {
    var graph = Graph()
    let image = graph.input("image", TensorType(.float32, [nil, 1, 4, 6]))
    let turned = try graph.add(Transpose(permutation: [0, 2, 3, 1]), [image], name: "in")
    let pooled = try graph.add(MaxPool2D(size: 3, strides: 1, padding: .same), [turned], name: "pool")
    graph.output(try graph.add(Transpose(permutation: [0, 3, 1, 2]), [pooled], name: "out"), name: "out")
    let result = channelsLast(try optimised(graph, kernels: .underTest).graph)
    #expect(result.nodes.map(\.types[0].dims) == [[nil, 4, 6, 1], [nil, 4, 6, 1]])
    #expect(result.nodes.last?.op is MaxPool2D)
  }
}
