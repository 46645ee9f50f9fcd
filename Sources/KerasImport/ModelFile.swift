import Glibc

/// What stands at a path: the bytes of a regular file, or a directory.
enum ModelFile {
  case bytes([UInt8])
  case directory

  /// Reads a whole regular file. Anything else that could block or never end (pipes, devices) is refused before it is
  /// read.
  init(path: String, limit: Int = Limits.fileBytes) throws(KerasError) {
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      let reason = String(cString: strerror(errno))
      throw KerasError(errno == ENOENT ? .missingFile : .unreadable, path, reason)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw KerasError(.unreadable, path, "cannot be examined") }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: self = .directory
    case S_IFREG:
      guard let size = Int(exactly: status.st_size), size <= limit else {
        throw KerasError(.limit, path, "is \(status.st_size) bytes long, at most \(limit) are accepted")
      }
      self = .bytes(try ModelFile.read(descriptor, size, path))
    default: throw KerasError(.unreadable, path, "is not a regular file")
    }
  }

  private static func read(_ descriptor: Int32, _ size: Int, _ path: String) throws(KerasError) -> [UInt8] {
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size, let base = buffer.baseAddress {
        let got = Glibc.read(descriptor, base + count, size - count)
        if got < 0 && errno == EINTR { continue }
        if got <= 0 { break }
        count += got
      }
    }
    guard bytes.count == size else { throw KerasError(.unreadable, path, "ended early or could not be read") }
    return bytes
  }
}
