import CMalloc
import Engine
import Glibc
import Graphs
import Tensors

/// Bytes of the machine's memory.
func physicalMemory() -> Int { sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) }

/// The most memory that this program has held so far, in bytes.
///
/// Not `ru_maxrss`, which counts what a parent held that started this process by `vfork`.
func peakResidentBytes() -> Int { statusBytes("VmHWM:") }

/// The memory that this process holds now, in bytes, after what the allocator keeps unused has been given back.
func residentBytes() -> Int {
  malloc_trim(0)
  return statusBytes("VmRSS:")
}

/// A field of `/proc/self/status` that is in KiB; 0 when there is none.
private func statusBytes(_ name: String) -> Int {
  guard let file = fopen("/proc/self/status", "r") else { return 0 }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 256)
  while fgets(&line, Int32(line.count), file) != nil {
    let fields = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self).split { $0.isWhitespace }
    if fields.count > 1, fields[0] == name { return (Int(fields[1]) ?? 0) << 10 }
  }
  return 0
}

/// Makes memory predictable: large blocks go back to the system when they are freed, and threads share two heaps instead of growing one each.
func limitAllocatorCaches() {
  mallopt(M_MMAP_THRESHOLD, 1 << 20)
  mallopt(M_TRIM_THRESHOLD, 4 << 20)
  mallopt(M_ARENA_MAX, 2)
}

/// For a command that holds weights several times, one after the other: what it frees it uses again, and on huge pages, since getting new
/// pages from the system takes longer than the work on them. `bytes` are what it may need in all; none are taken before they are used.
func reuseFreedMemory(_ bytes: Int) {
  mallopt(M_MMAP_MAX, 0)
  mallopt(M_TRIM_THRESHOLD, .max)
  guard bytes > 0, let block = malloc(bytes) else { return }
  // Freed without having been touched, it becomes the heap's.
  let page = 1 << 21
  let start = block.alignedUp(toMultipleOf: page)
  _ = madvise(start, max(bytes - page, 0) / page * page, Int32(MADV_HUGEPAGE))
  free(block)
}

/// `120 MiB`
func mebibytes(_ bytes: Int) -> String { "\((bytes + (1 << 20) - 1) >> 20) MiB" }

/// Throws where a run would take more memory than the machine has: the system grants that, and kills what uses it.
func requireMemory(_ bytes: Int, _ file: String) throws(Failure) {
  guard bytes > physicalMemory() else { return }
  throw Failure(
    .limit, file: file, at: "memory", "\(mebibytes(bytes)) are needed, the machine has \(mebibytes(physicalMemory()))")
}

extension Plan {
  /// Bytes of a session's memory, and of the outputs that it hands out.
  func sessionBytes(threads: Int) -> Int { sum([arenaBytes(threads: threads)] + outputTypes.map { $0.type.byteCount }) }
}

extension Graph {
  /// Bytes of all values, which the plain definitions keep; none of those whose shape is not known.
  var valueBytes: Int { sum(nodes.flatMap { $0.types.map(\.byteCount) }) }
}

extension TensorType {
  fileprivate var byteCount: Int { shape.map { $0.count * dataType.byteCount } ?? 0 }
}

/// A sum that ends at the largest number.
private func sum(_ bytes: [Int]) -> Int {
  bytes.reduce(0) { total, next in
    let (result, hasOverflow) = total.addingReportingOverflow(next)
    return hasOverflow ? .max : result
  }
}
