package import Diagnostics
import Glibc

/// Why a file was not written.
package struct WriteError: SiteError {
  package enum Kind: Error, Sendable, Hashable {
    /// The system's error number.
    case system(Int32)
    /// A write that took no byte and named no error.
    case nothingTaken
    case emptyName
    /// Of so many bytes; so many are possible.
    case nameTooLong(Int, limit: Int)
    case pathTooLong(Int, limit: Int)
    case isDirectory
    /// A block device or a socket, which no result is written to.
    case isSpecial
    /// A named pipe that nobody reads from.
    case noReader
  }

  /// As the caller gave it.
  package let site: String
  package let kind: Kind

  package init(_ site: String, _ kind: Kind) { (self.site, self.kind) = (site, kind) }

  /// True where the name itself is wrong, and nothing was tried.
  package var isAboutName: Bool {
    switch kind {
    case .emptyName, .nameTooLong, .pathTooLong, .isDirectory: true
    case .system, .nothingTaken, .isSpecial, .noReader: false
    }
  }

  /// What went wrong, without the path.
  package var what: String {
    switch kind {
    case .system(let number): "cannot be written: \(String(cString: strerror(number)))"
    case .nothingTaken: "cannot be written: the system takes no more bytes"
    case .emptyName: "not a file name"
    case .nameTooLong(let count, let limit): "a name of \(count) bytes, the file system takes \(limit)"
    case .pathTooLong(let count, let limit): "a path of \(count) bytes, the system takes \(limit)"
    case .isDirectory: "is a directory"
    case .isSpecial: "is neither a file, a pipe nor a terminal"
    case .noReader: "is a pipe that nobody reads from"
    }
  }

  package var remedy: Remedy? { isAboutName ? .advice("choose another name") : nil }
}
