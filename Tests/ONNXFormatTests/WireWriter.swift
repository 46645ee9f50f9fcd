/// Messages in protobuf's wire format, written by hand so that they can be wrong.
struct WireWriter {
  private(set) var bytes: [UInt8] = []

  static func varint(_ value: UInt64) -> [UInt8] {
    var (rest, result) = (value, [UInt8]())
    while rest >= 0x80 {
      result.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return result + [UInt8(rest)]
  }

  mutating func raw(_ more: [UInt8]) { bytes += more }
  mutating func int(_ field: Int, _ value: Int) {
    bytes += Self.varint(UInt64(field) << 3) + Self.varint(UInt64(bitPattern: Int64(value)))
  }
  mutating func float(_ field: Int, _ value: Float) {
    bytes += Self.varint(UInt64(field) << 3 | 5)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
  }
  mutating func data(_ field: Int, _ value: [UInt8]) {
    bytes += Self.varint(UInt64(field) << 3 | 2) + Self.varint(UInt64(value.count)) + value
  }
  mutating func text(_ field: Int, _ value: String) { data(field, Array(value.utf8)) }
  mutating func message(_ field: Int, _ build: (inout WireWriter) -> Void) {
    var inner = WireWriter()
    build(&inner)
    data(field, inner.bytes)
  }
}

/// A model of which tests spoil one part.
struct TestModel {
  var irVersion = 8
  var opset: Int? = 17
  var nodes: [Part] = []
  var initializers: [Part] = []
  var inputs: [(String, [Int])] = [("x", [1, 3, 8, 8])]
  var outputs = ["y"]
  var inGraph: Part = { _ in }
  var inModel: Part = { _ in }

  static func node(
    _ type: String, _ inputs: [String], _ outputs: [String], domain: String = "", name: String = "",
    _ attributes: @escaping Part = { _ in }
  ) -> Part {
    { node in
      for input in inputs { node.text(1, input) }
      for output in outputs { node.text(2, output) }
      if !name.isEmpty { node.text(3, name) }
      node.text(4, type)
      attributes(&node)
      if !domain.isEmpty { node.text(7, domain) }
    }
  }

  static func ints(_ name: String, _ values: [Int]) -> Part {
    { node in
      node.message(5) { attribute in
        attribute.text(1, name)
        for value in values { attribute.int(8, value) }
        attribute.int(20, 7)
      }
    }
  }

  static func int(_ name: String, _ value: Int) -> Part {
    { node in
      node.message(5) { attribute in
        attribute.text(1, name)
        attribute.int(3, value)
        attribute.int(20, 2)
      }
    }
  }

  static func text(_ name: String, _ value: String) -> Part {
    { node in
      node.message(5) { attribute in
        attribute.text(1, name)
        attribute.text(4, value)
        attribute.int(20, 3)
      }
    }
  }

  /// A tensor of zeros.
  static func floats(_ name: String, _ dims: [Int], count: Int? = nil) -> Part {
    { tensor in
      for dim in dims { tensor.int(1, dim) }
      tensor.int(2, 1)
      tensor.text(8, name)
      tensor.data(9, [UInt8](repeating: 0, count: 4 * (count ?? dims.reduce(1, *))))
    }
  }

  static func integers(_ name: String, _ values: [Int]) -> Part {
    { tensor in
      tensor.int(1, values.count)
      tensor.int(2, 7)
      for value in values { tensor.int(7, value) }
      tensor.text(8, name)
    }
  }

  var bytes: [UInt8] {
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

/// Writes the fields of a message.
typealias Part = @Sendable (inout WireWriter) -> Void
