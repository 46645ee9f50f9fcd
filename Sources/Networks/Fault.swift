/// Why something could not be done: the one error of `Networks` and `Orthophotos`.
public struct Fault: Error, Sendable, Hashable {
  /// The classes of failure that a caller tells apart.
  public enum Kind: Sendable, Hashable {
    /// What was asked for contradicts itself, or does not go with the model or the scene.
    case usage
    /// Well-formed, but of a kind that is not provided.
    case unsupported
    /// A file contradicts its format or itself.
    case malformed
    /// The system did not read or write a file.
    case inputOutput
    /// More memory, threads or disk than there is, or than is allowed.
    case limit
    /// Two things that should be equal are not.
    case differs
  }

  /// What a caller may have set otherwise.
  public enum Setting: Sendable, Hashable {
    /// How a scene is cut and put together: see `SegmentationOptions`.
    case window, overlap, halo, blend
    /// Which class a pixel gets, and what it is called.
    case threshold, background, classes
    /// What is read of a scene, and what the network sees of it.
    case bands, scale, mean, deviation
    /// How fewer scores than pixels are enlarged, and which output they are of.
    case upsampling, outputName
    /// How a model is read and computed.
    case precision, substitutes, inputShape
    /// Tensors or files that go in and out.
    case inputs, outputs, maskFormat, maskPath
    /// The most that a run may hold, and how many threads it may use.
    case maximumMemory, threads
  }

  /// Which class of failure it is.
  public var kind: Kind
  /// The file at fault, as the caller named it.
  public var file: String?
  /// The setting at fault.
  public var setting: Setting?
  /// The part of the file or the setting that is at fault: a layer, a member, a row, a value.
  public var site: String?
  /// What is wrong, in one line.
  public var what: String
  /// What helps, where that is known.
  public var remedy: Remedy?

  package init(
    _ kind: Kind, file: String? = nil, setting: Setting? = nil, at site: String? = nil, _ what: String,
    remedy: Remedy? = nil
  ) {
    (self.kind, self.file, self.setting, self.site) = (kind, file, setting, site)
    (self.what, self.remedy) = (what, remedy)
  }

  package init(_ kind: Kind, file: String? = nil, at site: String? = nil, _ what: String, hint: String?) {
    self.init(kind, file: file, at: site, what, remedy: hint.map { .advice($0) })
  }
}

extension Fault: CustomStringConvertible {
  /// `file: setting: site: what; remedy`, without what is not known.
  public var description: String {
    let place = setting.map { "\($0)" }
    return [file, place, site, what].compactMap { $0 }.joined(separator: ": ") + (remedy.map { "; \($0)" } ?? "")
  }
}
