/// An ONNX model of which tests spoil one part.
public struct TestModel: Sendable {
  public var irVersion: Int
  public var opset: Int?
  public var nodes: [Part]
  public var initializers: [Part]
  public var inputs: [(String, [Int])]
  public var outputs: [String]
  public var inGraph: Part
  public var inModel: Part

  /// Inputs of float32 with their sizes, 0 for one that is open.
  public init(
    irVersion: Int = 8, opset: Int? = 17, nodes: [Part] = [], initializers: [Part] = [],
    inputs: [(String, [Int])] = [("x", [1, 3, 8, 8])], outputs: [String] = ["y"], inGraph: @escaping Part = { _ in },
    inModel: @escaping Part = { _ in }
  ) {
    (self.irVersion, self.opset, self.nodes, self.initializers) = (irVersion, opset, nodes, initializers)
    (self.inputs, self.outputs, self.inGraph, self.inModel) = (inputs, outputs, inGraph, inModel)
  }

  /// A model of one node, which is called `suspect`, makes `y` and reads `x` and what `others` name.
  public static func of(
    _ type: String, _ others: [String] = [], _ attributes: [Part] = [], _ initializers: [Part] = [], opset: Int = 17,
    x dims: [Int] = [1, 3, 8, 8]
  ) -> TestModel {
    TestModel(
      opset: opset, nodes: [node(type, ["x"] + others, ["y"], name: "suspect", all(attributes))],
      initializers: initializers, inputs: [("x", dims)])
  }

  public static func node(
    _ type: String, _ inputs: [String], _ outputs: [String], domain: String = "", name: String = "",
    _ attributes: @escaping Part = { _ in }
  ) -> Part {
    { node in
      for input in inputs { node.text(1, input) }
      for output in outputs { node.text(2, output) }
      if !name.isEmpty { node.text(3, name) }
      node.text(4, type)
      if !domain.isEmpty { node.text(7, domain) }
      attributes(&node)
    }
  }

  public static func all(_ parts: [Part]) -> Part {
    { message in for part in parts { part(&message) } }
  }

  /// A function of the domain `local` that makes `b` of `a`.
  public static func function(_ name: String, _ nodes: [Part], _ more: @escaping Part = { _ in }) -> Part {
    { model in
      model.message(25) { function in
        function.text(1, name)
        function.text(4, "a")
        function.text(5, "b")
        for node in nodes { function.message(7, node) }
        function.text(10, "local")
        more(&function)
      }
    }
  }

  // MARK: attributes

  /// An attribute of a type, by its number in the format, with the fields that `value` writes.
  public static func attribute(_ name: String, type: Int, _ value: @escaping Part) -> Part {
    { node in
      node.message(5) { attribute in
        attribute.text(1, name)
        value(&attribute)
        attribute.int(20, type)
      }
    }
  }

  public static func float(_ name: String, _ value: Float) -> Part { attribute(name, type: 1) { $0.float(2, value) } }
  public static func int(_ name: String, _ value: Int) -> Part { attribute(name, type: 2) { $0.int(3, value) } }
  public static func text(_ name: String, _ value: String) -> Part { attribute(name, type: 3) { $0.text(4, value) } }
  public static func tensor(_ name: String, _ value: @escaping Part) -> Part {
    attribute(name, type: 4) { $0.message(5, value) }
  }
  public static func floats(of name: String, _ values: [Float]) -> Part {
    attribute(name, type: 6) { attribute in for value in values { attribute.float(7, value) } }
  }
  public static func ints(_ name: String, _ values: [Int]) -> Part {
    attribute(name, type: 7) { attribute in for value in values { attribute.int(8, value) } }
  }

  // MARK: tensors

  /// A tensor of zeros.
  public static func floats(_ name: String, _ dims: [Int], count: Int? = nil) -> Part {
    { tensor in
      for dim in dims { tensor.int(1, dim) }
      tensor.int(2, 1)
      tensor.text(8, name)
      tensor.data(9, [UInt8](repeating: 0, count: 4 * (count ?? dims.reduce(1, *))))
    }
  }

  public static func numbers(_ name: String, _ values: [Float]) -> Part {
    { tensor in
      tensor.int(1, values.count)
      tensor.int(2, 1)
      for value in values { tensor.float(4, value) }
      tensor.text(8, name)
    }
  }

  /// A vector, or a scalar.
  public static func integers(_ name: String, _ values: [Int], isScalar: Bool = false) -> Part {
    { tensor in
      if !isScalar { tensor.int(1, values.count) }
      tensor.int(2, 7)
      for value in values { tensor.int(7, value) }
      tensor.text(8, name)
    }
  }

  /// A tensor of float32 whose elements lie in another file, with entries that may contradict each other.
  public static func external(_ name: String, _ dims: [Int], _ entries: [(String, String)]) -> Part {
    { tensor in
      for dim in dims { tensor.int(1, dim) }
      tensor.int(2, 1)
      tensor.text(8, name)
      for (key, value) in entries {
        tensor.message(13) { entry in
          entry.text(1, key)
          entry.text(2, value)
        }
      }
      tensor.int(14, 1)
    }
  }

  // MARK: the file

  public var bytes: [UInt8] {
    var model = WireWriter()
    model.int(1, irVersion)
    model.message(7) { graph in
      for node in nodes { graph.message(1, node) }
      graph.text(2, "test")
      for tensor in initializers { graph.message(5, tensor) }
      for (name, dims) in inputs { graph.message(11) { value in Self.value(name, dims, &value) } }
      for name in outputs { graph.message(12) { $0.text(1, name) } }
      inGraph(&graph)
    }
    if let opset { model.message(8) { $0.int(2, opset) } }
    inModel(&model)
    return model.bytes
  }

  private static func value(_ name: String, _ dims: [Int], _ value: inout WireWriter) {
    value.text(1, name)
    value.message(2) { type in
      type.message(1) { tensor in
        tensor.int(1, 1)
        tensor.message(2) { shape in
          for dim in dims { shape.message(1) { if dim > 0 { $0.int(1, dim) } else { $0.text(2, "n") } } }
        }
      }
    }
  }
}
