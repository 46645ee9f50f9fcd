/// Turns rows of scores into class numbers and counts them, in one sweep.
package struct RowClassifier: Sendable, Hashable {
  /// Floats per pixel of the scores.
  package let channels: Int
  /// Written where a pixel is masked or has no finite scores. May equal a class, which then cannot be told apart in the mask.
  package let nodata: UInt8
  package let rule: ClassRule
  package let classes: Int
  /// True where the single float of a pixel is its class number, and NaN where it has none.
  private let areDecided: Bool

  /// The largest number of classes a byte mask holds.
  package static let maximumClasses = 256

  /// Without a rule, the largest score wins, and a single one is a probability whose threshold is 0.5.
  /// - Throws: `tooManyClasses`.
  package init(channels: Int, nodata: UInt8 = 255, rule: ClassRule? = nil) throws(ScenesError) {
    precondition(channels > 0)
    let rule = rule ?? (channels == 1 ? .above(0.5) : .largest())
    let classes = rule.classes(scores: channels)
    guard classes <= Self.maximumClasses else {
      throw ScenesError(.tooManyClasses(asked: classes, maximum: Self.maximumClasses), at: .classes)
    }
    (self.channels, self.nodata, self.rule, self.classes, areDecided) = (channels, nodata, rule, classes, false)
  }

  /// The same for rows whose pixels have been decided: one float each, the class number, or NaN.
  package var decided: RowClassifier { RowClassifier(decided: self) }

  private init(decided other: RowClassifier) {
    (channels, nodata, rule, classes, areDecided) = (1, other.nodata, other.rule, other.classes, true)
  }

  /// Classifies one row of `width` pixels.
  ///
  /// A pixel with a NaN or infinite score becomes nodata and is counted as non-finite, unless it is masked.
  /// - Parameters:
  ///   - scores: `width * channels` floats.
  ///   - valid: 0 where a pixel is masked; `nil` when none is.
  ///   - mask: receives `width` bytes.
  ///   - row: of the scene.
  ///   - column: of the scene, where the row of scores begins.
  ///   - statistics: counts the row; must have been made for `classes`.
  package func classify(
    _ scores: UnsafePointer<Float>, valid: UnsafePointer<UInt8>?, width: Int,
    into mask: UnsafeMutablePointer<UInt8>, row: Int = 0, column: Int = 0, statistics: inout ClassStatistics
  ) {
    precondition(statistics.counts.count == classes)
    var (masked, nonFinite) = (0, 0)
    statistics.count(row: row, columns: column..<column + width) { columns, origin, piece in
      for place in columns {
        let x = place - column
        if let valid, valid[x] == 0 {
          mask[x] = nodata
          masked += 1
        } else if let id = decide(scores + x * channels) {
          mask[x] = UInt8(truncatingIfNeeded: id)
          piece[id].pixels += 1
          piece[id].columns &+= place - origin
        } else {
          mask[x] = nodata
          nonFinite += 1
        }
      }
    }
    statistics.masked += masked
    statistics.nonFinite += nonFinite
  }

  /// The class of one pixel, `nil` when a score is not finite.
  private func decide(_ scores: UnsafePointer<Float>) -> Int? {
    guard !areDecided else {
      let number = scores[0]
      return number.isFinite && number >= 0 && number < Float(classes) ? Int(number) : nil
    }
    return rule.decide(scores, count: channels)
  }
}
