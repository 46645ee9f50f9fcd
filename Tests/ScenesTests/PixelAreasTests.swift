import Foundation
import Scenes
import Testing

/// Areas of pixels whose sums are known in closed form.
@Suite struct PixelAreasTests {
  /// The integral of a density over a rectangle.
  typealias Measure = @Sendable (Range<Double>, Range<Double>) -> Double?

  /// Density cos(row / radius)^2 of web mercator, which does not depend on the column.
  static func mercator(_ radius: Double, from start: Double) -> Measure {
    { columns, rows in
      func integral(_ row: Double) -> Double {
        let angle = start + row / radius
        return radius * (angle / 2 + sin(2 * angle) / 4)
      }
      return (columns.upperBound - columns.lowerBound) * (integral(rows.upperBound) - integral(rows.lowerBound))
    }
  }

  /// A density that is quadratic in both and has a mixed term, as far from the meridian of transverse Mercator.
  static let saddle: Measure = { columns, rows in
    func power(_ range: Range<Double>, _ n: Int) -> Double {
      (pow(range.upperBound, Double(n + 1)) - pow(range.lowerBound, Double(n + 1))) / Double(n + 1)
    }
    return 4e4 * power(columns, 0) * power(rows, 0) + power(columns, 2) * power(rows, 0) + 4 * power(columns, 1)
      * power(rows, 1)
  }

  private func sum(
    _ areas: PixelAreas, _ size: PixelSize, pieces: [Range<Int>], reversed: Bool = false,
    where isCounted: (Int, Int) -> Bool
  ) throws -> Double {
    let classifier = try RowClassifier(channels: 1)
    var total = ClassStatistics(classes: 2, areas: areas)
    for columns in reversed ? pieces.reversed() : pieces {
      var part = ClassStatistics(classes: 2, areas: areas)
      for y in reversed ? Array((0..<size.height).reversed()) : Array(0..<size.height) {
        let scores = columns.map { isCounted($0, y) ? Float(1) : 0 }
        var mask = [UInt8](repeating: 0, count: columns.count)
        classifier.classify(
          scores, valid: nil, width: columns.count, into: &mask, row: y, column: columns.lowerBound, statistics: &part)
      }
      total.add(part)
    }
    return try #require(total.squareMetres(1))
  }

  @Test(arguments: ["mercator", "saddle", "pole"])
  func `sums over any pixels are true to 1e-4`(_ name: String) throws {
    let size = PixelSize(width: 150, height: 130)
    // Square metres enough to be worth cutting up.
    let unit = 1e5
    let density: Measure =
      switch name {
      case "mercator": PixelAreasTests.mercator(200, from: 0.9)
      case "pole": PixelAreasTests.mercator(130 / (.pi / 2), from: 0)
      default: PixelAreasTests.saddle
      }
    let areas = try #require(
      PixelAreas(size: size) { columns, rows in density(columns, rows).map { $0 * unit } })
    for isCounted: (Int, Int) -> Bool in [
      { _, _ in true }, { x, y in x * 130 < y * 150 }, { x, y in (x + y) % 3 == 0 }, { x, _ in x < 11 },
      { _, y in y >= 64 && y < 71 }, { x, y in x > 140 && y < 9 },
    ] {
      var expected = 0.0
      for y in 0..<size.height {
        for x in 0..<size.width where isCounted(x, y) {
          expected += try #require(density(Double(x)..<Double(x + 1), Double(y)..<Double(y + 1))) * unit
        }
      }
      let got = try sum(areas, size, pieces: [0..<150], where: isCounted)
      #expect(abs(got / expected - 1) < 1e-4, "\(got) instead of \(expected)")
    }
  }

  @Test func `areas do not depend on panels or on the order`() throws {
    let size = PixelSize(width: 90, height: 70)
    let areas = try #require(
      PixelAreas(size: size) { columns, rows in PixelAreasTests.saddle(columns, rows).map { $0 * 1e4 } })
    let isCounted: (Int, Int) -> Bool = { x, y in (x * y) % 5 < 2 }
    let whole = try sum(areas, size, pieces: [0..<90], where: isCounted)
    #expect(try sum(areas, size, pieces: [0..<31, 31..<33, 33..<90], where: isCounted) == whole)
    #expect(try sum(areas, size, pieces: [0..<31, 31..<90], reversed: true, where: isCounted) == whole)
  }

  @Test func `small scenes are one cell and areas that are none are refused`() throws {
    var calls = 0
    let small = PixelAreas(size: PixelSize(width: 40, height: 30)) { columns, rows in
      calls += 1
      return (columns.upperBound - columns.lowerBound) * (rows.upperBound - rows.lowerBound) / 16
    }
    #expect(small?.mean == 0.0625)
    #expect(calls == 8)
    for value in [nil, 0, -1, Double.nan, .infinity] {
      #expect(PixelAreas(size: PixelSize(width: 40, height: 30)) { _, _ in value } == nil)
    }
    #expect(PixelAreas(uniform: 0.25)?.mean == 0.25)
  }
}
