/// What helps against a fault: the kind of thing, for the caller to word.
public enum Remedy: Sendable, Hashable {
  /// A sentence about files or models.
  case advice(String)
  /// The outputs of the model that could be used instead.
  case otherOutputs([String])
  /// To allow that existing files are replaced.
  case overwriting
  /// To choose as many bands as the network has channels.
  case choosingBands
  /// To read bands that are marked alpha as data; or something else.
  case readingAlpha(or: String?)
  /// To tell PROJ where its database is.
  case projDatabase
  /// To name the output.
  case namingOutput
  /// To end the output's name in one of these extensions, or to choose a format.
  case extensionOrFormat([String])
  /// To choose no format, or to end the output's name in this extension.
  case noFormatOrExtension(String)
  /// To say which score is the background's.
  case background
  /// Other names of classes; or, where these are one more than the scores, to say that no score is the background's.
  case otherClassNames(orNoBackground: Bool)
  /// To blend windows.
  case blending
  /// To let the halo follow from the network, or to crop windows, which approximates.
  case automaticHaloOrCropping
  /// To allow at least so many bytes; or a smaller window.
  case memory(bytes: Int?, orSmallerWindow: Bool)
  /// To name a size that the model takes.
  case inputShape
  /// To name a size that is not 512x512.
  case benchmarkShape
  /// To give a value for the input of this name.
  case input(String)
  /// An output of height x width x classes, in any order.
  case imageOutput
  /// To let the optimiser work.
  case optimising
}

extension Remedy: CustomStringConvertible {
  public var description: String {
    switch self {
    case .advice(let text): text
    case .otherOutputs(let names): "other outputs: \(names.joined(separator: ", "))"
    case .overwriting: "allow that it is replaced"
    case .choosingBands: "choose the bands"
    case .readingAlpha(let other): ["read alpha as data", other].compactMap { $0 }.joined(separator: ", or ")
    case .projDatabase: "tell PROJ the directory that holds its database"
    case .namingOutput: "name the output"
    case .extensionOrFormat(let known): "end it in one of \(known.joined(separator: ", ")), or choose the format"
    case .noFormatOrExtension(let known): "choose no format, or end the name in .\(known)"
    case .background: "say whether the first score is the background's"
    case .otherClassNames(false): "give other class names"
    case .otherClassNames(true): "give other class names, or say that no score is the background's"
    case .blending: "blend windows"
    case .automaticHaloOrCropping: "leave the halo to the network, or crop windows for an approximation"
    case .memory(let bytes, let orSmallerWindow):
      [
        bytes.map { "the smallest that works here is \($0 >> 20) MiB" },
        orSmallerWindow ? "or use a smaller window" : nil,
      ]
      .compactMap { $0 }.joined(separator: ", ")
    case .inputShape: "give a size that the model takes"
    case .benchmarkShape: "the model does not take 512x512; give a size that it takes"
    case .input(let name): "give a value for \(name)"
    case .imageOutput: "labelling needs an output of height x width x classes, in any order"
    case .optimising: "optimise the graph"
    }
  }
}
