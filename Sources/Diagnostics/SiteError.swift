/// What the errors of all rooms have: which kind of failure it is, where, what is wrong, and what would help.
///
/// None of them names an option, an exit code or a variable of the environment: who asked words the remedy.
package protocol SiteError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The failures of a room that a caller tells apart.
  associatedtype Kind: Hashable, Sendable
  /// A file, layer, node, input or part of one.
  associatedtype Site: Hashable, Sendable

  var kind: Kind { get }
  var site: Site { get }
  /// What is wrong, on one line, without the site.
  var what: String { get }
  var remedy: Remedy? { get }
}

extension SiteError {
  /// `<site>: <what>`, and advice behind a semicolon.
  package var description: String { "\(site): \(what)" + (remedy?.advice.map { "; \($0)" } ?? "") }
}
