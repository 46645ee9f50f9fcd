/// Why a graph cannot be planned or run.
public struct EngineError: Error, Hashable, CustomStringConvertible {
  public enum Kind: Sendable, Hashable {
    /// The graph has something the engine cannot execute.
    case unsupported
    /// A value given at run time does not fit the plan.
    case mismatch
    /// The system has not enough memory.
    case outOfMemory
  }

  public var kind: Kind
  /// Node or input name.
  public var site: String
  public var what: String

  public init(_ kind: Kind, _ site: String, _ what: String) { (self.kind, self.site, self.what) = (kind, site, what) }
  public var description: String { "\(site): \(what)" }
}
