import Glibc
import Synchronization

/// A path as the name of a file to be written.
package struct FileName: Sendable {
  package let path: String
  /// With its slash; empty for the working directory.
  package let directory: String
  package let name: String

  private static let counter = Atomic<Int>(0)
  /// Bytes of a name that its temporary names keep.
  private static let keptBytes = 60
  /// Beside those, the most that a temporary name has: a dot, process and number, and the longest ending.
  package static let longestTemporary = keptBytes + 60

  package init(_ path: String) {
    self.path = path
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    directory = slash.map { String(path[...$0]) } ?? ""
    name = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
  }

  /// A hidden name in the same directory that nobody else has, without its ending. It is never too long where names of 143 bytes are
  /// possible, as on all file systems in use.
  package func temporaryStem() -> String {
    var kept = ""
    for character in name {
      guard kept.utf8.count + character.utf8.count <= FileName.keptBytes else { break }
      kept.append(character)
    }
    return "\(directory).\(kept).\(getpid())-\(FileName.counter.add(1, ordering: .relaxed).newValue)"
  }

  /// Throws where no file can have the name: it is empty or longer than the file system takes, or leaves its temporary names no room
  /// in a path. `suffixes` are endings of the names of files that come with it.
  package func check(suffixes: [String] = []) throws(WriteError) {
    // The system would end the name at a zero.
    guard !name.isEmpty, name != ".", name != "..", !path.utf8.contains(0) else { throw WriteError(path, .emptyName) }
    let suffix = suffixes.map(\.utf8.count).max() ?? 0
    let limit = pathconf(directory.isEmpty ? "." : directory, Int32(_PC_NAME_MAX))
    let longestName = limit > 0 ? limit : 255
    let nameBytes = name.utf8.count + suffix
    guard nameBytes <= longestName else { throw WriteError(path, .nameTooLong(nameBytes, limit: longestName)) }
    // The system counts the zero at the end.
    let longestPath = Int(PATH_MAX) - 1
    let pathBytes = directory.utf8.count + max(nameBytes, FileName.longestTemporary)
    guard pathBytes <= longestPath else { throw WriteError(path, .pathTooLong(pathBytes, limit: longestPath)) }
  }
}
