import ModelFiles
import ONNXFormat
import Testing

/// Attributes and values that operators cannot take.
struct AttributeTests {
  private func conv(_ attributes: @escaping Part) -> ImportError? {
    failure(
      TestModel(
        nodes: [TestModel.node("Conv", ["x", "w"], ["y"], name: "conv", attributes)],
        initializers: [TestModel.floats("w", [4, 3, 3, 3])]
      ).bytes)
  }

  @Test func `attributes of a convolution that contradict it are malformed and name the node`() {
    #expect(conv { _ in } == nil)
    let broken: [Part] = [
      TestModel.ints("kernel_shape", [5, 5]), TestModel.ints("strides", [0, 1]), TestModel.ints("strides", [-1, 1]),
      TestModel.ints("strides", [1]), TestModel.ints("dilations", [0, 0]), TestModel.int("group", 0),
      TestModel.int("group", 3), TestModel.int("group", 1 << 62), TestModel.ints("pads", [-1, 0, 0, 0]),
      TestModel.ints("pads", [1 << 31, 0, 0, 0]), TestModel.ints("pads", [1, 1]), TestModel.text("auto_pad", "SOME"),
      TestModel.text("strides", "2"), TestModel.int("kernel_shape", 3),
    ]
    for (place, attributes) in broken.enumerated() {
      let error = conv(attributes)
      #expect(error?.kind == .malformed && error?.site == "conv", "\(place): \(error as Any)")
    }
  }

  @Test func `a value of another type than the attribute says is malformed`() {
    let error = conv { node in
      node.message(5) { attribute in
        attribute.text(1, "group")
        attribute.float(2, 1)
        attribute.int(20, 2)
      }
    }
    #expect(error?.kind == .malformed)
  }

  @Test func `values that operators cannot take are errors before memory is taken`() {
    let cases: [(String, [Int])] = [
      ("Reshape", [-1, -1]), ("Reshape", [7, 5]), ("Reshape", [-2]), ("Expand", [1 << 40]), ("Expand", [5]),
      ("Tile", [1, 1, 1 << 30, 1 << 30]), ("Tile", [2]),
    ]
    for (type, values) in cases {
      let model = TestModel(
        nodes: [TestModel.node(type, ["x", "v"], ["y"], name: "node")], initializers: [TestModel.integers("v", values)])
      let error = failure(model.bytes)
      #expect(error?.kind == .malformed && error?.site == "node", "\(type) \(values): \(error as Any)")
    }
  }

  @Test func `slices with step 0, indices out of range and fills without end are malformed`() {
    let slice = TestModel(
      nodes: [TestModel.node("Slice", ["x", "s", "e", "a", "t"], ["y"])],
      initializers: [
        TestModel.integers("s", [0]), TestModel.integers("e", [1]), TestModel.integers("a", [2]),
        TestModel.integers("t", [0]),
      ])
    #expect(failure(slice.bytes)?.kind == .malformed)
    let gather = TestModel(
      nodes: [TestModel.node("Gather", ["x", "i"], ["y"])], initializers: [TestModel.integers("i", [1])])
    #expect(failure(gather.bytes)?.kind == .malformed)
    let fill = TestModel(
      nodes: [TestModel.node("ConstantOfShape", ["s"], ["y"])], initializers: [TestModel.integers("s", [1 << 40])])
    #expect(failure(fill.bytes)?.kind == .malformed)
    let order = TestModel(nodes: [TestModel.node("Transpose", ["x"], ["y"], TestModel.ints("perm", [0, 1, 1, 3]))])
    #expect(failure(order.bytes)?.kind == .malformed)
    let concat = TestModel(
      nodes: [TestModel.node("Concat", ["x", "w"], ["y"], TestModel.int("axis", 1))],
      initializers: [TestModel.floats("w", [3])])
    #expect(failure(concat.bytes)?.kind == .malformed)
  }

  @Test func `scales that make no image are malformed`() {
    for scale in [0, -1, 1e9, Float.nan] {
      let scales: Part = { tensor in
        tensor.int(1, 4)
        tensor.int(2, 1)
        for value in [1, 1, scale, scale] as [Float] { tensor.float(4, value) }
        tensor.text(8, "s")
      }
      let model = TestModel(nodes: [TestModel.node("Resize", ["x", "", "s"], ["y"])], initializers: [scales])
      #expect(failure(model.bytes)?.kind == .malformed, "\(scale)")
    }
  }

  @Test func `outputs of operators that are not provided are unsupported`() {
    let pool = TestModel(
      nodes: [TestModel.node("MaxPool", ["x"], ["y", "i"], TestModel.ints("kernel_shape", [2, 2]))],
      outputs: ["y", "i"])
    #expect(failure(pool.bytes)?.kind == .unsupported)
    let unused = TestModel(nodes: [
      TestModel.node("MaxPool", ["x"], ["y", "i"], TestModel.ints("kernel_shape", [2, 2]))
    ])
    #expect(failure(unused.bytes) == nil)
    let volume = TestModel(
      nodes: [TestModel.node("GlobalAveragePool", ["x"], ["y"])], inputs: [("x", [1, 2, 3, 4, 5])])
    #expect(failure(volume.bytes) == nil)
    let cube = TestModel(
      nodes: [TestModel.node("MaxPool", ["x"], ["y"], TestModel.ints("kernel_shape", [2, 2, 2]))],
      inputs: [("x", [1, 2, 3, 4, 5])])
    #expect(failure(cube.bytes) == nil)
    let beyond = TestModel(
      nodes: [TestModel.node("MaxPool", ["x"], ["y"], TestModel.ints("kernel_shape", [2, 2, 2, 2]))],
      inputs: [("x", [1, 2, 3, 4, 5, 6])])
    #expect(failure(beyond.bytes)?.kind == .unsupported)
  }
}
