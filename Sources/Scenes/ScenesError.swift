package import Diagnostics

/// A grid that cannot be built or a mask that cannot be written from what the user asked for.
package struct ScenesError: SiteError {
  package enum Kind: Hashable, Sendable {
    /// The window is smaller than its halos and one modulus; `minimum` would work.
    case windowTooSmall(asked: Int, minimum: Int)
    /// The overlap leaves less than one modulus of stride; `maximum` would work.
    case overlapTooLarge(asked: Int, maximum: Int)
    /// Class numbers are written as bytes, so there are at most `maximum`.
    case tooManyClasses(asked: Int, maximum: Int)
  }

  /// What is being laid out.
  package enum Site: String, Hashable, Sendable { case width, height, classes }

  package let kind: Kind
  package let site: Site

  package init(_ kind: Kind, at site: Site) { (self.kind, self.site) = (kind, site) }

  package var what: String {
    switch kind {
    case .windowTooSmall(let asked, let minimum):
      "a window \(site) of \(asked) px is too small; the smallest that works is \(minimum) px"
    case .overlapTooLarge(let asked, let maximum):
      "an overlap of \(asked) px is too large for the window's \(site); the largest that works is \(maximum) px"
    case .tooManyClasses(let asked, let maximum):
      "\(asked) classes do not fit a byte mask, which holds \(maximum)"
    }
  }

  package var remedy: Remedy? { nil }

  /// What is wrong, which says where.
  package var description: String { what }
}
