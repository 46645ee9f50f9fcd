import Graphs
import Ops
import Passes
import Tensors
import TestSupport
import Testing

struct PlainFormTests {
  private func graph(_ op: any Op, kernel: Shape, size: Int = 9) throws -> Graph {
    var graph = Graph()
    let x = graph.input("x", TensorType(.float32, [1, size, size + 2, 3]))
    let w = graph.constant(seededTensor(kernel, seed: 1), name: "w")
    graph.output(try graph.add(op, [x, w], name: "layer"), name: "y")
    return graph
  }

  private func rewritten(_ graph: Graph) throws -> Graph {
    var (budget, log) = (Int.max, Graph.RewriteLog())
    return try graph.applying(.plainForm, budget: &budget, log: &log)
  }

  @Test func `padding that follows from the kernel becomes numbers and changes nothing`() throws {
    let cases: [(any Op, Shape, String)] = [
      (Conv2D(padding: .same), [3, 4, 3, 2], "1,1,1,2"), (Conv2D(padding: .sameLower), [3, 4, 3, 2], "1,1,2,1"),
      (Conv2D(padding: .same, dilation: 2), [3, 3, 3, 2], "2,2,2,2"), (Conv2D(padding: .same), [1, 1, 3, 2], "valid"),
      (Conv2D(padding: .explicit(top: 0, bottom: 0, left: 0, right: 0)), [3, 3, 3, 2], "valid"),
      (DepthwiseConv2D(padding: .same), [3, 3, 3, 1], "1,1,1,1"),
      (Conv2DTranspose(strides: 2, padding: .same), [2, 2, 2, 3], "0,0,0,0 outputPadding=0x0"),
      (Conv2DTranspose(strides: 2, padding: .same), [3, 3, 2, 3], "0,1,0,1 outputPadding=0x0"),
      (Conv2DTranspose(strides: 3, padding: .valid), [2, 2, 2, 3], "0,0,0,0 outputPadding=1x1"),
    ]
    let x = seededTensor([1, 9, 11, 3], seed: 2)
    for (op, kernel, padding) in cases {
      let before = try graph(op, kernel: kernel), after = try rewritten(before)
      #expect("\(after)".contains("padding=\(padding)"), "\(op): \(after)")
      #expect(try after.evaluate(["x": x]) == before.evaluate(["x": x]), "\(op)")
      #expect(try rewritten(after).isSame(as: after))
    }
  }

  @Test func `axes count from the front`() throws {
    var graph = Graph()
    let x = graph.input("x", TensorType(.float32, [1, 2, 2, 3]))
    let both = try graph.add(Concat(axis: -1), [x, x], name: "both")
    graph.output(try graph.add(Softmax(axis: -2), [both], name: "probabilities"), name: "y")
    let after = try rewritten(graph)
    #expect("\(after)".contains("concat(%0, %0) axis=3") && "\(after)".contains("softmax(%1) axis=2"), "\(after)")
  }

  @Test func `padding that depends on the size, or is written already, stays`() throws {
    for op in [Conv2D(strides: 2, padding: .same), Conv2D(padding: .valid)] {
      let before = try graph(op, kernel: [3, 3, 3, 2])
      #expect(try rewritten(before).isSame(as: before))
    }
  }
}
