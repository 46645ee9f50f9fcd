import Scenes
import Testing

@Suite struct ProgressTests {
  @Test func `speed, area per hour and time to the end follow from what is done`() {
    var progress = Progress(total: 100, pixels: 1_000_000, pixelArea: 0.25)
    let report = progress.update(done: 25, elapsed: .seconds(10))
    #expect(report.fraction == 0.25)
    #expect(report.remaining == .seconds(30))
    #expect(report.pixelsPerSecond == 25_000)
    #expect(report.squareKilometresPerHour == 22.5)
  }

  @Test func `nothing is divided by zero`() {
    var empty = Progress(total: 0, pixels: 0)
    #expect(empty.report.fraction == 1)
    #expect(empty.update(done: 0, elapsed: .zero).pixelsPerSecond == nil)
    var single = Progress(total: 1, pixels: 1)
    #expect(single.report.fraction == 0 && single.report.remaining == nil)
    let finished = single.update(done: 1, elapsed: .zero)
    #expect(finished.fraction == 1 && finished.remaining == .zero && finished.pixelsPerSecond == nil)
    #expect(finished.squareKilometresPerHour == nil)
  }

  @Test func `the fraction and the clock never go back`() {
    var progress = Progress(total: 10, pixels: 10)
    _ = progress.update(done: 5, elapsed: .seconds(5))
    let back = progress.update(done: 3, elapsed: .seconds(2))
    #expect(back.fraction == 0.5 && back.elapsed == .seconds(5))
    #expect(progress.update(done: 99, elapsed: .seconds(6)).fraction == 1)
  }

  @Test(arguments: [Double.infinity, .nan, 0, -1, 1e308]) func `an area that no number holds is none`(area: Double)
    throws
  {
    var progress = Progress(total: 10, pixels: 1_000_000, pixelArea: area)
    #expect(progress.update(done: 5, elapsed: .seconds(1)).squareKilometresPerHour == nil)
    var statistics = ClassStatistics(classes: 2, pixelArea: area)
    let classifier = try RowClassifier(channels: 2)
    var mask: UInt8 = 0
    let scores: [Float] = [1, 0]
    for _ in 0..<3 { classifier.classify(scores, valid: nil, width: 1, into: &mask, statistics: &statistics) }
    #expect(statistics.counts == [3, 0])
    #expect(statistics.squareMetres(0) == nil)
    #expect(!statistics.json().contains("inf") && !statistics.json().contains("nan"))
  }
}
