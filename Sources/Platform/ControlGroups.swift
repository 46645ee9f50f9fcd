/// The control groups of a process: from its own up to the topmost that can be seen, of either version.
///
/// Sources: `proc(5)` for `/proc/self/cgroup` and `/proc/self/mountinfo`, the kernel's `admin-guide/cgroup-v1/memory`,
/// `admin-guide/cgroup-v2` and `scheduler/sched-bwc`.
package struct ControlGroups: Sendable, Equatable {
  /// Directories of groups of version 2.
  package private(set) var unified: [String] = []
  /// Directories of groups of version 1 that limit memory, and of those that limit processor time.
  package private(set) var memory: [String] = []
  package private(set) var processor: [String] = []

  /// - Parameters:
  ///   - groups: the text of `/proc/self/cgroup`.
  ///   - mounts: the text of `/proc/self/mountinfo`.
  package init(groups: String, mounts: String) {
    let mounts = mounts.split(separator: "\n").compactMap { Mount($0) }
    for line in groups.split(separator: "\n") {
      // Number, controllers and path; a path may hold colons.
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let path = String(fields[2]), controllers = fields[1].split(separator: ",")
      if controllers.isEmpty {
        unified += directories(of: path, in: mounts.filter { $0.type == "cgroup2" })
      }
      func mounted(_ controller: String) -> [String] {
        guard controllers.contains(where: { $0 == controller }) else { return [] }
        return directories(of: path, in: mounts.filter { $0.type == "cgroup" && $0.options.contains(controller) })
      }
      memory += mounted("memory")
      processor += mounted("cpu")
    }
  }
}

/// The directories of a group and those above it, as they are mounted, the group's own first.
private func directories(of path: String, in mounts: [Mount]) -> [String] {
  var result: [String] = []
  for mount in mounts {
    for directory in mount.directories(of: path) where !result.contains(directory) { result.append(directory) }
  }
  return result
}

/// A line of `/proc/self/mountinfo`.
private struct Mount {
  /// The directory of the file system that is mounted, and where.
  let root: String, point: String
  let type: String
  /// Of a hierarchy of version 1 its controllers are among them.
  let options: Set<String>

  init?(_ line: Substring) {
    let fields = line.split(separator: " ")
    guard let dash = fields.dropFirst(6).firstIndex(of: "-"), fields.count > dash + 3 else { return nil }
    (root, point) = (unescaped(fields[3]), unescaped(fields[4]))
    type = String(fields[dash + 1])
    options = Set(fields[dash + 3].split(separator: ",").map(String.init))
  }

  /// From a group's directory up to the mount point. A container sees the groups of its host under paths that are not mounted in it:
  /// what is mounted then is its own group.
  func directories(of path: String) -> [String] {
    var below = path.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
    let above = root.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
    if below.contains("..") || !below.starts(with: above) { below = [] } else { below.removeFirst(above.count) }
    var result: [String] = []
    while true {
      result.append(([point == "/" ? "" : point] + below).joined(separator: "/"))
      if below.isEmpty { return result }
      below.removeLast()
    }
  }
}

/// A path of `/proc/self/mountinfo`, in which some bytes are `\` and three octal digits.
private func unescaped(_ text: Substring) -> String {
  var bytes: [UInt8] = []
  var rest = Array(text.utf8)[...]
  while let byte = rest.popFirst() {
    let digits = rest.prefix(3)
    if byte == UInt8(ascii: "\\"), digits.count == 3,
      let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
    {
      bytes.append(value)
      rest = rest.dropFirst(3)
    } else {
      bytes.append(byte)
    }
  }
  return String(decoding: bytes, as: UTF8.self)
}
