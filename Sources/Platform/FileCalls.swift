package import Glibc

/// The system calls by which files are written. Each sets `errno` where it fails, as the system's do; tests put calls that fail in
/// their place.
package struct FileCalls: Sendable {
  package var open: @Sendable (_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32
  package var write: @Sendable (_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int
  package var synchronise: @Sendable (_ descriptor: Int32) -> Int32
  package var close: @Sendable (_ descriptor: Int32) -> Int32
  package var rename: @Sendable (_ old: String, _ new: String) -> Int32
  package var unlink: @Sendable (_ path: String) -> Int32

  package static let system = FileCalls(
    open: { Glibc.open($0, $1, $2) }, write: { Glibc.write($0, $1, $2) }, synchronise: { fsync($0) },
    close: { Glibc.close($0) }, rename: { Glibc.rename($0, $1) }, unlink: { Glibc.unlink($0) })

  /// Writes all bytes to a descriptor: what the system takes in parts is continued, and what a signal stops is begun again.
  package func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(WriteError.Kind) {
    guard let base = bytes.baseAddress else { return }
    var done = 0
    while done < bytes.count {
      let count = write(descriptor, base + done, bytes.count - done)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw count < 0 ? .system(errno) : .nothingTaken }
      done += count
    }
  }

  /// Makes sure that the bytes of a file, or the names of a directory, are on the disk, where the file system can say so.
  func synchroniseAll(_ descriptor: Int32) throws(WriteError.Kind) {
    while synchronise(descriptor) != 0 {
      switch errno {
      case EINTR: continue
      case EINVAL, ENOSYS, ENOTSUP: return
      default: throw .system(errno)
      }
    }
  }

  func renameFile(_ old: String, _ new: String) throws(WriteError.Kind) {
    while rename(old, new) != 0 {
      guard errno == EINTR else { throw .system(errno) }
    }
  }

  /// On Linux a descriptor is closed also where a signal interrupts that.
  func closeFile(_ descriptor: Int32) throws(WriteError.Kind) {
    guard close(descriptor) == 0 || errno == EINTR else { throw .system(errno) }
  }
}
