import ModelFiles

/// Limits on what a Keras file may declare.
extension Limits {
  static let configBytes = 64 << 20
  static let jsonDepth = 128
  /// Groups and datasets of an HDF5 file.
  static let objects = 1_000_000
  static let linkDepth = 64
  static let attributeBytes = 64 << 20
  /// Files of sharded weights.
  static let shards = 1000
  /// Members of an archive.
  static let members = 10_000
}
