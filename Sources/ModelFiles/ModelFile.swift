package import Glibc

/// What stands at a path: a regular file, or a directory.
package enum ModelFile {
  case file(FileBytes)
  case directory

  /// Opens a regular file. Anything else that could block or never end (pipes, devices) is refused before it is read.
  package init(path: String, limit: Int = Limits.fileBytes) throws(ImportError) {
    try self.init(open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), path, limit)
  }

  /// Opens what has this name in an open directory, in the same way; a symbolic link is not followed but an error.
  /// `path` names it in errors.
  package init(
    entry name: String, of directory: Int32, path: String, limit: Int = Limits.fileBytes
  ) throws(ImportError) {
    try self.init(openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), path, limit)
  }

  private init(_ descriptor: Int32, _ path: String, _ limit: Int) throws(ImportError) {
    guard descriptor >= 0 else {
      let reason = String(cString: strerror(errno))
      throw ImportError(errno == ENOENT ? .missingFile : .unreadable, path, reason)
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      close(descriptor)
      throw ImportError(.unreadable, path, "cannot be examined")
    }
    if status.st_mode & S_IFMT == S_IFREG, let size = Int(exactly: status.st_size), size <= limit {
      self = .file(FileBytes(descriptor: descriptor, path: path, status: status))
      return
    }
    close(descriptor)
    switch status.st_mode & S_IFMT {
    case S_IFDIR: self = .directory
    case S_IFREG:
      throw ImportError(.limit, path, "is \(status.st_size) bytes long, at most \(limit) are accepted")
    default: throw ImportError(.unreadable, path, "is not a regular file")
    }
  }
}

/// The bytes of an open file. They are read when they are asked for, never mapped: a file that shrinks meanwhile ends
/// in a failed read.
package final class FileBytes: ByteSource {
  package let count: Int
  package let descriptor: Int32
  private let path: String
  private let modified: timespec

  /// Takes over a descriptor of a regular file.
  package init(descriptor: Int32, path: String, status: stat) {
    (self.descriptor, self.path) = (descriptor, path)
    (count, modified) = (Int(status.st_size), status.st_mtim)
  }

  deinit { close(descriptor) }

  package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
    guard offset >= 0, offset <= count, buffer.count <= count - offset else { return false }
    var done = 0
    while done < buffer.count, let base = buffer.baseAddress {
      let got = pread(descriptor, base + done, buffer.count - done, off_t(offset + done))
      if got < 0 && errno == EINTR { continue }
      guard got > 0 else { return false }
      done += got
    }
    return true
  }

  package func scan(_ body: (UnsafeRawBufferPointer) -> Void) throws(ImportError) {
    guard readAll(body) else { throw ImportError(.unreadable, path, "ended early or could not be read") }
  }

  /// Throws when the file was written to since it was opened: its parts may not belong together.
  package func checkUnchanged() throws(ImportError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_size == count, status.st_mtim.tv_sec == modified.tv_sec,
      status.st_mtim.tv_nsec == modified.tv_nsec
    else { throw ImportError(.unreadable, path, "was changed while it was read") }
  }
}
