import Scenes
import TestSupport
import Testing

/// The promises that hold for every grid.
private func checkInvariants(_ grid: PanelGrid, before: Int, after: Int, modulus: Int) {
  #expect(grid.panels.flatMap { Array($0.core) } == Array(0..<grid.width))
  for panel in grid.panels {
    #expect(panel.read.lowerBound % modulus == 0)
    #expect(panel.read.count == grid.readWidth)
    #expect(panel.read.lowerBound >= 0 && panel.read.upperBound <= grid.paddedWidth)
    #expect(!panel.core.isEmpty)
    #expect(panel.read.lowerBound == 0 || panel.core.lowerBound - panel.read.lowerBound >= before)
    // At the right a panel needs its halo, or the padded scene's end.
    let isWhole = panel.read.upperBound == grid.paddedWidth
    #expect(isWhole || panel.read.upperBound - panel.core.upperBound >= after)
  }
}

@Suite struct PanelGridTests {
  @Test func `panels cover every column once for random widths, halos and moduli`() {
    var generator = SeededNumbers(1)
    for _ in 0..<300 {
      let width = Int.random(in: 1...700, using: &generator)
      let (before, after) = (Int.random(in: 0...50, using: &generator), Int.random(in: 0...50, using: &generator))
      let (core, modulus) = (Int.random(in: 1...200, using: &generator), Int.random(in: 1...33, using: &generator))
      let grid = PanelGrid(width: width, core: core, haloBefore: before, haloAfter: after, modulus: modulus)
      checkInvariants(grid, before: before, after: after, modulus: modulus)
    }
  }

  @Test func `fitting uses the fewest panels and makes them as narrow as that allows`() {
    var generator = SeededNumbers(2)
    for _ in 0..<300 {
      let width = Int.random(in: 1...700, using: &generator)
      let (before, after) = (Int.random(in: 0...40, using: &generator), Int.random(in: 0...40, using: &generator))
      let (limit, modulus) = (Int.random(in: 1...800, using: &generator), Int.random(in: 1...33, using: &generator))
      func fit(_ limit: Int) -> PanelGrid? {
        .fitting(width: width, maximumReadWidth: limit, haloBefore: before, haloAfter: after, modulus: modulus)
      }
      let minimum = PanelGrid.minimumReadWidth(
        width: width, haloBefore: before, haloAfter: after, modulus: modulus)
      guard let grid = fit(limit) else {
        #expect(limit < minimum)
        continue
      }
      #expect(limit >= minimum)
      #expect(grid.readWidth <= limit)
      checkInvariants(grid, before: before, after: after, modulus: modulus)
      if let narrower = fit(grid.readWidth - 1) { #expect(narrower.panels.count > grid.panels.count) }

      // Greedily: each panel as wide as allowed, starting as late as its halo and the modulus permit.
      let widest = min(limit / modulus * modulus, grid.paddedWidth)
      var (count, origin) = (1, 0)
      while origin + widest < grid.paddedWidth && origin + widest - after < width {
        origin = (origin + widest - after - before) / modulus * modulus
        count += 1
      }
      #expect(grid.panels.count == count)
    }
  }

  @Test func `half a wide scene is two panels of the published width`() {
    let grid = PanelGrid.fitting(width: 9000, maximumReadWidth: 5000, haloBefore: 112, haloAfter: 112, modulus: 16)
    #expect(grid?.panels.map(\.read) == [0..<4624, 4384..<9008])
    #expect(grid?.panels.map(\.core) == [0..<4496, 4496..<9000])
  }

  @Test func `a scene that fits is one panel and a limit below the halo is refused`() {
    let whole = PanelGrid.fitting(width: 100, maximumReadWidth: 4000, haloBefore: 9, haloAfter: 9, modulus: 16)
    #expect(whole?.panels == [AxisSpan(read: 0..<112, core: 0..<100)])
    #expect(whole?.arithmeticFactor == 1)
    #expect(PanelGrid.minimumReadWidth(width: 500, haloBefore: 9, haloAfter: 9, modulus: 16) == 48)
    #expect(PanelGrid.fitting(width: 500, maximumReadWidth: 47, haloBefore: 9, haloAfter: 9, modulus: 16) == nil)
    #expect(PanelGrid.fitting(width: 500, maximumReadWidth: -1, haloBefore: 0, haloAfter: 0, modulus: 1) == nil)
  }

  @Test(arguments: [12, 14, 20, 31])
  func `panels of a local network equal one pass to the bit`(limit: Int) throws {
    let scene = Image.random(PixelSize(width: 45, height: 6), channels: 1, seed: 8)
    let grid = try #require(
      PanelGrid.fitting(width: 45, maximumReadWidth: limit, haloBefore: 4, haloAfter: 4, modulus: 2))
    #expect(grid.panels.count > 1)
    let whole = encoderDecoder(scene.cut(rows: 0..<6, columns: 0..<grid.paddedWidth))
    for panel in grid.panels {
      let part = encoderDecoder(scene.cut(rows: 0..<6, columns: panel.read))
      let core = panel.core.lowerBound - panel.read.lowerBound..<panel.core.upperBound - panel.read.lowerBound
      #expect(part.cut(rows: 0..<6, columns: core).bits == whole.cut(rows: 0..<6, columns: panel.core).bits)
    }
  }
}
