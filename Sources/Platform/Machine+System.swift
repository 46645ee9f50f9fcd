import Glibc

extension Machine {
  /// What the system says of this process.
  package static func system() -> Machine {
    let present = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    let status = ProcessStatus.current
    return Machine(
      processors: present, allowedProcessors: status.allowedProcessors ?? present,
      physicalMemory: sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)),
      groups: GroupLimits(read: smallFile),
      addressSpace: status.memoryLeft(addressSpace: limit(RLIMIT_AS), data: limit(RLIMIT_DATA)))
  }

  private static func limit(_ resource: __rlimit_resource) -> Int? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0 else { return nil }
    return limit.rlim_cur < UInt(Int.max >> 1) ? Int(limit.rlim_cur) : nil
  }
}

extension ProcessStatus {
  /// This process, now.
  package static var current: ProcessStatus { ProcessStatus(smallFile("/proc/self/status") ?? "") }
}

/// The text of a file of the kernel's; `nil` where there is none, or where it is longer than such files are.
private func smallFile(_ path: String) -> String? {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var part = [UInt8](repeating: 0, count: 1 << 16)
  while bytes.count < 1 << 24 {
    let count = read(descriptor, &part, part.count)
    if count < 0 && errno == EINTR { continue }
    guard count > 0 else { return count == 0 ? String(decoding: bytes, as: UTF8.self) : nil }
    bytes += part[..<count]
  }
  return nil
}
