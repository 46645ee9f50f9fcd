import CONNX
import Glibc
import Tensors

/// The messages of a model that is written, as protobuf-c packs them. They are
/// valid while `body` runs.
func withPackedModel<R>(
  _ draft: DraftModel, external: ExternalWeights?, _ body: (UnsafePointer<ProtobufCMessage>) -> R
) -> R {
  let arena = MessageArena()
  var graph = Onnx__GraphProto()
  onnx__graph_proto__init(&graph)
  graph.name = arena.string(draft.name)
  graph.n_node = draft.nodes.count
  graph.node = arena.list(draft.nodes.map { packed($0, arena) })
  graph.n_initializer = draft.initializers.count
  graph.initializer = arena.list(draft.initializers.map { packed($0, external, arena) })
  graph.n_input = draft.inputs.count
  graph.input = arena.list(draft.inputs.map { packed($0, arena) })
  graph.n_output = draft.outputs.count
  graph.output = arena.list(draft.outputs.map { packed($0, arena) })

  var opset = Onnx__OperatorSetIdProto()
  onnx__operator_set_id_proto__init(&opset)
  opset.domain = arena.string("")
  (opset.has_version, opset.version) = (1, DraftModel.opset)

  var model = Onnx__ModelProto()
  onnx__model_proto__init(&model)
  (model.has_ir_version, model.ir_version) = (1, DraftModel.irVersion)
  model.producer_name = arena.string("seginfer")
  model.producer_version = arena.string(draft.producerVersion)
  model.graph = arena.copy([graph])
  model.n_opset_import = 1
  model.opset_import = arena.list([opset])
  model.n_metadata_props = draft.metadata.count
  model.metadata_props = arena.list(draft.metadata.map { packed($0.key, $0.value, arena) })
  let place = arena.copy([model])
  return withExtendedLifetime(arena) {
    place.withMemoryRebound(to: ProtobufCMessage.self, capacity: 1) { body($0) }
  }
}

private func packed(_ key: String, _ value: String, _ arena: MessageArena) -> Onnx__StringStringEntryProto {
  var entry = Onnx__StringStringEntryProto()
  onnx__string_string_entry_proto__init(&entry)
  (entry.key, entry.value) = (arena.string(key), arena.string(value))
  return entry
}

private func packed(_ node: DraftNode, _ arena: MessageArena) -> Onnx__NodeProto {
  var message = Onnx__NodeProto()
  onnx__node_proto__init(&message)
  message.name = arena.string(node.outputs.first ?? node.op)
  message.op_type = arena.string(node.op)
  message.n_input = node.inputs.count
  message.input = arena.copy(node.inputs.map { Optional(arena.string($0)) })
  message.n_output = node.outputs.count
  message.output = arena.copy(node.outputs.map { Optional(arena.string($0)) })
  message.n_attribute = node.attributes.count
  message.attribute = arena.list(node.attributes.map { packed($0.name, $0.value, arena) })
  return message
}

/// Numbers of `AttributeProto.AttributeType`: FLOAT 1, INT 2, STRING 3, INTS 7.
private func packed(_ name: String, _ value: DraftAttribute, _ arena: MessageArena) -> Onnx__AttributeProto {
  var message = Onnx__AttributeProto()
  onnx__attribute_proto__init(&message)
  message.name = arena.string(name)
  message.has_type = 1
  switch value {
  case .float(let value): (message.type, message.has_f, message.f) = (1, 1, value)
  case .int(let value): (message.type, message.has_i, message.i) = (2, 1, Int64(value))
  case .text(let text):
    let bytes = Array(text.utf8)
    (message.type, message.has_s) = (3, 1)
    message.s = ProtobufCBinaryData(len: bytes.count, data: arena.copy(bytes))
  case .ints(let values):
    (message.type, message.n_ints) = (7, values.count)
    message.ints = arena.copy(values.map { Int64($0) })
  }
  return message
}

private func packed(_ initializer: DraftInitializer, _ external: ExternalWeights?, _ arena: MessageArena)
  -> Onnx__TensorProto
{
  let tensor = initializer.tensor
  var message = Onnx__TensorProto()
  onnx__tensor_proto__init(&message)
  message.name = arena.string(initializer.name)
  (message.has_data_type, message.data_type) = (1, tensor.source.dataType.onnxNumber)
  message.n_dims = tensor.shape.rank
  message.dims = arena.copy(tensor.shape.dims.map { Int64($0) })
  if let external, let place = external.places[initializer.name] {
    // TensorProto.DataLocation: EXTERNAL 1.
    (message.has_data_location, message.data_location) = (1, 1)
    let entries = [
      ("location", external.location), ("offset", "\(place.lowerBound)"), ("length", "\(place.count)"),
    ]
    message.n_external_data = entries.count
    message.external_data = arena.list(entries.map { packed($0.0, $0.1, arena) })
    return message
  }
  // In native order: the processors that there are kernels for are little-endian, as the format is.
  let bytes = arena.room(UInt8.self, count: tensor.byteCount)
  tensor.write(into: UnsafeMutableRawBufferPointer(start: bytes, count: tensor.byteCount))
  message.has_raw_data = 1
  message.raw_data = ProtobufCBinaryData(len: tensor.byteCount, data: bytes)
  return message
}

private func packed(_ value: DraftValue, _ arena: MessageArena) -> Onnx__ValueInfoProto {
  var shape = Onnx__TensorShapeProto()
  onnx__tensor_shape_proto__init(&shape)
  shape.n_dim = value.type.rank
  shape.dim = arena.list(
    zip(value.type.dims, value.symbols).map { size, symbol in
      var dim = Onnx__TensorShapeProto__Dimension()
      onnx__tensor_shape_proto__dimension__init(&dim)
      if let size {
        (dim.has_dim_value, dim.dim_value) = (1, Int64(size))
      } else {
        dim.dim_param = arena.string(symbol ?? "?")
      }
      return dim
    })
  var tensor = Onnx__TypeProto__Tensor()
  onnx__type_proto__tensor__init(&tensor)
  (tensor.has_elem_type, tensor.elem_type) = (1, value.type.dataType.onnxNumber)
  tensor.shape = arena.copy([shape])
  var type = Onnx__TypeProto()
  onnx__type_proto__init(&type)
  type.tensor_type = arena.copy([tensor])
  var message = Onnx__ValueInfoProto()
  onnx__value_info_proto__init(&message)
  message.name = arena.string(value.name)
  message.type = arena.copy([type])
  return message
}
