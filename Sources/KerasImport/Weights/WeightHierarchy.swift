import ModelFiles

/// The groups and datasets that hold the weights of a model, in one HDF5 file or in several. Paths have no leading
/// slash; the root is the empty path.
protocol WeightHierarchy: WeightSource {
  /// Paths of all datasets, in no order.
  var datasets: [String] { get }

  /// The names within a group, sorted; none where there is no such group.
  func members(of group: String) -> [String]
  func isGroup(_ path: String) -> Bool
  func isDataset(_ path: String) -> Bool

  /// The strings of an attribute; nil when there is none.
  func strings(_ name: String, of path: String) throws(ImportError) -> [String]?

  /// The strings of an attribute that may be split into `name0`, `name1`, ...; nil when there is none.
  func splitStrings(_ name: String, of path: String) throws(ImportError) -> [String]?

  /// Holds the bytes against their checksum where there is one.
  func checkSum() throws(ImportError)
}

extension HDF5File: WeightHierarchy {
  var datasets: [String] { objects.filter { $1.kind == .dataset }.map(\.key) }
  func members(of group: String) -> [String] { members[group] ?? [] }
  func checkSum() throws(ImportError) { try bytes.source.checkSum() }
}
