import CMalloc
import Glibc

/// The C library's allocator, and the memory that this process holds.
package enum Allocator {
  /// The most memory that this process has held so far, in bytes.
  ///
  /// Not `ru_maxrss`, which counts what a parent held that started this process by `vfork`.
  package static func peakResidentBytes() -> Int { ProcessStatus.current.bytes("VmHWM") }

  /// The memory that this process holds now, in bytes, after what the allocator keeps unused has been given back.
  package static func residentBytes() -> Int {
    malloc_trim(0)
    return ProcessStatus.current.bytes("VmRSS")
  }

  /// For a program at its start. Makes memory predictable: large blocks go back to the system when they are freed, and threads share two
  /// heaps instead of growing one each.
  package static func limitCaches() {
    mallopt(M_MMAP_THRESHOLD, 1 << 20)
    mallopt(M_TRIM_THRESHOLD, 4 << 20)
    mallopt(M_ARENA_MAX, 2)
  }

  /// For a program that holds weights several times, one after the other: what it frees it uses again, and on huge pages, since getting
  /// new pages from the system takes longer than the work on them. `bytes` are what it may need in all; none are taken before they are used.
  package static func reuseFreedMemory(_ bytes: Int) {
    mallopt(M_MMAP_MAX, 0)
    mallopt(M_TRIM_THRESHOLD, .max)
    guard bytes > 0, let block = malloc(bytes) else { return }
    // Freed without having been touched, it becomes the heap's.
    let page = 1 << 21
    let start = block.alignedUp(toMultipleOf: page)
    _ = madvise(start, max(bytes - page, 0) / page * page, Int32(MADV_HUGEPAGE))
    free(block)
  }
}
