import CGDAL
import Glibc

/// What the file system says about a path, symbolic links followed; `nil` when there is no such file.
struct FileFacts {
  let isDirectory: Bool
  let isRegular: Bool
  /// Device and inode; `nil` for GDAL's virtual files, which have none.
  private let identity: [UInt]?

  init?(_ path: String) {
    if path.hasPrefix("/vsi") {
      guard let file = VSIFOpenL(path, "rb") else { return nil }
      VSIFCloseL(file)
      self.init(isDirectory: false, isRegular: true, identity: nil)
      return
    }
    self.init(local: path)
  }

  /// The same of the system's files only: nothing of GDAL's is asked.
  init?(local path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(
      isDirectory: status.st_mode & S_IFMT == S_IFDIR, isRegular: status.st_mode & S_IFMT == S_IFREG,
      identity: [UInt(status.st_dev), UInt(status.st_ino)])
  }

  private init(isDirectory: Bool, isRegular: Bool, identity: [UInt]?) {
    (self.isDirectory, self.isRegular, self.identity) = (isDirectory, isRegular, identity)
  }

  /// Neither a file nor a directory: reading it could block or never end.
  var isSpecial: Bool { !isRegular && !isDirectory }

  /// Whether both are one file, whatever path led to it.
  func isSameFile(as other: FileFacts) -> Bool { identity != nil && identity == other.identity }
}
