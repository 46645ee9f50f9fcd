import Tensors

/// A node of an ONNX graph that is being written.
struct DraftNode {
  var op: String
  var inputs: [String]
  var outputs: [String]
  var attributes: [(name: String, value: DraftAttribute)] = []
}

enum DraftAttribute {
  case int(Int)
  case float(Float)
  case ints([Int])
  case text(String)
}

/// A weight: a tensor in the layout that ONNX wants.
struct DraftInitializer {
  var name: String
  var tensor: PermutedTensor
}

/// An input or output with its type.
struct DraftValue {
  var name: String
  var type: TensorType
  /// What stands for each size that is unknown.
  var symbols: [String?]
}

/// An ONNX model that is being written.
struct DraftModel {
  var name = "model"
  var producerVersion = ""
  var nodes: [DraftNode] = []
  var initializers: [DraftInitializer] = []
  var inputs: [DraftValue] = []
  var outputs: [DraftValue] = []
  /// Keys and values of `metadata_props`, in order.
  var metadata: [(key: String, value: String)] = []

  /// The intermediate representation of ONNX 1.12, and its operator set.
  static let irVersion: Int64 = 8
  static let opset: Int64 = 17
}

extension DataType {
  /// `TensorProto.DataType` (onnx.proto).
  var onnxNumber: Int32 {
    switch self {
    case .float32: 1
    case .uint8: 2
    case .int8: 3
    case .int32: 6
    case .int64: 7
    case .bool: 9
    case .float64: 11
    }
  }
}
