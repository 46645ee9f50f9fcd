import Tensors

/// What is read of `ModelProto`, in Swift's memory.
struct ModelMessage {
  var irVersion: Int
  var producer: String
  var opsets: [OperatorSet]
  var metadata: [(key: String, value: String)]
  var graph: GraphMessage
  var functions: [FunctionMessage]
}

struct OperatorSet: Hashable {
  /// Empty for ONNX itself.
  var domain: String
  var version: Int
}

struct GraphMessage {
  var name: String
  var nodes: [NodeMessage]
  var initializers: [TensorMessage]
  var inputs: [ValueMessage]
  var outputs: [ValueMessage]
}

struct NodeMessage {
  var name: String
  var type: String
  /// Empty for ONNX itself.
  var domain: String
  var overload: String
  var inputs: [String]
  var outputs: [String]
  var attributes: [String: AttributeMessage]
}

struct FunctionMessage {
  var name: String
  var domain: String
  var overload: String
  var inputs: [String]
  var outputs: [String]
  /// Attributes that a caller may give, and those with a value for callers that do not.
  var attributes: [String]
  var defaults: [String: AttributeMessage]
  var nodes: [NodeMessage]
  var opsets: [OperatorSet]
}

enum AttributeMessage {
  case float(Float), int(Int64), string(String), floats([Float]), ints([Int64]), strings([String])
  case tensor(TensorMessage)
  /// The attribute of this name of the function around the node.
  case reference(String)
  /// Something that is not read, such as a graph.
  case other(String)
}

struct ValueMessage {
  var name: String
  /// Nil for sequences, maps and optionals.
  var type: ElementTypeAndShape?
}

struct ElementTypeAndShape {
  /// The number of the element type in the file.
  var code: Int32
  /// Nil where not even the rank is known; a size is nil where it is open.
  var dims: [Int?]?
}

/// A tensor of a file.
struct TensorMessage {
  var name: String
  var dims: [Int]
  var element: ElementType
  var values: Values

  enum Values {
    case inline(Tensor)
    case external([(key: String, value: String)])
    /// Of a type that is not carried.
    case refused
  }
}
