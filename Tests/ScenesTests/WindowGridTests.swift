import Scenes
import TestSupport
import Testing

@Suite struct WindowGridTests {
  @Test func `blending windows keep their stride and run into the padding`() throws {
    let grid = try WindowGrid.blending(
      size: PixelSize(width: 100, height: 20), window: PixelSize(32), overlap: PixelSize(16), modulus: PixelSize(8))
    #expect(grid.columns.map(\.read.lowerBound) == [0, 16, 32, 48, 64, 80])
    #expect(grid.columns.last?.core == 80..<100)
    #expect(grid.rows == [AxisSpan(read: 0..<32, core: 0..<20)])
    #expect(grid.padding.padded == PixelSize(width: 112, height: 32))
    #expect(grid.count == 6)
  }

  @Test func `a stride off the modulus is rounded down`() throws {
    let grid = try WindowGrid.blending(
      size: PixelSize(100), window: PixelSize(32), overlap: PixelSize(10), modulus: PixelSize(16))
    #expect(grid.stride == PixelSize(16))
    #expect(grid.columns.map(\.read.lowerBound) == [0, 16, 32, 48, 64, 80])
  }

  @Test func `blending covers every pixel from multiples of the modulus for random sizes`() throws {
    var generator = SeededNumbers(3)
    for _ in 0..<200 {
      let modulus = Int.random(in: 1...8, using: &generator)
      let window = modulus * Int.random(in: 1...8, using: &generator)
      let overlap = Int.random(in: 0...(window - modulus), using: &generator)
      let size = Int.random(in: 1...300, using: &generator)
      let grid = try WindowGrid.blending(
        size: PixelSize(width: size, height: 1), window: PixelSize(window), overlap: PixelSize(overlap),
        modulus: PixelSize(modulus))
      #expect(Set(grid.columns.flatMap { Array($0.core) }) == Set(0..<size))
      #expect(grid.columns.allSatisfy { $0.read.lowerBound % modulus == 0 && $0.read.count == window })
      #expect(grid.columns.last?.read.upperBound == grid.padding.padded.width)
      #expect(grid.columns.dropLast().allSatisfy { $0.read.upperBound < size })
    }
  }

  @Test func `cropping windows end with the scene padded to the modulus`() throws {
    let grid = try WindowGrid.cropping(
      size: PixelSize(width: 100, height: 10), window: PixelSize(48), rowHalo: .none,
      columnHalo: AxisHalo(before: 10, after: 6), modulus: PixelSize(16))
    #expect(grid.columns.map(\.read) == [0..<48, 32..<80, 64..<112])
    #expect(grid.columns.map(\.core) == [0..<42, 42..<74, 74..<100])
    #expect(grid.stride.width == 32)
    #expect(grid.padding.padded == PixelSize(width: 112, height: 48))
  }

  @Test func `a window off the modulus keeps its halos and its phase`() throws {
    var generator = SeededNumbers(4)
    for _ in 0..<300 {
      let modulus = Int.random(in: 1...9, using: &generator)
      let halo = AxisHalo(
        before: Int.random(in: 0...9, using: &generator), after: Int.random(in: 0...9, using: &generator))
      let window = halo.before + halo.after + modulus + Int.random(in: 0...20, using: &generator)
      let size = Int.random(in: 1...200, using: &generator)
      let spans = try WindowGrid.cropping(
        size: PixelSize(width: 1, height: size), window: PixelSize(window), rowHalo: halo, columnHalo: .none,
        modulus: PixelSize(width: 1, height: modulus)
      ).rows
      #expect(spans.flatMap { Array($0.core) } == Array(0..<size))
      for span in spans {
        #expect(!span.core.isEmpty && span.read.count == window && span.read.lowerBound % modulus == 0)
        #expect(span.read.lowerBound == 0 || span.core.lowerBound - span.read.lowerBound >= halo.before)
        #expect(span.core.upperBound == size || span.read.upperBound - span.core.upperBound >= halo.after)
        #expect(span.core.upperBound <= span.read.upperBound)
      }
    }
  }

  @Test func `what cannot be laid out is refused with a value that works`() {
    func blend(_ window: Int, _ overlap: Int) throws(ScenesError) -> WindowGrid {
      try WindowGrid.blending(
        size: PixelSize(100), window: PixelSize(window), overlap: PixelSize(overlap), modulus: PixelSize(16))
    }
    #expect(throws: ScenesError(.overlapTooLarge(asked: 32, maximum: 16), at: .height)) { try blend(32, 32) }
    #expect(throws: ScenesError(.overlapTooLarge(asked: 17, maximum: 16), at: .height)) { try blend(32, 17) }
    #expect(throws: ScenesError(.overlapTooLarge(asked: -1, maximum: 16), at: .height)) { try blend(32, -1) }
    #expect(throws: ScenesError(.windowTooSmall(asked: 0, minimum: 16), at: .height)) { try blend(0, 0) }
    #expect(throws: ScenesError(.windowTooSmall(asked: 8, minimum: 16), at: .height)) { try blend(8, 0) }
    #expect(throws: ScenesError(.windowTooSmall(asked: 40, minimum: 48), at: .width)) {
      try WindowGrid.cropping(
        size: PixelSize(100), window: PixelSize(40), rowHalo: .none, columnHalo: AxisHalo(before: 16, after: 16),
        modulus: PixelSize(16))
    }
  }

  @Test func `an enormous window is laid out and its memory is reported`() throws {
    let grid = try WindowGrid.blending(size: PixelSize(10), window: PixelSize(1_000_000_000), overlap: PixelSize(0))
    #expect(WindowStitcher(grid: grid, kernel: .hann, channels: 3, classes: 5).bytes == nil)
  }
}
