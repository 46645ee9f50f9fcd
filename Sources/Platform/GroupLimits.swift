/// What the control groups of a process let it use.
package struct GroupLimits: Sendable, Equatable {
  /// Bytes of memory; `nil` where no group limits it.
  package private(set) var memory: Int?
  /// Processors, as a share of time; `nil` where no group limits it.
  package private(set) var processors: Double?

  /// - Parameter read: the text of a file; `nil` where there is none.
  package init(read: (_ path: String) -> String?) {
    guard let groups = read("/proc/self/cgroup"), let mounts = read("/proc/self/mountinfo") else { return }
    add(ControlGroups(groups: groups, mounts: mounts), read)
  }

  private mutating func add(_ groups: ControlGroups, _ read: (_ path: String) -> String?) {
    func number(_ path: String) -> Int? { read(path).flatMap { Int(trimmed($0)) } }
    // A group has also what limits those above it; beyond `high` the kernel only slows down, but to a standstill.
    for directory in groups.unified {
      for file in ["memory.max", "memory.high"] { limit(memory: number("\(directory)/\(file)")) }
      let time = read("\(directory)/cpu.max").map { $0.split { $0.isWhitespace }.map { Int($0) } } ?? []
      if time.count == 2 { limit(quota: time[0], period: time[1]) }
    }
    for directory in groups.memory {
      limit(memory: number("\(directory)/memory.limit_in_bytes"))
      limit(memory: read("\(directory)/memory.stat").flatMap { field("hierarchical_memory_limit", of: $0) })
    }
    for directory in groups.processor {
      limit(quota: number("\(directory)/cpu.cfs_quota_us"), period: number("\(directory)/cpu.cfs_period_us"))
    }
  }

  /// Version 1 has a number near the largest for no limit.
  private mutating func limit(memory bytes: Int?) {
    guard let bytes, bytes >= 0, bytes < 1 << 62 else { return }
    memory = min(memory ?? .max, bytes)
  }

  /// Version 1 has -1 for no limit.
  private mutating func limit(quota: Int?, period: Int?) {
    guard let quota, let period, quota > 0, period > 0 else { return }
    processors = min(processors ?? .infinity, Double(quota) / Double(period))
  }
}

private func trimmed(_ text: String) -> Substring { text.split { $0.isWhitespace }.first ?? "" }

/// A number of a file of names and numbers, one to a line.
private func field(_ name: String, of text: String) -> Int? {
  for line in text.split(separator: "\n") {
    let fields = line.split(separator: " ")
    if fields.count == 2, fields[0] == name { return Int(fields[1]) }
  }
  return nil
}
