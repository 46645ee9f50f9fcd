import FoundationEssentials
import Glibc
import ModelFiles
import ONNXFormat
import Platform
import Tensors

/// Files as the commands need them, with errors that name the path as the user typed it.
enum Files {
  /// The bytes of a regular file.
  static func read(_ path: String, limit: Int = 8 << 30) throws(Failure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(.inputOutput, file: path, systemMessage()) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Failure(.inputOutput, file: path, "not a regular file")
    }
    let size = Int(status.st_size)
    guard size <= limit else { throw Failure(.limit, file: path, "\(size) bytes are more than the limit of \(limit)") }
    var failed: Failure?
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let got = Glibc.read(descriptor, buffer.baseAddress! + count, size - count)
        if got < 0 && errno == EINTR { continue }
        guard got > 0 else {
          failed = Failure(.inputOutput, file: path, got < 0 ? systemMessage() : "the file shrank while it was read")
          return
        }
        count += got
      }
    }
    if let failed { throw failed }
    return bytes
  }

  /// A file of this text, whole or not at all.
  static func write(_ text: String, to path: String) throws(Failure) {
    var text = text
    let failure = text.withUTF8 { written([UnsafeRawBufferPointer($0)], path) }
    if let failure { throw failure }
  }

  /// A NumPy file, whole or not at all; the elements are not copied.
  static func write(_ tensor: Tensor, to path: String) throws(Failure) {
    let failure = tensor.npyHeader.withUnsafeBytes { header in
      tensor.withUnsafeBytes { written([header, $0], path) }
    }
    if let failure { throw failure }
  }

  private static func written(_ pieces: [UnsafeRawBufferPointer], _ path: String) -> Failure? {
    do throws(WriteError) {
      try WrittenFile.write(pieces, to: path)
      return nil
    } catch { return Failure(error) }
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The bytes of a regular file; 0 where there is none.
  static func size(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : 0
  }

  /// Whether two paths, links followed, lead to one existing file, or are the same text.
  static func areSame(_ a: String, _ b: String) -> Bool {
    var (first, second) = (stat(), stat())
    guard stat(a, &first) == 0, stat(b, &second) == 0 else { return a == b }
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }

  /// Whether something is there that is neither a regular file nor a directory: reading it could block or never end.
  static func isSpecial(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
  }

  /// Bytes that are free on the disk of a file's directory; `nil` when that cannot be asked.
  static func freeBytes(beside path: String) -> Int? {
    let directory = stem(path).directory
    var status = statvfs()
    guard statvfs(directory.isEmpty ? "." : directory, &status) == 0 else { return nil }
    return Int(clamping: status.f_bavail.multipliedReportingOverflow(by: status.f_frsize).partialValue)
  }

  /// Names in a directory, sorted.
  static func list(_ path: String) throws(Failure) -> [String] {
    do { return try FileManager.default.contentsOfDirectory(atPath: path).sorted() } catch {
      throw Failure(.inputOutput, file: path, "cannot be listed: \(systemMessage())")
    }
  }

  /// The tensor of a NumPy file, or of one of ONNX's data sets, whose name ends in `.pb`.
  static func tensor(_ path: String) throws(Failure) -> Tensor {
    let bytes = try read(path)
    if path.hasSuffix(".pb") {
      do throws(ImportError) { return try readONNXTensor(bytes: bytes, name: path) } catch {
        throw Failure(error, file: path)
      }
    }
    do { return try Tensor(npy: bytes) } catch { throw Failure(error.kind.status, file: path, "\(error)") }
  }

  static func decode<T: Decodable>(_ type: T.Type, _ path: String) throws(Failure) -> T {
    let bytes = try read(path, limit: 64 << 20)
    do { return try JSONDecoder().decode(type, from: Data(bytes)) } catch {
      throw Failure(.malformed, file: path, "not the JSON that is expected here: \(describe(error))")
    }
  }

  private static func describe(_ error: any Error) -> String {
    switch error as? DecodingError {
    case .keyNotFound(let key, _): "key \(key.stringValue) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "\(context.codingPath.map(\.stringValue).joined(separator: ".")): \(context.debugDescription)"
    default: "it cannot be parsed"
    }
  }

  private static func systemMessage() -> String { String(cString: strerror(errno)) }
}

/// `dir/name.ext` as directory (with the slash, or empty) and the name without its last extension.
func stem(_ path: String) -> (directory: String, name: String) {
  let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
  let name = path[slash...]
  let end = name.dropFirst().lastIndex(of: ".") ?? name.endIndex
  return (String(path[..<slash]), String(name[..<end]))
}
