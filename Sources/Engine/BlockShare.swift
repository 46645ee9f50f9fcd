import Synchronization

/// The blocks of a job that one thread claims in order, and others from the end.
///
/// Both ends and the job's generation share one atomic word, so a late thread can never claim a block of a job that has ended.
struct BlockShare: ~Copyable {
  /// Generation in the upper 16 bits, end of the range in the next 24, its start in the lowest 24.
  private let word = Atomic<UInt64>(0)
  /// Neighbours lie in other cache lines, also where these are fetched in pairs.
  private let padding = InlineArray<15, UInt64>(repeating: 0)

  private static func start(_ word: UInt64) -> UInt64 { word & 0xff_ffff }
  private static func end(_ word: UInt64) -> UInt64 { word >> 24 & 0xff_ffff }

  var isEmpty: Bool {
    let word = word.load(ordering: .sequentiallyConsistent)
    return BlockShare.start(word) >= BlockShare.end(word)
  }

  /// Offers blocks of the next job, to be claimed by all threads that see them; all of the one before have been claimed.
  func fill(_ blocks: Range<Int>, generation: UInt64) {
    word.store(
      generation << 48 | UInt64(blocks.upperBound) << 24 | UInt64(blocks.lowerBound), ordering: .sequentiallyConsistent)
  }

  func takeFirst() -> Int? { take(following: { $0 + 1 }, claiming: BlockShare.start) }

  func takeLast() -> Int? { take(following: { $0 - (1 << 24) }, claiming: { BlockShare.end($0) - 1 }) }

  @inline(__always)
  private func take(following: (UInt64) -> UInt64, claiming: (UInt64) -> UInt64) -> Int? {
    var current = word.load(ordering: .acquiring)
    while BlockShare.start(current) < BlockShare.end(current) {
      let (exchanged, original) = word.weakCompareExchange(
        expected: current, desired: following(current), ordering: .acquiringAndReleasing)
      if exchanged { return Int(claiming(current)) }
      current = original
    }
    return nil
  }
}
