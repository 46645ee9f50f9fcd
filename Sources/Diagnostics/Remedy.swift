/// What would help against an error: the kind of thing. Who asked knows how each is done.
public indirect enum Remedy: Hashable, Sendable {
  /// What to do with a file or the machine, in words.
  case advice(String)
  /// Any one of these.
  case anyOf([Remedy])

  // Models.

  /// Saying what computes the same as a layer; `example` is one definition in the form that substitutions are read in.
  case substitute(layer: String, example: String)
  /// Saying which of these backends computed a model that does not tell.
  case nameBackend([String])
  /// Letting the optimiser work.
  case optimise
  /// Another output of the model, such as these.
  case otherOutputs([String])
  /// A model, or an output of one, with these axes.
  case outputOfScores(axes: String)
  /// Saying what a pixel is whose scores are all below the threshold.
  case nameBackground
  /// Other names of classes; or, where these are one more than the scores, saying that no score is the background's.
  case otherClassNames(orNoBackground: Bool)
  /// Giving the images that a model takes one size.
  case fixInputSize
  /// Naming a size that a model takes which leaves it open.
  case nameInputSize
  /// Naming another size of images than the usual one.
  case otherInputSize
  /// A value for the input of this name.
  case giveInput(String)

  // Scenes.

  /// Naming bands that exist.
  case correctBands
  /// Choosing which bands are read.
  case chooseBands
  /// Naming so many bands.
  case nameBands(count: Int)
  /// Naming the bands, such as these, counted from 1.
  case nameBandsSuchAs([Int])
  /// Naming bands, of which one may come several times.
  case nameBandsRepeatedly
  /// Taking bands that are marked alpha for data.
  case readAlphaAsData
  /// Telling PROJ where its database is.
  case locateProjectionDatabase

  // How a scene is cut.

  /// Windows of fewer pixels.
  case smallerWindow
  /// Blending windows.
  case blendWindows
  /// Letting the halo follow from the network, or cropping windows, which approximates.
  case automaticHaloOrCropping
  /// Allowing at least so many bytes.
  case allowMemory(bytes: Int)

  // Results.

  /// Allowing that a file is replaced.
  case replaceExisting
  /// A name for the result.
  case nameOutput
  /// Another name for the result.
  case nameOtherOutput
  /// Another value for pixels without data.
  case chooseOtherNodata
  /// Another format for the result.
  case chooseOtherFormat
  /// A name that ends in one of these, or a format.
  case extensionOrFormat([String])
  /// No format, or a name that ends so.
  case noFormatOrExtension(String)

  /// The words where the remedy is advice.
  package var advice: String? { if case .advice(let text) = self { text } else { nil } }
}
