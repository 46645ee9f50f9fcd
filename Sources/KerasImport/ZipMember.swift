import CZip
import ModelFiles

/// The content of one member of an archive. One that is stored as it is can be read from any place, a compressed one
/// from start to end only.
final class ZipMember: ByteSource {
  let count: Int
  private let archive: ZipArchive
  private let name: String
  private let stream: OpaquePointer
  private var position = 0

  init(_ archive: ZipArchive, _ member: ZipArchive.Member) throws(ImportError) {
    guard let stream = archive.opened(member) else { throw ImportError(.malformed, member.name, "cannot be unpacked") }
    (self.archive, self.stream, name, count) = (archive, stream, member.name, member.size)
  }

  deinit { zip_fclose(stream) }

  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
    guard offset >= 0, offset <= count, buffer.count <= count - offset else { return false }
    if offset != position {
      guard zip_fseek(stream, zip_int64_t(offset), SEEK_SET) == 0 else { return false }
      position = offset
    }
    var done = 0
    while done < buffer.count, let base = buffer.baseAddress {
      let got = zip_fread(stream, base + done, UInt64(buffer.count - done))
      guard got > 0 else { return false }
      done += Int(got)
      position += Int(got)
    }
    return true
  }

  func scan(_ body: (UnsafeRawBufferPointer) -> Void) throws(ImportError) { try finish(readAll(body)) }

  func checkSum() throws(ImportError) { try scan { _ in } }

  /// Ends a reading from start to end, of which `isWhole` says whether it succeeded.
  ///
  /// libzip sums up what is read in order and compares the checksum when it meets the end of the member.
  func finish(_ isWhole: Bool) throws(ImportError) {
    var beyond: UInt8 = 0
    guard isWhole, zip_fread(stream, &beyond, 1) == 0 else {
      throw ImportError(.malformed, name, "does not unpack to what the archive declares (size or checksum)")
    }
  }
}
