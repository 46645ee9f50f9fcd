/// Where rings and scratch memory lie in the arena: the shared row of zeros first, then the rings, then one scratch area per thread, then the
/// memory that the blocks of a band share.
struct MemoryLayoutPlan {
  let ringOffset: Int
  let scratchOffset: Int, scratchStride: Int
  let sharedOffset: Int
  let byteCount: Int

  init(_ plan: Plan, threads: Int) {
    ringOffset = MemoryLayoutPlan.aligned(plan.stages.map(\.rowStride).max() ?? 0)
    scratchOffset = ringOffset + MemoryLayoutPlan.aligned(plan.rings.byteCount)
    scratchStride = MemoryLayoutPlan.aligned(plan.scratchBytes)
    sharedOffset = scratchOffset + scratchStride * threads
    byteCount = sharedOffset + plan.sharedBytes
  }

  private static func aligned(_ bytes: Int) -> Int { (bytes + 63) / 64 * 64 }
}
