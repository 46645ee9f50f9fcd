import Glibc

/// Why a file was not written.
package struct WriteError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Reason: Error, Sendable, Equatable {
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
  package let path: String
  package let reason: Reason

  package init(_ path: String, _ reason: Reason) { (self.path, self.reason) = (path, reason) }

  /// True where the name itself is wrong, and nothing was tried.
  package var isAboutName: Bool {
    switch reason {
    case .emptyName, .nameTooLong, .pathTooLong, .isDirectory: true
    case .system, .nothingTaken, .isSpecial, .noReader: false
    }
  }

  /// What went wrong, without the path.
  package var what: String {
    switch reason {
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

  package var description: String { "\(path): \(what)" }
}
