extension Remedy: CustomStringConvertible {
  /// What helps, for who knows of no options.
  public var description: String {
    switch self {
    case .advice(let text): text
    case .anyOf(let remedies): remedies.map(\.description).joined(separator: ", or ")
    case .substitute(let layer, let example): "say what computes the same as \(layer), such as \(example)"
    case .nameBackend(let names): "name the backend, \(names.joined(separator: " or "))"
    case .optimise: "optimise the network"
    case .otherOutputs(let names): "there are other outputs: \(names.joined(separator: ", "))"
    case .outputOfScores(let axes): "labelling needs an output of \(axes)"
    case .nameBackground: "say whether the first score is the background's"
    case .otherClassNames(orNoBackground: true): "give other class names, or say that no score is the background's"
    case .otherClassNames(orNoBackground: false): "give other class names"
    case .fixInputSize: "give the images one size"
    case .nameInputSize: "the model leaves sizes open; give one that it takes"
    case .otherInputSize: "give a size that the model takes"
    case .giveInput(let name): "give a value for \(name)"
    case .smallerWindow: "use a smaller window"
    case .blendWindows: "blend windows"
    case .automaticHaloOrCropping: "leave the halo to the network, or crop windows for an approximation"
    case .allowMemory(let bytes): "the smallest limit that works here is \(bytes >> 20) MiB"
    case .replaceExisting: "allow that it is replaced"
    case .nameOutput, .nameOtherOutput: "name another file"
    case .chooseOtherNodata: "choose another value for pixels without data"
    case .chooseOtherFormat: "choose another format"
    case .extensionOrFormat(let known): "end it in one of \(known.joined(separator: ", ")), or choose the format"
    case .noFormatOrExtension(let known): "choose no format, or end the name in .\(known)"
    default: sceneDescription
    }
  }

  private var sceneDescription: String {
    switch self {
    case .correctBands: "name bands that exist"
    case .nameBands(let count): "name \(count) bands"
    case .nameBandsSuchAs(let bands): "name the bands, such as \(bands.map(String.init).joined(separator: ", "))"
    case .nameBandsRepeatedly: "name the bands, of which one may come several times"
    case .readAlphaAsData: "read alpha as data"
    case .locateProjectionDatabase: "tell PROJ the directory that holds its database"
    default: "choose the bands"
    }
  }
}
