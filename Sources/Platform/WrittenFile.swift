import Glibc

/// A file that is written under a temporary name beside its own, and takes that name when it is complete.
///
/// Links are followed, and a file that is replaced keeps its permissions. A pipe, a terminal or a device is written to as it is. Without
/// `publish` nothing is left.
package final class WrittenFile {
  package let path: String
  /// Where the bytes are until `publish`; of a stream, its path.
  package let partial: String
  /// Bytes given so far.
  package private(set) var count = 0
  private let final: String
  private let isStream: Bool
  private let calls: FileCalls
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  private var isUnfinished = true

  private static let bufferBytes = 1 << 16
  private static let mostAttempts = 100

  /// Creates the temporary file.
  ///
  /// - Parameter path: where the result goes.
  /// - Throws: a name that no file can have; a file that cannot be created.
  package init(_ path: String, calls: FileCalls = .system) throws(WriteError) {
    (self.path, self.calls) = (path, calls)
    try FileName(path).check()
    switch try WriteTarget(path) {
    case .stream:
      (final, partial, isStream) = (path, path, true)
      descriptor = try WrittenFile.openStream(path, calls)
    case .file(let place, let mode):
      let name = FileName(place)
      try name.check()
      (final, isStream) = (place, false)
      (partial, descriptor) = try WrittenFile.createTemporary(name, path, calls)
      if let mode { _ = fchmod(descriptor, mode) }
    }
  }

  private static func createTemporary(
    _ name: FileName, _ path: String, _ calls: FileCalls
  ) throws(WriteError) -> (String, Int32) {
    for _ in 0..<mostAttempts {
      let partial = name.temporaryStem() + ".part"
      // Known before it is there, so that no signal falls between.
      UnfinishedFiles.add(partial)
      let descriptor = calls.open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 { return (partial, descriptor) }
      let number = errno
      UnfinishedFiles.remove(partial)
      guard number == EEXIST || number == EINTR else { throw WriteError(path, .system(number)) }
    }
    throw WriteError(path, .system(EEXIST))
  }

  /// Without waiting for a reader, which may never come.
  private static func openStream(_ path: String, _ calls: FileCalls) throws(WriteError) -> Int32 {
    let descriptor = calls.open(path, O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0)
    guard descriptor >= 0 else { throw WriteError(path, errno == ENXIO ? .noReader : .system(errno)) }
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
    return descriptor
  }

  deinit { abandon() }

  /// Removes what has been written; does nothing after `publish`.
  private func abandon() {
    if descriptor >= 0 { _ = calls.close(descriptor) }
    descriptor = -1
    guard isUnfinished, !isStream else { return }
    isUnfinished = false
    _ = calls.unlink(partial)
    UnfinishedFiles.remove(partial)
  }

  package func append(_ bytes: UnsafeRawBufferPointer) throws(WriteError) {
    count += bytes.count
    if buffer.count + bytes.count > WrittenFile.bufferBytes { try flush() }
    if bytes.count < WrittenFile.bufferBytes {
      buffer.append(contentsOf: bytes)
    } else {
      try about { () throws(WriteError.Kind) in try calls.writeAll(bytes, to: descriptor) }
    }
  }

  /// Writes zeros up to an offset, which must not lie behind what was written.
  package func pad(to offset: Int) throws(WriteError) {
    precondition(offset >= count, "\(offset) is before the \(count) bytes that were written")
    let zeros = UnsafeMutableRawBufferPointer.allocate(byteCount: min(offset - count, 4096), alignment: 1)
    defer { zeros.deallocate() }
    zeros.initializeMemory(as: UInt8.self, repeating: 0)
    while count < offset {
      try append(UnsafeRawBufferPointer(rebasing: zeros[..<min(zeros.count, offset - count)]))
    }
  }

  /// Makes all readable under the temporary name.
  package func flush() throws(WriteError) {
    try about { () throws(WriteError.Kind) in
      try buffer.withUnsafeBufferPointer { (bytes) throws(WriteError.Kind) in
        try calls.writeAll(UnsafeRawBufferPointer(bytes), to: descriptor)
      }
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Makes sure that all is on the disk; nothing can be added then.
  package func complete() throws(WriteError) {
    try flush()
    try about { () throws(WriteError.Kind) in
      if !isStream { try calls.synchroniseAll(descriptor) }
      let closing = descriptor
      descriptor = -1
      try calls.closeFile(closing)
    }
  }

  /// Gives a complete file its name.
  package func publish() throws(WriteError) {
    precondition(descriptor < 0, "\(path) is not complete")
    guard !isStream else { return }
    try about { () throws(WriteError.Kind) in
      try calls.renameFile(partial, final)
      isUnfinished = false
      UnfinishedFiles.remove(partial)
      try synchroniseDirectory()
    }
  }

  package func finish() throws(WriteError) {
    try complete()
    try publish()
  }

  /// So that the name survives a failure of the machine; a directory that may not be read is let be.
  private func synchroniseDirectory() throws(WriteError.Kind) {
    let directory = FileName(final).directory
    let opened = calls.open(directory.isEmpty ? "." : directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
    guard opened >= 0 else { return }
    defer { _ = calls.close(opened) }
    try calls.synchroniseAll(opened)
  }

  /// Names the file, and removes it where its work fails.
  private func about(_ body: () throws(WriteError.Kind) -> Void) throws(WriteError) {
    do throws(WriteError.Kind) { try body() } catch {
      abandon()
      throw WriteError(path, error)
    }
  }

  /// Writes a whole file of these pieces.
  package static func write(
    _ pieces: [UnsafeRawBufferPointer], to path: String, calls: FileCalls = .system
  ) throws(WriteError) {
    let file = try WrittenFile(path, calls: calls)
    for piece in pieces { try file.append(piece) }
    try file.finish()
  }
}
