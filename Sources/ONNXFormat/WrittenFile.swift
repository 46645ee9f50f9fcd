import CONNX
import Glibc
import ModelFiles

/// A file that is written under a temporary name beside its own, and takes that name when it is complete.
final class WrittenFile {
  private let path: String
  let partial: String
  private let file: UnsafeMutablePointer<FILE>
  private var isFinished = false

  init(_ path: String) throws(ImportError) {
    (self.path, partial) = (path, path + ".part")
    guard let file = fopen(partial, "wbe") else { throw WrittenFile.failure(path) }
    self.file = file
  }

  deinit {
    if isFinished { return }
    fclose(file)
    unlink(partial)
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(ImportError) {
    guard fwrite(bytes.baseAddress, 1, bytes.count, file) == bytes.count else { throw WrittenFile.failure(path) }
  }

  /// Moves on to an offset; what is passed over reads as zeros.
  func move(to offset: Int) throws(ImportError) {
    guard fseeko(file, off_t(offset), SEEK_SET) == 0 else { throw WrittenFile.failure(path) }
  }

  /// Writes a message piece by piece.
  func pack(_ message: UnsafePointer<ProtobufCMessage>) -> Result<Void, ImportError> {
    var sink = Sink(base: ProtobufCBuffer(append: append), file: file, isBroken: false)
    withUnsafeMutablePointer(to: &sink) { sink in
      sink.withMemoryRebound(to: ProtobufCBuffer.self, capacity: 1) {
        _ = protobuf_c_message_pack_to_buffer(message, $0)
      }
    }
    return sink.isBroken ? .failure(WrittenFile.failure(path)) : .success(())
  }

  /// Makes all readable under the temporary name.
  func flush() throws(ImportError) {
    guard fflush(file) == 0 else { throw WrittenFile.failure(path) }
  }

  /// Makes sure that all is on the disk, and gives the file its name.
  func finish() throws(ImportError) {
    guard fflush(file) == 0, fsync(fileno(file)) == 0, rename(partial, path) == 0 else {
      throw WrittenFile.failure(path)
    }
    isFinished = true
    fclose(file)
  }

  private static func failure(_ path: String) -> ImportError {
    ImportError(.unreadable, path, "cannot be written: \(String(cString: strerror(errno)))")
  }
}

/// A buffer of protobuf-c, which sees its first member only.
private struct Sink {
  var base: ProtobufCBuffer
  var file: UnsafeMutablePointer<FILE>
  var isBroken: Bool
}

private func append(
  _ buffer: UnsafeMutablePointer<ProtobufCBuffer>?, _ count: Int, _ bytes: UnsafePointer<UInt8>?
) {
  buffer?.withMemoryRebound(to: Sink.self, capacity: 1) { sink in
    if fwrite(bytes, 1, count, sink.pointee.file) != count { sink.pointee.isBroken = true }
  }
}
