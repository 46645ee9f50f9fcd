/// A grid that cannot be built or a mask that cannot be written from what the user asked for.
public struct ScenesError: Error, Hashable, CustomStringConvertible {
  public enum Kind: Hashable, Sendable {
    /// The window is smaller than its halos and one modulus; `minimum` would work.
    case windowTooSmall(asked: Int, minimum: Int)
    /// The overlap leaves less than one modulus of stride; `maximum` would work.
    case overlapTooLarge(asked: Int, maximum: Int)
    /// Class numbers are written as bytes, so there are at most `maximum`.
    case tooManyClasses(asked: Int, maximum: Int)
  }

  /// What is being laid out.
  public enum Site: String, Hashable, Sendable { case width, height, classes }

  public let kind: Kind
  public let site: Site

  public init(_ kind: Kind, at site: Site) { (self.kind, self.site) = (kind, site) }

  public var description: String {
    switch kind {
    case .windowTooSmall(let asked, let minimum):
      "a window \(site) of \(asked) px is too small; the smallest that works is \(minimum) px"
    case .overlapTooLarge(let asked, let maximum):
      "an overlap of \(asked) px is too large for the window's \(site); the largest that works is \(maximum) px"
    case .tooManyClasses(let asked, let maximum):
      "\(asked) classes do not fit a byte mask, which holds \(maximum)"
    }
  }
}
