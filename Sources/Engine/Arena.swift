import Glibc
import Tensors

/// One zeroed, page-aligned block of memory that all rings and scratch buffers of a session live in.
final class Arena: @unchecked Sendable {  // shared by the pool's threads, which write disjoint rows between barriers
  let base: UnsafeMutableRawPointer
  let byteCount: Int

  /// Errors: `EngineError.outOfMemory` when the system refuses the mapping.
  init(byteCount: Int) throws(EngineError) {
    let hugePage = 2 << 20
    let rounded = max(byteCount, 1).roundedUp(to: hugePage)
    let mapping = mmap(nil, rounded, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let mapping, mapping != MAP_FAILED else { throw EngineError(.outOfMemory, "arena", "\(rounded) bytes") }
    madvise(mapping, rounded, MADV_HUGEPAGE)
    base = mapping
    self.byteCount = rounded
  }

  deinit { munmap(base, byteCount) }
}
