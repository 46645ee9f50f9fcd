/// Turns rows of scores into class numbers and counts them, in one sweep.
public struct RowClassifier: Sendable, Hashable {
  /// Floats per pixel of the scores.
  public let channels: Int
  /// Written where a pixel is masked or has no finite scores. May equal a class, which then cannot be told apart in the mask.
  public let nodata: UInt8
  /// With a single channel: the score above which a pixel is class 1, else 0.
  public let threshold: Float
  /// Number of classes: the channels, or 2 for a single one.
  public let classes: Int
  /// True where the single float of a pixel is its class number, and NaN where it has none.
  private let areDecided: Bool

  /// The largest number of classes a byte mask holds.
  public static let maximumClasses = 256

  /// `threshold` is in the unit of the scores: 0.5 for the probability of a sigmoid, 0 for its logit.
  /// - Throws: `tooManyClasses`.
  public init(channels: Int, nodata: UInt8 = 255, threshold: Float = 0.5) throws(ScenesError) {
    precondition(channels > 0)
    guard channels <= Self.maximumClasses else {
      throw ScenesError(.tooManyClasses(asked: channels, maximum: Self.maximumClasses), at: .classes)
    }
    (self.channels, self.nodata, self.threshold) = (channels, nodata, threshold)
    (classes, areDecided) = (max(2, channels), false)
  }

  /// The same for rows whose pixels have been decided: one float each, the class number, or NaN.
  public var decided: RowClassifier { RowClassifier(decided: self) }

  private init(decided other: RowClassifier) {
    (channels, nodata, threshold, classes, areDecided) = (1, other.nodata, other.threshold, other.classes, true)
  }

  /// Classifies one row of `width` pixels.
  ///
  /// The class is the channel with the highest score, the first of equals. A pixel with a NaN or infinite score becomes nodata
  /// and is counted as non-finite, unless it is masked.
  /// - Parameters:
  ///   - scores: `width * channels` floats.
  ///   - valid: 0 where a pixel is masked; `nil` when none is.
  ///   - mask: receives `width` bytes.
  ///   - statistics: counts the row; must have been made for `classes`.
  public func classify(
    _ scores: UnsafePointer<Float>, valid: UnsafePointer<UInt8>?, width: Int,
    into mask: UnsafeMutablePointer<UInt8>, statistics: inout ClassStatistics
  ) {
    precondition(statistics.counts.count == classes)
    statistics.counts.withUnsafeMutableBufferPointer { counts in
      var (masked, nonFinite) = (0, 0)
      for x in 0..<width {
        if let valid, valid[x] == 0 {
          mask[x] = nodata
          masked += 1
        } else if let id = decide(scores + x * channels) {
          mask[x] = UInt8(truncatingIfNeeded: id)
          counts[id] += 1
        } else {
          mask[x] = nodata
          nonFinite += 1
        }
      }
      statistics.masked += masked
      statistics.nonFinite += nonFinite
    }
  }

  /// The class of one pixel, `nil` when a score is not finite.
  private func decide(_ scores: UnsafePointer<Float>) -> Int? {
    var (best, score) = (0, scores[0])
    var isFinite = score.isFinite
    if areDecided { return isFinite && score >= 0 && score < Float(classes) ? Int(score) : nil }
    for k in 1..<max(1, channels) {
      isFinite = isFinite && scores[k].isFinite
      if scores[k] > score { (best, score) = (k, scores[k]) }
    }
    guard isFinite else { return nil }
    return channels == 1 ? (score > threshold ? 1 : 0) : best
  }
}
