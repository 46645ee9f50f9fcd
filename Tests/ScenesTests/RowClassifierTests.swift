import Scenes
import Testing

private func classify(
  _ scores: [Float], valid: [UInt8]?, with classifier: RowClassifier
) -> (mask: [UInt8], statistics: ClassStatistics) {
  let width = scores.count / classifier.channels
  var statistics = ClassStatistics(classes: classifier.classes)
  var mask = [UInt8](repeating: 77, count: width)
  scores.withUnsafeBufferPointer { scores in
    mask.withUnsafeMutableBufferPointer { mask in
      if let valid {
        valid.withUnsafeBufferPointer {
          classifier.classify(
            scores.baseAddress!, valid: $0.baseAddress!, width: width, into: mask.baseAddress!,
            statistics: &statistics)
        }
      } else {
        classifier.classify(
          scores.baseAddress!, valid: nil, width: width, into: mask.baseAddress!, statistics: &statistics)
      }
    }
  }
  return (mask, statistics)
}

@Suite struct RowClassifierTests {
  @Test func `the highest score wins and the first of equals`() throws {
    let (mask, statistics) = classify(
      [0, 1, 0, 5, 5, 1, -3, -2, -1, -1, -1, -1], valid: nil, with: try RowClassifier(channels: 3))
    #expect(mask == [1, 0, 2, 0])
    #expect(statistics.counts == [2, 1, 1] && statistics.nodata == 0)
  }

  @Test func `masked pixels become nodata whatever their scores`() throws {
    let (mask, statistics) = classify(
      [0, 1, .nan, 1, 1, 0, 0, 1], valid: [0, 0, 1, 255], with: try RowClassifier(channels: 2, nodata: 200))
    #expect(mask == [200, 200, 0, 1])
    #expect(statistics.masked == 2 && statistics.nonFinite == 0 && statistics.counts == [1, 1])
  }

  @Test func `pixels without finite scores become nodata and are counted`() throws {
    let (mask, statistics) = classify(
      [.nan, 1, 1, .nan, .infinity, 0, 0, -.infinity, 0, 1], valid: nil, with: try RowClassifier(channels: 2))
    #expect(mask == [255, 255, 255, 255, 1])
    #expect(statistics.nonFinite == 4 && statistics.nodata == 4 && statistics.counts == [0, 1])
  }

  @Test func `pixels that the network has decided keep their class`() throws {
    let classifier = try RowClassifier(channels: 3, nodata: 9).decided
    #expect(classifier.channels == 1 && classifier.classes == 3)
    let (mask, statistics) = classify([0, 2, .nan, 1, 3, -1], valid: [1, 1, 1, 0, 1, 1], with: classifier)
    #expect(mask == [0, 2, 9, 9, 9, 9])
    #expect(statistics.counts == [1, 0, 1] && statistics.masked == 1 && statistics.nonFinite == 3)
    #expect(try RowClassifier(channels: 1).decided.classes == 2)
  }

  @Test func `a single channel is compared with the threshold`() throws {
    let probabilities: [Float] = [0, 0.5, 0.50001, 1, .nan]
    let (mask, statistics) = classify(probabilities, valid: nil, with: try RowClassifier(channels: 1))
    #expect(mask == [0, 0, 1, 1, 255])
    #expect(statistics.counts == [2, 2] && statistics.nonFinite == 1)
    let logits = classify([-1, 0, 1], valid: nil, with: try RowClassifier(channels: 1, rule: .above(0)))
    #expect(logits.mask == [0, 0, 1])
  }

  @Test func `without a background channel the largest counts from 1, and 0 is where all are below the least`() throws {
    let scores: [Float] = [0.1, 0.5, 0.2, 0.3, 0.4, 0.49, 0.9, 0.9, 0, .nan, 1, 1]
    let rule = ClassRule.largest(least: 0.5, first: 1)
    let (mask, statistics) = classify(scores, valid: nil, with: try RowClassifier(channels: 3, rule: rule))
    #expect(mask == [2, 0, 1, 255] && statistics.counts == [1, 1, 1, 0])
    let first = classify(scores, valid: nil, with: try RowClassifier(channels: 3, rule: .largest(least: 0.5)))
    #expect(first.mask == [1, 0, 0, 255] && first.statistics.counts == [2, 1, 0])
    #expect(try RowClassifier(channels: 3, rule: rule).decided.classes == 4)
  }

  @Test func `more classes than a byte holds are refused`() throws {
    #expect(throws: ScenesError(.tooManyClasses(asked: 70_000, maximum: 256), at: .classes)) {
      try RowClassifier(channels: 70_000)
    }
    #expect(try RowClassifier(channels: 256).classes == 256)
    #expect(try RowClassifier(channels: 255, rule: .largest(least: 0.5, first: 1)).classes == 256)
    #expect(throws: ScenesError(.tooManyClasses(asked: 257, maximum: 256), at: .classes)) {
      try RowClassifier(channels: 256, rule: .largest(least: 0.5, first: 1))
    }
  }
}

@Suite struct ClassStatisticsTests {
  private var sample: ClassStatistics {
    get throws {
      let classifier = try RowClassifier(channels: 1)
      var statistics = ClassStatistics(classes: 2, pixelArea: 0.25)
      let (scores, valid): ([Float], [UInt8]) = ([0, 1, 1, 1, .nan, 1], [1, 1, 1, 1, 1, 0])
      var mask = [UInt8](repeating: 0, count: 6)
      classifier.classify(scores, valid: valid, width: 6, into: &mask, statistics: &statistics)
      return statistics
    }
  }

  @Test func `shares are of the classified pixels and areas follow the pixel's`() throws {
    let statistics = try sample
    #expect(statistics.counts == [1, 3])
    #expect(statistics.share(1) == 0.75)
    #expect(statistics.squareMetres(1) == 0.75)
    #expect(statistics.hectares(1) == 0.75 / 1e4)
    #expect(statistics.squareKilometres(1) == 0.75 / 1e6)
  }

  @Test func `an empty count and an unknown or senseless pixel area give no areas`() {
    let empty = ClassStatistics(classes: 3)
    #expect(empty.share(0) == 0 && empty.squareMetres(0) == nil)
    for area in [0, -1, Double.nan, .infinity] {
      #expect(ClassStatistics(classes: 1, pixelArea: area).pixelArea == nil)
    }
  }

  @Test func `parts of a scene add up`() throws {
    var total = try sample
    total.add(try sample)
    #expect(total.counts == [2, 6] && total.masked == 2 && total.nonFinite == 2)
  }

  @Test func `JSON escapes names and leaves unknown areas out`() throws {
    #expect(
      try sample.json(names: ["a \"b\"\\\n", "woodland"]) == """
        {
          "pixels": 6,
          "classified": 4,
          "nodata": 2,
          "non_finite": 1,
          "pixel_area_m2": 0.25,
          "classes": [
            {"id": 0, "name": "a \\"b\\"\\\\\\u000a", "pixels": 1, "share": 0.25, "area_m2": 0.25, "area_ha": 2.5e-05, "area_km2": 2.5e-07},
            {"id": 1, "name": "woodland", "pixels": 3, "share": 0.75, "area_m2": 0.75, "area_ha": 7.5e-05, "area_km2": 7.5e-07}
          ]
        }

        """)
    #expect(ClassStatistics(classes: 1).json().contains(#"{"id": 0, "name": "0", "pixels": 0, "share": 0.0}"#))
  }
}
