import CHDF5

/// The groups and datasets of an HDF5 file, read where its bytes lie.
///
/// All links are examined when the file is opened: soft, external and user-defined links are refused wherever they are,
/// so that nothing outside of the file can be reached. Paths have no leading slash; the root is the empty path.
/// Backslashes in link names, which Keras 2 wrote on Windows, count as slashes.
final class HDF5File {
  enum Kind: Sendable { case group, dataset }
  struct Object: Sendable {
    var kind: Kind
    /// The path as libhdf5 knows it.
    var path: String
  }

  private(set) var objects: [String: Object] = [:]
  /// Names of the members of each group, sorted.
  private(set) var members: [String: [String]] = [:]
  let site: String
  let id: hid_t
  private let image: HDF5Image

  init(_ source: any ByteSource, site: String) throws(KerasError) {
    self.site = site
    let image = HDF5Image(source)
    self.image = image
    let heaps = try HDF5Heaps(image, site: site)
    id = try HDF5Library.locked { () throws(KerasError) -> hid_t in
      let file = image.open()
      guard file >= 0 else { throw KerasError(.malformed, site, "is a damaged HDF5 file") }
      return file
    }
    let (objects, members) = try HDF5Library.locked { () throws(KerasError) in try walk(heaps) }
    self.objects = objects
    for (group, names) in members { self.members[group] = names.sorted() }
    if image.hasFailed { throw KerasError(.unreadable, site, "ended early or could not be read") }
  }

  var byteCount: Int { image.count }

  deinit {
    let id = id
    _ = try? HDF5Library.locked { () throws(KerasError) in H5Fclose(id) }
  }

  func isGroup(_ path: String) -> Bool { objects[path]?.kind == .group }
  func isDataset(_ path: String) -> Bool { objects[path]?.kind == .dataset }

  private typealias Tree = (objects: [String: Object], members: [String: [String]])

  private func walk(_ heaps: HDF5Heaps) throws(KerasError) -> Tree {
    var tree: Tree = (["": Object(kind: .group, path: "/")], [:])
    var visited: Set<UInt64> = []
    var pending: [(key: String, path: String, depth: Int)] = [("", "/", 0)]
    while let next = pending.popLast() {
      guard next.depth <= Limits.linkDepth else { throw KerasError(.limit, next.path, "groups are nested too deep") }
      guard let group = HDF5Handle(H5Gopen2(id, next.path, seg_h5_default()), H5Gclose) else {
        throw KerasError(.malformed, next.path, "the HDF5 group cannot be opened")
      }
      var address: UInt64 = 0
      guard seg_h5_object(group.id, &address) == 0 else {
        throw KerasError(.malformed, next.path, "the HDF5 group cannot be examined")
      }
      try heaps.checkAttributes(ofHeaderAt: address)
      // A group met again is a cycle of hard links, or one group under two names.
      guard visited.insert(address).inserted else { continue }
      for (name, isHard) in try links(of: group.id, next.path) {
        let path = (next.path == "/" ? "/" : next.path + "/") + name
        guard isHard else {
          throw KerasError(
            .malformed, path, "links that leave the file are not allowed (soft, external or user-defined link)")
        }
        guard let object = HDF5Handle(H5Oopen(group.id, name, seg_h5_default()), H5Oclose) else {
          throw KerasError(.malformed, path, "the HDF5 object cannot be opened")
        }
        let kind = seg_h5_object(object.id, &address)
        guard kind >= 0 else { throw KerasError(.malformed, path, "the HDF5 object cannot be examined") }
        if kind == 2 { continue }
        try heaps.checkAttributes(ofHeaderAt: address)
        add(name, kind == 0 ? .group : .dataset, path, under: next.key, to: &tree)
        if kind == 0 { pending.append((joined(next.key, name), path, next.depth + 1)) }
        guard tree.objects.count <= Limits.objects else {
          throw KerasError(.limit, site, "has more than \(Limits.objects) HDF5 objects")
        }
      }
    }
    return tree
  }

  private func joined(_ parent: String, _ name: String) -> String {
    (parent.isEmpty ? "" : parent + "/") + name.replacing("\\", with: "/")
  }

  /// Records an object, and the groups that its name implies when it contains backslashes.
  private func add(_ name: String, _ kind: Kind, _ path: String, under parent: String, to tree: inout Tree) {
    var key = parent
    let parts = name.split(separator: "\\").map(String.init)
    for (place, part) in parts.enumerated() {
      let child = joined(key, part)
      if tree.objects[child] == nil { tree.members[key, default: []].append(part) }
      if place == parts.count - 1 {
        tree.objects[child] = Object(kind: kind, path: path)
      } else if tree.objects[child] == nil {
        tree.objects[child] = Object(kind: .group, path: "/")
      }
      key = child
    }
  }

  private func links(of group: hid_t, _ path: String) throws(KerasError) -> [(name: String, isHard: Bool)] {
    let list = LinkList()
    let visitor = seg_h5_link_visitor(context: Unmanaged.passUnretained(list).toOpaque()) { (context, name, isHard) in
      guard let context, let name else { return -1 }
      return Unmanaged<LinkList>.fromOpaque(context).takeUnretainedValue().add(name, isHard != 0)
    }
    guard withExtendedLifetime(list, { seg_h5_visit_links(group, visitor) }) == 0 else {
      throw KerasError(.malformed, path, "the HDF5 group cannot be listed")
    }
    return list.links
  }
}

/// The links of a group while libhdf5 visits them.
private final class LinkList {
  private(set) var links: [(name: String, isHard: Bool)] = []

  /// Anything but 0 ends the visit.
  func add(_ name: UnsafePointer<CChar>, _ isHard: Bool) -> Int32 {
    let name = String(cString: name)
    guard !name.isEmpty, name.utf8.count < 65_536, links.count < Limits.objects else { return -1 }
    links.append((name, isHard))
    return 0
  }
}
