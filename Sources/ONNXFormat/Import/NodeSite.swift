import Diagnostics
import Graphs
import ModelFiles
import Ops
import Tensors

/// One node of the file while the graph is built: its inputs and attributes, and the graph it adds to.
struct NodeSite {
  let node: FlatGraph.FlatNode
  /// The name of the last of the nodes that are added.
  let name: String
  let inputs: [Value?]
  let builder: ONNXBuilder
  let reads = AttributeReads()

  /// Version of ONNX's operators where the node stands.
  var opset: Int { node.opset }

  func type(_ value: Value) -> TensorType { builder.graph[value] }

  func error(_ what: String) -> ImportError { ImportError(.malformed, node.name, "\(node.type): \(what)") }

  func unsupported(_ what: String, remedy: Remedy? = nil) -> ImportError {
    ImportError(.unsupported, node.name, "\(node.type): \(what)", remedy: remedy)
  }

  /// Adds an operator; `part` names those that are not the node's last.
  func add(_ op: any Op, _ inputs: [Value], part: String? = nil) throws(ImportError) -> Value {
    let name = part.map { builder.unique(self.name + "/" + $0) } ?? self.name
    do {
      let value = try builder.graph.add(op, inputs, name: name)
      // What follows from sizes that are given is known to the nodes that come after.
      if !(op is Identity) { try builder.graph.settleLast() }
      return value
    } catch {
      let isOpen = op is any DeferredOp && inputs.contains { known($0) == nil && type($0).rank <= 1 }
      throw ImportError(isOpen ? .unsupported : .malformed, node.name, "\(node.type): \(error.what)")
    }
  }

  func constant(_ tensor: Tensor, part: String) -> Value {
    builder.graph.constant(tensor, name: builder.unique(name + "/" + part))
  }

  /// A number as a constant of the type of a tensor.
  func constant(_ number: Double, like value: Value, part: String) -> Value {
    constant(Tensor([], .float64([number])).converted(to: type(value).dataType), part: part)
  }

  // MARK: inputs

  func optional(_ index: Int) -> Value? { index < inputs.count ? inputs[index] : nil }

  func input(_ index: Int) throws(ImportError) -> Value {
    guard let value = optional(index) else { throw error("needs input \(index + 1)") }
    return value
  }

  /// Inputs that must all be there, at least `count` of them.
  func allInputs(atLeast count: Int = 1) throws(ImportError) -> [Value] {
    let present = inputs.compactMap { $0 }
    guard present.count == inputs.count, present.count >= count else { throw error("needs \(count) inputs or more") }
    return present
  }

  /// An input of float32.
  func float(_ index: Int) throws(ImportError) -> Value {
    let value = try input(index)
    guard type(value).dataType == .float32 else {
      throw unsupported("takes float32, gets \(type(value))")
    }
    return value
  }

  /// The elements of a value that is known now, before sizes are: a constant, or what follows from sizes that are given.
  func known(_ value: Value) -> Tensor? { builder.graph.constant(value) ?? type(value).tensor }

  /// The whole numbers of an input that is known now; nil where there is no such input.
  func knownIntegers(_ index: Int, _ what: String) throws(ImportError) -> [Int]? {
    guard let value = optional(index) else { return nil }
    guard let tensor = known(value) else { throw unsupported("the \(what) must be known beforehand") }
    return try integers(tensor, what)
  }

  func integers(_ tensor: Tensor, _ what: String) throws(ImportError) -> [Int] {
    switch tensor.elements {
    case .int64(let elements): return elements.map { Int(clamping: $0) }
    case .int32(let elements): return elements.map { Int($0) }
    default: throw error("the \(what) must be integers, gets \(tensor.type)")
    }
  }

  /// The single number of an input that is known now; nil where there is no such input.
  func knownNumber(_ index: Int, _ what: String) throws(ImportError) -> Double? {
    guard let value = optional(index) else { return nil }
    guard let tensor = known(value) else { throw unsupported("the \(what) must be known beforehand") }
    guard tensor.shape.count == 1, let number = tensor.doubles.first else {
      throw error("the \(what) must be one number, gets \(tensor.type)")
    }
    return number
  }

  /// Where an axis stands, counted from the front.
  func axis(_ axis: Int, rank: Int) throws(ImportError) -> Int {
    guard (-rank..<rank).contains(axis) else { throw error("axis \(axis) does not exist in rank \(rank)") }
    return axis < 0 ? axis + rank : axis
  }

  /// Leaves out the operator: its result is a value that is there already. It keeps the name, so that it can be an output.
  func pass(_ value: Value) throws(ImportError) -> [Value] { [try add(Identity(), [value])] }
}
