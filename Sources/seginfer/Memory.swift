import CMalloc
import Engine
import Glibc
import Graphs
import Platform
import Tensors

extension Machine {
  /// As it was when the program first asked.
  static let current = Machine.system()
}

/// The most memory that this program has held so far, in bytes.
///
/// Not `ru_maxrss`, which counts what a parent held that started this process by `vfork`.
func peakResidentBytes() -> Int { ProcessStatus.current.bytes("VmHWM") }

/// The memory that this process holds now, in bytes, after what the allocator keeps unused has been given back.
func residentBytes() -> Int {
  malloc_trim(0)
  return ProcessStatus.current.bytes("VmRSS")
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

/// Throws where a run would take more memory than the process can have: the system grants that, and kills what uses it.
func requireMemory(_ bytes: Int, _ file: String) throws(Failure) {
  let (most, bound) = Machine.current.memory
  guard bytes > most else { return }
  let owner =
    switch bound {
    case .machine: "the machine has"
    case .group: "the control group that this process is in has"
    case .addressSpace: "the limit on its address space leaves this process"
    }
  throw Failure(.limit, file: file, at: "memory", "\(mebibytes(bytes)) are needed, \(owner) \(mebibytes(most))")
}

/// Throws where a limit on the address space leaves so little that libraries would end the process, or wait for threads that cannot start.
func requireAddressSpace(_ file: String) throws(Failure) {
  let least = 80 << 20, (most, bound) = Machine.current.memory
  guard bound == .addressSpace, most < least else { return }
  throw Failure(
    .limit, file: file, at: "memory",
    "the limit on its address space leaves this process \(mebibytes(most)), at least \(mebibytes(least)) are needed",
    hint: "raise it with ulimit -v")
}

extension Plan {
  /// Bytes of a session's memory, and of the outputs that it hands out.
  func sessionBytes(threads: Int) -> Int { sum([arenaBytes(threads: threads)] + outputTypes.map { $0.type.byteCount }) }
}

extension Graph {
  /// Bytes of all values, which the plain definitions keep; none of those whose shape is not known.
  var valueBytes: Int { sum(nodes.flatMap { $0.types.map(\.byteCount) }) }
}

extension Graph {
  /// Bytes of the outputs; none of those whose shape is not known.
  var outputBytes: Int { sum(outputs.map { self[$0.value].byteCount }) }
}

extension TensorType {
  /// At most `Int.max`, which stands for any larger number.
  fileprivate var byteCount: Int {
    guard let shape, !shape.dims.contains(0) else { return 0 }
    return shape.dims.reduce(dataType.byteCount) { bytes, size in
      let (result, hasOverflow) = bytes.multipliedReportingOverflow(by: size)
      return hasOverflow ? .max : result
    }
  }
}

/// A sum that ends at the largest number.
private func sum(_ bytes: [Int]) -> Int {
  bytes.reduce(0) { total, next in
    let (result, hasOverflow) = total.addingReportingOverflow(next)
    return hasOverflow ? .max : result
  }
}
