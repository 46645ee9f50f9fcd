/// Bytes of memory that a step takes beside the rows that it reads and makes.
package struct StepMemory: Sendable, Hashable {
  /// Packed weights, which one visit reads.
  package var weights: Int
  /// For each thread: 64-byte aligned, uninitialised.
  package var scratch: Int
  /// For all blocks of a band, 64-byte aligned, uninitialised: what a round hands to the next. So many for any band, and so many for each
  /// `grain` of its rows.
  package var shared: Int, sharedPerGrain: Int

  package init(weights: Int = 0, scratch: Int = 0, shared: Int = 0, sharedPerGrain: Int = 0) {
    (self.weights, self.scratch, self.shared, self.sharedPerGrain) = (weights, scratch, shared, sharedPerGrain)
  }
}

/// What decides how many rows a visit to a step makes.
package struct StepCost: Sendable, Hashable {
  /// Multiply-adds, or operations of similar cost, for one output row.
  package var workPerRow: Int
  /// Rows of a visit whose blocks come out even, a multiple of the step's grain; 1 where one grain is as even as the next.
  package var evenRows: Int

  package init(workPerRow: Int, evenRows: Int = 1) { (self.workPerRow, self.evenRows) = (workPerRow, evenRows) }
}
