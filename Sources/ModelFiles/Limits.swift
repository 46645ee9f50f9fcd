/// What any reader of model files accepts at most. Beyond it a file is refused with `ImportError.Kind.limit`, unless said otherwise.
package enum Limits {
  // Files.

  /// Bytes of a file.
  package static let fileBytes = 4 << 30
  /// Bytes of a file beside a model that is looked into for metadata; larger ones are passed over.
  package static let metadataBytes = 16 << 20
  /// Lists and dictionaries within each other in metadata; deeper ones are malformed.
  package static let literalDepth = 32

  // Models.

  /// Layers or nodes.
  package static let layers = 100_000
  /// Dimensions of a tensor.
  package static let rank = 8
  /// Elements along one dimension of a tensor.
  package static let dimension = Int(Int32.max)
  /// Bytes of all weights, unpacked.
  package static let weightBytes = 8 << 30
  /// Pixels along one side of the images that metadata declares; larger sizes are passed over.
  package static let imageSide = 1 << 20

  // Archives of Keras.

  /// Members of an archive.
  package static let members = 10_000
  /// Bytes of an archive's directory, of which each member takes 46 and its name.
  package static let directoryBytes = 16 << 20
  /// Bytes of a configuration in JSON.
  package static let configBytes = 64 << 20
  /// Lists and objects within each other in a configuration; deeper ones are malformed.
  package static let jsonDepth = 128
  /// Files of sharded weights.
  package static let shards = 1000

  // HDF5.

  /// Groups and datasets of a file, members of a group, entries of a tree, or chunks of a dataset.
  package static let objects = 1_000_000
  /// Groups within each other, or levels of a tree.
  package static let linkDepth = 64
  /// Bytes of an attribute.
  package static let attributeBytes = 64 << 20
  /// Messages of an object's header.
  package static let headerMessages = 1 << 16

  // ONNX.

  /// Bytes of one message: protobuf cannot hold more.
  package static let messageBytes = Int(Int32.max)
  /// Fields of all messages.
  package static let messageFields = 8 << 20
  /// Bytes of a name.
  package static let nameBytes = 1 << 20
  /// Bytes of an attribute's text, or of a field that is not read.
  package static let textBytes = 16 << 20
  /// Functions that call each other.
  package static let callDepth = 64
  /// Sizes, strides, dilations and pads of a window, in elements; larger ones are malformed.
  package static let windowSize = 1 << 20
}
