/// Why a model file was not imported.
///
/// Two errors are equal when their kind and site are: the text is for people.
public struct ImportError: Error, Sendable, CustomStringConvertible {
  public enum Kind: Sendable, Hashable {
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
  public enum ExitClass: Int32, Sendable { case usage = 2, unsupported = 3, malformed = 4, inputOutput = 5, limit = 7 }

  public var kind: Kind
  /// The file, archive member, HDF5 path, layer or node that is to blame.
  public var site: String
  public var what: String
  /// What the user can do about it; empty when there is nothing to say.
  public var hint: String

  public init(_ kind: Kind, _ site: String, _ what: String, hint: String = "") {
    (self.kind, self.site, self.what, self.hint) = (kind, printable(site), escaped(what), escaped(hint))
  }

  public var exitClass: ExitClass {
    switch kind {
    case .missingFile, .unreadable: .inputOutput
    case .notAModel, .unsupported: .unsupported
    case .malformed: .malformed
    case .limit: .limit
    case .usage: .usage
    }
  }

  /// `<site>: <what>; <hint>`.
  public var description: String { "\(site): \(what)" + (hint.isEmpty ? "" : "; \(hint)") }
}

extension ImportError: Hashable {
  public static func == (a: ImportError, b: ImportError) -> Bool { a.kind == b.kind && a.site == b.site }
  public func hash(into hasher: inout Hasher) {
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
