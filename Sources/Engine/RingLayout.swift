import Tensors

/// Where rings lie: two that are never alive at the same time may share memory, so that a run touches little of it and finds it in
/// cache.
package struct RingLayout: Sendable {
  /// Bytes from the first ring to each stage's own, or 0.
  package private(set) var offsets: [Int]
  /// True for rings that share memory: their margins hold what others left there.
  package private(set) var isShared: [Bool]
  package private(set) var byteCount = 0

  /// The largest come first, each at the lowest place that is free for as long as it is alive.
  /// - Parameters:
  ///   - bytes: of each stage's own ring; 0 for none
  ///   - lifetimes: when each is alive, on any clock
  package init(bytes: [Int], lifetimes: [Range<Int>]) {
    offsets = Array(repeating: 0, count: bytes.count)
    isShared = Array(repeating: false, count: bytes.count)
    let order = bytes.indices.filter { bytes[$0] > 0 }.sorted { (bytes[$1], $0) < (bytes[$0], $1) }
    var placed: [Int] = []  // by place
    for ring in order {
      let room = RingLayout.room(bytes[ring])
      var offset = 0
      for other in placed where lifetimes[other].overlaps(lifetimes[ring]) {
        if offset + room <= offsets[other] { break }
        offset = max(offset, offsets[other] + RingLayout.room(bytes[other]))
      }
      offsets[ring] = offset
      byteCount = max(byteCount, offset + room)
      let place = placed.firstIndex { offsets[$0] > offset } ?? placed.endIndex
      placed.insert(ring, at: place)
    }
    var end = 0, last = 0
    for ring in placed {
      if offsets[ring] < end { (isShared[ring], isShared[last]) = (true, true) }
      let itsEnd = offsets[ring] + RingLayout.room(bytes[ring])
      if itsEnd > end { (end, last) = (itsEnd, ring) }
    }
  }

  /// Rings that follow each other start a few cache lines apart from a power of two, so that rows of several do not share cache sets.
  private static func room(_ bytes: Int) -> Int { bytes.roundedUp(to: 64) + 192 }
}

/// When rings are first and last touched, in visits of stages.
struct RingLifetimes {
  private(set) var ranges: [Range<Int>]
  private var now = 0

  init(_ stages: [Stage]) { ranges = Array(repeating: 0..<0, count: stages.count) }

  /// The next visit: to the stage at `index`.
  mutating func visit(_ index: Int, _ stages: [Stage]) {
    touch(stages[index].ring)
    for source in stages[index].sources { touch(stages[source.stage].ring) }
    if let companion = stages[index].companion { touch(stages[companion].ring) }
    now += 1
  }

  private mutating func touch(_ ring: Int) {
    ranges[ring] = (ranges[ring].isEmpty ? now : ranges[ring].lowerBound)..<now + 1
  }
}
