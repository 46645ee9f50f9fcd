/// What a step is to those that read it or that it reads: the few things that one step can do in the place of another. Most steps stand
/// alone and mean none of them.
package enum StepMeaning: Sendable {
  /// Each pixel of an image that is `width` pixels wide, `by` times along rows and along columns.
  case upsampling(by: Int, width: Int)
  /// The largest of every 2 x 2 pixels, from the corner of the image on; of those of them that there are. `rows` and `width` are those of
  /// the result.
  case maxPooling2x2(rows: Int, width: Int)
  /// Images side by side: the channels of each, in the order of the inputs.
  case concatenation(channels: [Int])
  /// Sums over taps, channel by channel.
  case depthwise(any PixelMaker)
  /// Scores whose blocks hold all channels of their pixels.
  case scores(any ScoreMaker)
  /// Numbers that each pixel gets from all of its channels.
  case decision(ScoreDecision)
}

/// What becomes of the scores of a pixel.
package enum ScoreDecision: Sendable, Hashable {
  /// Probabilities: softmax over the channels.
  case softmax
  /// `first` and the first largest channel, or 0 where that is below `least`; of a single channel, 1 where it is above `least`, else 0.
  case classNumbers(first: Int, least: Float)
}

/// A step that computes any pixels of its result for another one, which reads them while they are in cache.
package protocol PixelMaker: Step {
  /// Multiply-adds, or operations of similar cost, of one pixel.
  var workPerPixel: Int { get }

  /// Computes all channels of some pixels into rows of `output`; `scratch` is as long as `memory` says.
  func compute(
    rows: Range<Int>, columns: Range<Int>, from inputs: UnsafeBufferPointer<RowRing>, to output: RowRing,
    scratch: UnsafeMutableRawPointer)
}

/// A step whose scores can be decided on block by block, while they are in cache.
package protocol ScoreMaker: Step {
  /// This step, with what `decision` makes of its scores for its result. Not a bit of that changes.
  func deciding(_ decision: ScoreDecision) -> any Step
}
