/// What would help against an error. Who asked for the run knows how each is given.
package indirect enum Remedy: Hashable, Sendable {
  /// What to do with a file or the machine, in words.
  case advice(String)
  /// Any one of these.
  case anyOf([Remedy])

  // Models.

  /// Saying what computes the same as a layer; `example` is one definition in the form that substitutions are read in.
  case substitute(layer: String, example: String)
  /// Saying which of these backends computed a model that does not tell.
  case nameBackend([String])
  /// Giving the images that a model takes one size.
  case fixInputSize
  /// A model, or an output of one, with these axes.
  case outputOfScores(axes: String)
  /// Saying what a pixel is whose scores are all below the threshold.
  case nameBackground

  // Scenes.

  /// Naming bands that exist.
  case correctBands
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
  case smallerWindow

  // Results.

  /// Allowing that a file is replaced.
  case replaceExisting
  /// Another name for the result.
  case nameOtherOutput
  /// Another value for pixels without data.
  case chooseOtherNodata
  /// Another format for the result.
  case chooseOtherFormat

  /// The words where the remedy is advice.
  package var advice: String? { if case .advice(let text) = self { text } else { nil } }
}
