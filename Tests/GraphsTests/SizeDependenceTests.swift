import Graphs
import Ops
import Tensors
import TestSupport
import Testing

/// Values that are computed from the size of the image are others over a piece of it.
struct SizeDependenceTests {
  /// An image and a number that is made of one of its sizes.
  private func network(axis: Int, _ body: (inout Graph, Value, Value) throws -> Value) throws -> Graph {
    var graph = Graph()
    let image = graph.input("image", TensorType(.float32, [1, nil, nil, 3]))
    let size = try graph.add(ShapeOf(from: axis, to: axis + 1), [image], name: "size")
    graph.output(try body(&graph, image, size), name: "y")
    return graph
  }

  private func divided(_ graph: inout Graph, _ image: Value, _ size: Value) throws -> Value {
    let number = try graph.add(Cast(to: .float32), [size], name: "number")
    return try graph.add(Binary(.divide), [image, number], name: "divided")
  }

  @Test func `a number of rows that pixels are divided by is named`() throws {
    for axis in 1...2 {
      let geometry = try localGeometry(network(axis: axis, divided))
      #expect(geometry.blockers.map(\.node) == ["divided"])
      #expect(geometry.blockers.first?.reason.contains("number") == true)
    }
  }

  @Test func `a number of channels is the same everywhere`() throws {
    #expect(try localGeometry(network(axis: 3, divided)).isLocal)
  }

  @Test func `coordinates are named, one number everywhere is not`() throws {
    func filled(_ makesCoordinates: Bool) throws -> Graph {
      try network(axis: 2) { graph, image, size in
        let shape = try graph.add(
          Concat(axis: 0),
          [
            graph.constant(Tensor([2], .int64([1, 1])), name: "ones"), size,
            graph.constant(Tensor([1], .int64([1])), name: "one"),
          ], name: "shape")
        var value = try graph.add(DynamicFill(value: 1), [shape], name: "filled")
        if makesCoordinates { value = try graph.add(CumulativeSum(axis: 2), [value], name: "columns") }
        return try graph.add(Binary(.add), [image, value], name: "sum")
      }
    }
    #expect(try localGeometry(filled(false)).isLocal)
    #expect(try localGeometry(filled(true)).blockers.map(\.node) == ["sum"])
  }
}
