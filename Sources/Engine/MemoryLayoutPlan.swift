import Tensors

/// Where rings and scratch memory lie in the arena: the shared row of zeros first, then the rings, then one scratch area per thread, then the
/// memory that the blocks of a band share.
struct MemoryLayoutPlan {
  let ringOffset: Int
  let scratchOffset: Int, scratchStride: Int
  let sharedOffset: Int
  let byteCount: Int

  init(_ plan: Plan, threads: Int) {
    ringOffset = (plan.stages.map(\.rowStride).max() ?? 0).roundedUp(to: 64)
    scratchOffset = ringOffset + plan.rings.byteCount.roundedUp(to: 64)
    scratchStride = plan.scratchBytes.roundedUp(to: 64)
    sharedOffset = scratchOffset + scratchStride * threads
    byteCount = sharedOffset + plan.sharedBytes
  }
}
