/// What a process may use of the machine.
package struct Machine: Sendable, Equatable {
  /// Processors that are there, and those that the process may run on.
  package var processors: Int
  package var allowedProcessors: Int
  /// Bytes of the machine's memory.
  package var physicalMemory: Int
  package var groups: GroupLimits
  /// Bytes of address space and of data that the process may still take beside what it holds now; `nil` where they are not limited.
  package var addressSpace: Int?

  package init(
    processors: Int, allowedProcessors: Int, physicalMemory: Int, groups: GroupLimits, addressSpace: Int? = nil
  ) {
    (self.processors, self.allowedProcessors) = (processors, allowedProcessors)
    (self.physicalMemory, self.groups, self.addressSpace) = (physicalMemory, groups, addressSpace)
  }

  /// The number of threads that can compute at a time: a processor that is given for a part of the time counts.
  package var threads: Int {
    let allowed = max(1, min(processors, allowedProcessors))
    guard let share = groups.processors, share < Double(allowed) else { return allowed }
    return max(1, Int(share.rounded(.up)))
  }

  /// What keeps a process from the rest of the machine's memory.
  package enum MemoryBound: Sendable, Equatable { case machine, group, addressSpace }

  /// The most that the process can hold, in bytes, and what limits it.
  package var memory: (bytes: Int, bound: MemoryBound) {
    var result = (bytes: physicalMemory, bound: MemoryBound.machine)
    if let limit = groups.memory, limit < result.bytes { result = (limit, .group) }
    if let limit = addressSpace, limit < result.bytes { result = (max(limit, 0), .addressSpace) }
    return result
  }

  /// What a run takes of the memory unless it is told otherwise: half of a machine that others use, too, 4 GiB at most. A limit that was
  /// set for this process or its group is used but for an eighth, which is left for what the system keeps of its files there.
  package var usualMemory: Int {
    let (bytes, bound) = memory
    let share = min(4 << 30, physicalMemory / 2)
    return bound == .machine ? share : min(share, bytes - bytes / 8)
  }
}
