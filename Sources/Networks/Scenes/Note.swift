package import Passes

/// What a caller may want to know of how a network and an image are read, told as it is decided.
public enum Note: Sendable {
  /// The demonstration model is used.
  case bundledModel
  /// What was assumed or passed over when the model or its metadata were read.
  case model(String)
  /// The output that is used, and the others.
  case output(String, others: [String])
  /// What the sizes leave open of the axes of the input or the output; the layout that was taken, and what else fits.
  case inputAxes(String, others: [String]), outputAxes(String, others: [String])
  /// What becomes of the output's scores before they are compared.
  case scores(String)
  /// The only size of images that the network takes, though its input does not say so, and others that fit as well.
  case imageSize(PixelSize, others: [PixelSize])
  /// How classes follow from scores.
  case classes(String)
  /// So many independent scores, of which the largest wins however small it is.
  case independentScores(Int)
  /// A single score of which it is not known whether it is a probability.
  case unknownScore
  /// The image: its name, size, bands and types.
  case scene(String)
  /// A band hides pixels.
  case alpha(band: Int)
  /// What the scene says of its samples, and whether it is applied.
  case sampleScaling(String?, isApplied: Bool)
  /// What becomes of samples, and by whose word.
  case samples(String, isGiven: Bool)
  /// Whether samples are scaled as in training is not known, and why.
  case doubtfulSamples(SampleDoubt)
  /// Why there are no ground areas.
  case noAreas(String)
  /// How the image is cut and put together.
  case stitching(String)
  /// What the format of an output cannot hold.
  case lostGeoreference(file: String, [String])
}

/// Why it is not known whether samples are scaled as in training.
public struct SampleDoubt: Sendable, CustomStringConvertible {
  package let unit: InputUnit

  package init(_ unit: InputUnit) { self.unit = unit }

  /// One line: what is not known and why, and what to do if samples are to stay as they are.
  public var description: String { text(Wording()) }

  package func text(_ wording: Wording) -> String { unit.doubtText(wording) }
}
