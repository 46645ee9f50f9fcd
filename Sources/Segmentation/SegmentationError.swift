/// Why a scene cannot be run as asked.
public struct SegmentationError: Error, Hashable, CustomStringConvertible {
  public enum Kind: Sendable, Hashable {
    /// The model is not a segmentation network over one image.
    case unsupportedModel
    /// The model cannot run exactly.
    case notLocal
    /// The memory limit is too small; so many bytes would do.
    case memory(needed: Int)
    /// The system has no thread left.
    case threads
  }

  public var kind: Kind
  public var site: String
  public var what: String
  public var hint: String?

  public init(_ kind: Kind, _ site: String, _ what: String, hint: String? = nil) {
    (self.kind, self.site, self.what, self.hint) = (kind, site, what, hint)
  }

  public var description: String { "\(site): \(what)" + (hint.map { "; \($0)" } ?? "") }
}
