import Engine
import Graphs
import Ops
import TestSupport
import Tensors
import Testing

struct RingLayoutTests {
  /// Rings and how long they live.
  private static let cases: [(bytes: [Int], lifetimes: [Range<Int>])] = [
    ([], []), ([64], [0..<1]), ([100, 100, 100], [0..<2, 1..<3, 2..<4]),
    ([4096, 0, 64, 8192, 4096], [0..<3, 0..<9, 2..<5, 4..<8, 7..<9]),
    ([64, 64, 64, 64, 64, 64], [0..<6, 1..<2, 2..<3, 3..<4, 4..<5, 5..<6]),
    ((0..<60).map { 64 * (1 + $0 * 7919 % 31) }, (0..<60).map { $0 * 31 % 41..<$0 * 31 % 41 + 1 + $0 % 7 }),
  ]

  @Test(arguments: cases.indices) func `rings that are alive together lie apart`(_ index: Int) {
    let (bytes, lifetimes) = Self.cases[index]
    let layout = RingLayout(bytes: bytes, lifetimes: lifetimes)
    func place(_ ring: Int) -> Range<Int> { layout.offsets[ring]..<layout.offsets[ring] + bytes[ring] }
    for ring in bytes.indices {
      #expect(place(ring).upperBound <= layout.byteCount)
      #expect(layout.offsets[ring] % 64 == 0)
      var shares = false
      for other in bytes.indices where other != ring && place(ring).overlaps(place(other)) {
        #expect(!lifetimes[ring].overlaps(lifetimes[other]), "\(ring) and \(other)")
        shares = true
      }
      if shares { #expect(layout.isShared[ring]) }
    }
  }

  @Test func `a chain takes the memory of two, and what lives throughout its own`() {
    let chain = RingLayout(bytes: [1000, 1000, 1000, 1000], lifetimes: [0..<2, 1..<3, 2..<4, 3..<5])
    let pair = RingLayout(bytes: [1000, 1000], lifetimes: [0..<2, 1..<3])
    #expect(chain.byteCount == pair.byteCount)
    #expect(chain.isShared == [true, true, true, true] && pair.isShared == [false, false])
    let kept = RingLayout(bytes: [1000, 1000, 1000], lifetimes: [0..<4, 1..<2, 2..<3])
    #expect(kept.isShared == [false, true, true])
  }

  @Test func `a deep network on a small image takes little more than its largest layers`() throws {
    var net = Network(seed: 5)
    var x = net.graph.input("image", TensorType(.float32, [1, 24, 24, 3]))
    for index in 0..<20 { x = try net.convolution(x, 16, "layer\(index)") }
    net.graph.output(x, name: "y")
    let plan = try planned(net.graph)
    #expect(plan.ringBytes < 4 * 26 * 27 * 16 * MemoryLayout<Float>.stride)
    let session = try Session(plan, threads: 2)
    let feeds = (0..<2).map { ["image": image(24, 24, seed: $0)] }
    let first = try feeds.map { try session.run($0)[0] }
    for (feed, result) in zip(feeds, first) {
      #expect(relativeDifference(result, try net.graph.evaluate(feed)[0]) <= 1e-5)
      let again = try session.run(feed)[0]
      #expect(again.bits == result.bits)
    }
  }
}
