import Diagnostics
import Glibc
import ModelFiles

/// The directory of an index, from which only plain files are opened.
final class ShardDirectory {
  private let descriptor: Int32
  private let prefix: String

  init(ofFile path: String) throws(ImportError) {
    prefix = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    descriptor = Glibc.open(prefix.isEmpty ? "." : prefix, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ImportError(.unreadable, path, String(cString: strerror(errno))) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// The path of a file as it is shown.
  func path(_ name: String) -> String { prefix + name }

  /// Opens a file of the directory itself; links are not followed.
  func open(_ name: String, for index: String) throws(ImportError) -> FileBytes {
    guard !name.isEmpty, name != ".", name != "..", !name.utf8.contains(0), !name.contains("/"), !name.contains("\\")
    else {
      throw ImportError(
        .malformed, index, "names the file \(printable(name)), which is no name within the index's own directory")
    }
    var status = stat()
    guard fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
      throw ImportError(
        errno == ENOENT ? .missingFile : .unreadable, path(name), String(cString: strerror(errno)),
        remedy: .advice("the file belongs to the weights of \(printable(index)), in the same directory"))
    }
    guard status.st_mode & S_IFMT != S_IFLNK else {
      throw ImportError(.malformed, path(name), "is a link, which the weights of an index must not be")
    }
    guard case .file(let file) = try ModelFile(entry: name, of: descriptor, path: path(name)) else {
      throw ImportError(.malformed, path(name), "is a directory, not a part of the weights")
    }
    return file
  }
}
