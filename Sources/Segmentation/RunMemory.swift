import Engine

/// What a run over a scene holds in memory at its peak, part by part, in bytes.
package struct RunMemory: Sendable, Hashable {
  /// Rings and scratch memory of the session.
  package let arena: Int
  package let packedWeights: Int
  /// Rows of the scene and of its scores outside the session.
  package let rows: Int

  init(_ plan: Plan, threads: Int, rowBytes: Int) {
    arena = plan.arenaBytes(threads: threads)
    packedWeights = plan.weightBytes
    rows = rowBytes
  }

  package var total: Int { arena + packedWeights + rows }
}
