extension Plan {
  /// Bytes of rings and scratch memory that a session with this many threads uses; it maps them in whole huge pages.
  package func arenaBytes(threads: Int) -> Int { MemoryLayoutPlan(self, threads: max(threads, 1)).byteCount }
}
