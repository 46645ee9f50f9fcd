package import Diagnostics

/// Why a graph cannot be planned or run.
package struct EngineError: SiteError {
  package enum Kind: Sendable, Hashable {
    /// The graph has something the engine cannot execute.
    case unsupported
    /// A value given at run time does not fit the plan.
    case mismatch
    /// The system has not enough memory.
    case outOfMemory
  }

  package var kind: Kind
  /// Node or input name.
  package var site: String
  package var what: String

  package var remedy: Remedy? { nil }

  package init(_ kind: Kind, _ site: String, _ what: String) { (self.kind, self.site, self.what) = (kind, site, what) }
}
