package import Diagnostics

/// Why a model file was not imported, or not written.
///
/// Two errors are equal when their kind and site are: the text is for people.
package struct ImportError: SiteError {
  package enum Kind: Sendable, Hashable {
    /// There is no such file.
    case missingFile
    /// It cannot be read or written, or is not a regular file.
    case unreadable
    /// It is readable, but another kind of file.
    case notAModel
    /// It contradicts its format or itself.
    case malformed
    /// It is well-formed, but asks for something that is not provided.
    case unsupported
    /// It is larger or deeper than what is accepted.
    case limit
    /// What was asked for beside the file does not fit to it.
    case usage
  }

  package var kind: Kind
  /// The file, archive member, HDF5 path, layer or node that is to blame.
  package var site: String
  package var what: String
  package var remedy: Remedy?

  package init(_ kind: Kind, _ site: String, _ what: String, remedy: Remedy? = nil) {
    (self.kind, self.site, self.what) = (kind, printable(site), escaped(what))
    self.remedy = remedy?.advice.map { .advice(escaped($0)) } ?? remedy
  }
}

extension ImportError: Hashable {
  package static func == (a: ImportError, b: ImportError) -> Bool { a.kind == b.kind && a.site == b.site }
  package func hash(into hasher: inout Hasher) {
    hasher.combine(kind)
    hasher.combine(site)
  }
}
