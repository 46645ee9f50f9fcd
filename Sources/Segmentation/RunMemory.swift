import Engine

/// What a run over a scene holds in memory at its peak, part by part, in bytes.
public struct RunMemory: Sendable, Hashable {
  /// Rings and scratch memory of the session.
  public let arena: Int
  public let packedWeights: Int
  /// Rows of the scene and of its scores outside the session.
  public let rows: Int

  init(_ plan: Plan, threads: Int, rowBytes: Int) {
    arena = plan.arenaBytes(threads: threads)
    packedWeights = plan.weightBytes
    rows = rowBytes
  }

  public var total: Int { arena + packedWeights + rows }
}
