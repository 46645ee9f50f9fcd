import Graphs
import Ops
import Passes
import Tensors
import TestSupport
import Testing

/// Which axis of an input or output is which.
struct SceneFormTests {
  /// A network of elementwise operators alone, which nothing tells the axes of.
  private func elementwise(_ dims: [Int?], _ type: DataType = .float32) throws -> Graph {
    var graph = Graph()
    var value = graph.input("x", TensorType(type, dims))
    if type != .float32 { value = try graph.add(Cast(to: .float32), [value], name: "float") }
    graph.output(try graph.add(Activate(.tanh), [value], name: "y"), name: "y")
    return graph
  }

  @Test func `sizes tell where the channels are`() throws {
    let cases: [(dims: [Int?], isLast: Bool)] = [
      ([nil, 3, 128, 128], false), ([nil, 128, 128, 3], true), ([1, 3, nil, nil], false), ([1, nil, nil, 3], true),
      ([1, 12, 16, 16], false), ([1, 16, 16, 12], true), ([3, 64, 64], false), ([64, 64, 3], true),
      ([1, 1, 64, 64], false),
    ]
    for (dims, isLast) in cases {
      for prefersLast in [false, true] {
        let form = try SceneForm(elementwise(dims), SceneForm.Wish(prefersChannelsLast: prefersLast))
        #expect(form.input.hasChannelsLast == isLast, "\(dims)")
        #expect(form.output == form.input, "\(dims)")
        #expect(form.otherInputs.isEmpty, "\(dims): \(form.otherInputs)")
      }
    }
  }

  @Test func `where sizes allow both, who writes such files decides, or the caller`() throws {
    let graph = try elementwise([1, 4, 4, 4])
    for prefersLast in [false, true] {
      let form = try SceneForm(graph, SceneForm.Wish(prefersChannelsLast: prefersLast))
      #expect(form.input.hasChannelsLast == prefersLast)
      #expect(form.otherInputs.map(\.hasChannelsLast) == [!prefersLast])
      let other = SceneForm.Wish(inputHasChannelsLast: !prefersLast, prefersChannelsLast: prefersLast)
      #expect(try SceneForm(graph, other).input.hasChannelsLast == !prefersLast)
    }
    #expect(throws: SceneForm.Refusal.self) {
      try SceneForm(elementwise([1, nil, nil, 3]), SceneForm.Wish(inputHasChannelsLast: false))
    }
  }

  @Test func `layers tell where sizes do not`() throws {
    // Of 16 bands at 16x16 pixels, which a convolution reads.
    for isLast in [false, true] {
      var graph = Graph()
      var value = graph.input("x", TensorType(.float32, [1, 16, 16, 16]))
      if !isLast { value = try graph.add(Transpose(permutation: [0, 2, 3, 1]), [value], name: "image") }
      let kernel = graph.constant(seededTensor([3, 3, 16, 2]), name: "kernel")
      graph.output(try graph.add(Conv2D(strides: 1, padding: .same), [value, kernel], name: "y"), name: "y")
      let form = try SceneForm(graph, SceneForm.Wish(prefersChannelsLast: !isLast))
      #expect(form.input.hasChannelsLast == isLast)
      #expect(form.otherInputs.isEmpty)
    }
  }

  @Test func `images of any type are read as floats`() throws {
    for type in DataType.allCases where type != .bool {
      let form = try SceneForm(elementwise([1, nil, nil, 3], type))
      #expect(form.inputType == type)
      #expect(form.graph.nodes[form.graph.inputs[0]].types == [TensorType(.float32, [1, nil, nil, 3])])
      #expect(try localGeometry(form.graph).isLocal)
    }
  }

  @Test func `what is no image is refused with the reason`() throws {
    #expect(throws: SceneForm.Refusal.self) { try SceneForm(elementwise([1, nil, nil, nil])) }
    #expect(throws: SceneForm.Refusal.self) { try SceneForm(elementwise([4, 3, 64, 64])) }
    #expect(throws: SceneForm.Refusal.self) { try SceneForm(elementwise([7])) }
    var graph = Graph()
    let image = graph.input("x", TensorType(.float32, [1, 8, 8, 3]))
    let flat = try graph.add(Reshape(dims: [1, 192]), [image], name: "flat")
    let kernel = graph.constant(seededTensor([192, 10]), name: "kernel")
    graph.output(try graph.add(Dense(), [flat, kernel], name: "y"), name: "y")
    let type = TensorType(.float32, [1, 10])
    #expect(throws: SceneForm.Refusal(.output(name: "y", type: type, rows: 8, columns: 8))) { try SceneForm(graph) }
  }

  @Test func `an axis of pixels is parted at any size`() throws {
    for order in [[0, 2, 1], [0, 1, 2]] {
      var graph = Graph()
      let image = graph.input("x", TensorType(.float32, [1, nil, nil, 3]))
      let half = try graph.add(MaxPool2D(size: 2, strides: 2, padding: .valid), [image], name: "half")
      let flat = try graph.add(Reshape(dims: [0, -1, 3]), [half], name: "flat")
      graph.output(try graph.add(Transpose(permutation: order), [flat], name: "y"), name: "y")
      let form = try SceneForm(graph)
      #expect(form.output.axes.contains(.pixels))
      let image64 = seededTensor([1, 6, 8, 3], seed: 5)
      let own = try graph.evaluate(["x": image64])[0]
      let back = Transpose(permutation: order).evaluate([own])[0].reshaped([1, 3, 4, 3])
      #expect(try form.graph.evaluate(["x": image64])[0] == back)
      #expect(try localGeometry(form.graph).isLocal)
    }
  }
}
