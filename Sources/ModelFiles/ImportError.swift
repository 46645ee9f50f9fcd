/// Why a model file was not imported.
///
/// Two errors are equal when their kind and site are: the text is for people.
package struct ImportError: Error, Sendable, CustomStringConvertible {
  package enum Kind: Sendable, Hashable {
    /// There is no such file.
    case missingFile
    /// It cannot be read, or is not a regular file.
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

  /// The classes of failure that a caller reports differently.
  package enum ExitClass: Int32, Sendable { case usage = 2, unsupported = 3, malformed = 4, inputOutput = 5, limit = 7 }

  package var kind: Kind
  /// The file, archive member, HDF5 path, layer or node that is to blame.
  package var site: String
  package var what: String
  /// What the user can do about it; empty when there is nothing to say.
  package var hint: String

  package init(_ kind: Kind, _ site: String, _ what: String, hint: String = "") {
    (self.kind, self.site, self.what, self.hint) = (kind, printable(site), escaped(what), escaped(hint))
  }

  package var exitClass: ExitClass {
    switch kind {
    case .missingFile, .unreadable: .inputOutput
    case .notAModel, .unsupported: .unsupported
    case .malformed: .malformed
    case .limit: .limit
    case .usage: .usage
    }
  }

  /// `<site>: <what>; <hint>`.
  package var description: String { "\(site): \(what)" + (hint.isEmpty ? "" : "; \(hint)") }
}

extension ImportError: Hashable {
  package static func == (a: ImportError, b: ImportError) -> Bool { a.kind == b.kind && a.site == b.site }
  package func hash(into hasher: inout Hasher) {
    hasher.combine(kind)
    hasher.combine(site)
  }
}

/// A name from a file as it may be shown: control characters escaped, cut at 200 characters.
package func printable(_ name: String) -> String {
  let scalars = name.unicodeScalars
  return escaped(scalars.prefix(200)) + (scalars.count > 200 ? "..." : "")
}

private func escaped(_ text: String) -> String { escaped(text.unicodeScalars[...]) }

private func escaped(_ text: Substring.UnicodeScalarView) -> String {
  var result = ""
  for scalar in text {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
      result += scalar.escaped(asASCII: true)
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}
