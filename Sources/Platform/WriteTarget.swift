import Glibc

/// What stands where a file is to be written.
enum WriteTarget {
  /// A regular file, or none: at this path, links followed, with these permissions where it is there.
  case file(path: String, mode: mode_t?)
  /// A pipe, a terminal or another device that takes bytes: it is written to and never replaced.
  case stream

  private static let mostLinks = 40

  init(_ path: String) throws(WriteError) {
    var place = path
    for _ in 0..<WriteTarget.mostLinks {
      var status = stat()
      guard lstat(place, &status) == 0 else {
        // Other failures show when the file is created.
        self = .file(path: place, mode: nil)
        return
      }
      switch status.st_mode & S_IFMT {
      case S_IFREG:
        self = .file(path: place, mode: status.st_mode & 0o7777)
        return
      case S_IFLNK:
        // What a process has open, as /dev/stdout is: its name may be that of another file by now.
        if place.hasPrefix("/proc/") {
          self = .stream
          return
        }
        place = try WriteTarget.followed(place, original: path)
      case S_IFDIR: throw WriteError(path, .isDirectory)
      case S_IFCHR, S_IFIFO:
        self = .stream
        return
      default: throw WriteError(path, .isSpecial)
      }
    }
    throw WriteError(path, .system(ELOOP))
  }

  private static func followed(_ link: String, original: String) throws(WriteError) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(link, &buffer, buffer.count)
    guard count > 0 else { throw WriteError(original, .system(count < 0 ? errno : ENOENT)) }
    let target = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return target.hasPrefix("/") ? target : FileName(link).directory + target
  }
}
