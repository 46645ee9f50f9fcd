/// A process as `/proc/self/status` shows it (`proc(5)`).
package struct ProcessStatus: Sendable {
  private var fields: [String: String] = [:]

  package init(_ text: String) {
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2 { fields[String(parts[0])] = parts[1].split { $0.isWhitespace }.joined(separator: " ") }
    }
  }

  /// The bytes of a field that is in KiB; 0 where there is none.
  package func bytes(_ name: String) -> Int {
    guard let text = fields[name], text.hasSuffix(" kB"), let count = Int(text.dropLast(3)) else { return 0 }
    return count << 10
  }

  /// The processors of the affinity mask, which a set of processors of a control group is part of; `nil` where it is not told.
  package var allowedProcessors: Int? {
    guard let mask = fields["Cpus_allowed"] else { return nil }
    let count = mask.reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
    return count > 0 ? count : nil
  }

  /// What limits on the address space and on the data of a process, in bytes, leave it, together with the memory that it holds; `nil`
  /// without limits.
  package func memoryLeft(addressSpace: Int?, data: Int?) -> Int? {
    let left = [addressSpace.map { $0 - bytes("VmSize") }, data.map { $0 - bytes("VmData") }].compactMap { $0 }.min()
    return left.map { max(0, $0) + bytes("VmRSS") }
  }
}
