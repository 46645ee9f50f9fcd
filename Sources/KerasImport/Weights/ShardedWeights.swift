import Diagnostics
import ModelFiles
import Tensors

/// Weights in several HDF5 files, and the index (`*.weights.json`) that says which of them hold each group.
///
/// Keras 3.10 and later write them: `{"metadata": ..., "weight_map": {"/layers/conv2d/vars": "m_00000.weights.h5"}}`,
/// with a list of names where a group is spread over several files; Keras 3.10 names the first of them alone. The files are those of the index's own directory:
/// a name that leads elsewhere is refused, as is a link.
final class ShardedWeights: WeightHierarchy {
  let site: String
  private let shards: [HDF5File]
  /// The shard of each dataset.
  private var places: [String: Int] = [:]
  private var names: [String: [String]] = [:]

  /// Opens all shards; `files` gains them. `path` is that of the index.
  init(_ index: JSON, path: String, _ files: inout [FileBytes]) throws(ImportError) {
    site = path
    let map = try ShardedWeights.map(index, path)
    let shardNames = Set(map.values.flatMap { $0 }).sorted()
    guard shardNames.count <= Limits.shards else {
      throw ImportError(.limit, path, "names \(shardNames.count) files, at most \(Limits.shards) are accepted")
    }
    let directory = try ShardDirectory(ofFile: path)
    var shards: [HDF5File] = []
    for name in shardNames {
      let file = try directory.open(name, for: path)
      files.append(file)
      let filePath = directory.path(name)
      let kind = try ModelKind(file, filePath)
      guard kind == .otherHDF5 else {
        throw ImportError(.malformed, filePath, "is \(kind.described), not a part of the weights", remedy: kind.remedy)
      }
      shards.append(try HDF5File(file, site: filePath))
    }
    self.shards = shards
    for (number, name) in shardNames.enumerated() {
      let here = Set(map.filter { $0.value.contains(name) }.keys)
      try add(number, Set(map.keys), here, directory.path(name))
    }
    names = names.mapValues { Set($0).sorted() }
  }

  /// The files of each group, by its path without the leading slash.
  private static func map(_ index: JSON, _ path: String) throws(ImportError) -> [String: [String]] {
    guard let groups = index["weight_map"]?.object else {
      throw ImportError(.malformed, path, "weight_map must be an object")
    }
    var result: [String: [String]] = [:]
    for (key, value) in groups {
      let list = value.string.map { [$0] } ?? value.array?.compactMap(\.string) ?? []
      guard !list.isEmpty, list.count == value.array?.count ?? 1 else {
        throw ImportError(.malformed, path, "weight_map must give the names of files for \(printable(key))")
      }
      let group = key.split(separator: "/").joined(separator: "/")
      guard result.updateValue(list, forKey: group) == nil else {
        throw ImportError(.malformed, path, "weight_map lists \(printable(key)) twice")
      }
    }
    return result
  }

  /// Takes in a shard, which may hold the groups of `known` and must hold those of `here`.
  private func add(
    _ number: Int, _ known: Set<String>, _ here: Set<String>, _ path: String
  ) throws(ImportError) {
    var found: Set<String> = []
    for dataset in shards[number].datasets.sorted() {
      let group = dataset.lastIndex(of: "/").map { String(dataset[..<$0]) } ?? ""
      guard known.contains(group) else {
        throw ImportError(.malformed, path, "holds \(printable(dataset)), which \(printable(site)) does not list")
      }
      guard places.updateValue(number, forKey: dataset) == nil else {
        throw ImportError(.malformed, path, "holds \(printable(dataset)), as another file of these weights does")
      }
      found.insert(group)
      addNames(dataset)
    }
    if let group = here.subtracting(found).min() {
      throw ImportError(
        .malformed, path, "has no datasets in \(printable(group)), although \(printable(site)) places it there")
    }
  }

  /// Notes the members of all groups above a dataset.
  private func addNames(_ dataset: String) {
    var parent = ""
    for part in dataset.split(separator: "/") {
      names[parent, default: []].append(String(part))
      parent += (parent.isEmpty ? "" : "/") + part
    }
  }

  var datasets: [String] { Array(places.keys) }
  func members(of group: String) -> [String] { names[group] ?? [] }
  func isGroup(_ path: String) -> Bool { names[path] != nil }
  func isDataset(_ path: String) -> Bool { places[path] != nil }

  func strings(_ name: String, of path: String) throws(ImportError) -> [String]? {
    for shard in shards where isGroup(path) || isDataset(path) {
      if let strings = try shard.strings(name, of: path) { return strings }
    }
    return nil
  }

  func splitStrings(_ name: String, of path: String) throws(ImportError) -> [String]? { nil }

  func checkSum() throws(ImportError) {
    for shard in shards { try shard.checkSum() }
  }

  private func shard(_ dataset: String) throws(ImportError) -> HDF5File {
    guard let place = places[dataset] else { throw ImportError(.malformed, dataset, "there is no such dataset") }
    return shards[place]
  }

  func shape(ofDataset path: String) throws(ImportError) -> [Int] { try shard(path).shape(ofDataset: path) }

  func floats(ofDataset path: String, expected: Shape) throws(ImportError) -> [Float] {
    try shard(path).floats(ofDataset: path, expected: expected)
  }

  func facts(of path: String) -> DatasetFacts? { places[path].flatMap { shards[$0].facts(of: path) } }
  var optimizerCount: Int { 0 }
  var byteCount: Int { shards.reduce(0) { $0.addingClamped($1.byteCount) } }
}
