extension Plan {
  /// Bytes that a session with this many threads maps for rings and scratch memory.
  public func arenaBytes(threads: Int) -> Int {
    Arena.mappedBytes(MemoryLayoutPlan(self, threads: max(threads, 1)).byteCount)
  }
}
