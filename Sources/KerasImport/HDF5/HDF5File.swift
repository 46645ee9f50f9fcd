package import ModelFiles

/// The groups and datasets of an HDF5 file, read where its bytes lie.
///
/// All links are examined when the file is opened: soft, external and user-defined links are refused wherever they are,
/// so that nothing outside of the file can be reached. Paths have no leading slash; the root is the empty path.
/// Backslashes in link names, which Keras 2 wrote on Windows, count as slashes.
package final class HDF5File {
  package enum Kind: Sendable { case group, dataset }
  package struct Object: Sendable {
    package var kind: Kind
    /// The path as it is in the file, with a slash at its start.
    package var path: String
    /// Where its header lies; nil for a group that only a name with backslashes implies.
    package var address: UInt64?
  }

  package private(set) var objects: [String: Object] = [:]
  /// Names of the members of each group, sorted.
  private(set) var members: [String: [String]] = [:]
  let site: String
  let bytes: HDF5Bytes
  private let heap: HDF5GlobalHeap
  /// The attributes that were asked for last.
  private var attributes: (address: UInt64, byName: [String: HDF5Attribute])?

  /// Errors: no HDF5 file, a damaged group, a link that is not allowed, more objects than are accepted.
  package init(_ source: any ByteSource, site: String) throws(ImportError) {
    self.site = site
    let superblock = try HDF5Superblock(source, site: site)
    bytes = HDF5Bytes(source, start: superblock.start, sizes: superblock.sizes)
    heap = HDF5GlobalHeap(bytes)
    try walk(superblock.root)
    for (group, names) in members { members[group] = names.sorted() }
  }

  var byteCount: Int { bytes.source.count }

  func isGroup(_ path: String) -> Bool { objects[path]?.kind == .group }
  func isDataset(_ path: String) -> Bool { objects[path]?.kind == .dataset }

  private func walk(_ root: UInt64) throws(ImportError) {
    let header = try HDF5ObjectHeader(bytes, at: root, site: site)
    guard header.kind == .group else { throw ImportError(.malformed, site, "has an HDF5 root that is no group") }
    objects[""] = Object(kind: .group, path: "/", address: root)
    // A group met again is a cycle of hard links, or one group under two names.
    var visited: Set<UInt64> = [root]
    var pending: [(key: String, path: String, header: HDF5ObjectHeader, depth: Int)] = [("", "/", header, 0)]
    while let next = pending.popLast() {
      guard next.depth <= Limits.linkDepth else { throw ImportError(.limit, next.path, "groups are nested too deep") }
      for (name, address) in try HDF5Links(bytes: bytes, path: next.path).links(next.header) {
        let path = (next.path == "/" ? "/" : next.path + "/") + name
        let header = try HDF5ObjectHeader(bytes, at: address, site: path)
        let kind = header.kind
        if kind == .other { continue }
        add(name, Object(kind: kind == .group ? .group : .dataset, path: path, address: address), under: next.key)
        if kind == .group, visited.insert(address).inserted {
          pending.append((joined(next.key, name), path, header, next.depth + 1))
        }
        guard objects.count <= Limits.objects else {
          throw ImportError(.limit, site, "has more than \(Limits.objects) HDF5 objects")
        }
      }
    }
  }

  private func joined(_ parent: String, _ name: String) -> String {
    (parent.isEmpty ? "" : parent + "/") + name.replacing("\\", with: "/")
  }

  /// Records an object, and the groups that its name implies when it contains backslashes.
  private func add(_ name: String, _ object: Object, under parent: String) {
    var key = parent
    let parts = name.split(separator: "\\").map(String.init)
    for (place, part) in parts.enumerated() {
      let child = joined(key, part)
      if objects[child] == nil { members[key, default: []].append(part) }
      if place == parts.count - 1 {
        objects[child] = object
      } else if objects[child] == nil {
        objects[child] = Object(kind: .group, path: object.path)
      }
      key = child
    }
  }

  /// The strings of an attribute, nil when there is none: fixed-length or variable-length, scalar or array. An
  /// attribute without elements gives no strings whatever its type.
  package func strings(_ name: String, of path: String) throws(ImportError) -> [String]? {
    guard let object = objects[path], let address = object.address else { return nil }
    if attributes?.address != address {
      let header = try HDF5ObjectHeader(bytes, at: address, site: object.path)
      attributes = (address, try HDF5Attribute.all(header, bytes, site: object.path))
    }
    return try attributes?.byName[name]?.strings(heap, site: object.path + " " + name)
  }

  /// A list that may have been split into `name0`, `name1`, ... because it was too long for one attribute.
  func splitStrings(_ name: String, of path: String) throws(ImportError) -> [String]? {
    if let whole = try strings(name, of: path) { return whole }
    var all: [String]?
    for chunk in 0..<Limits.objects {
      guard let part = try strings(name + String(chunk), of: path) else { break }
      all = (all ?? []) + part
    }
    return all
  }
}
