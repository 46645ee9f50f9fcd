import CZip
import Glibc
package import ModelFiles

/// A zip archive, checked by `ZipDirectory` and read by libzip from a file or from memory. Nothing is ever written to disk.
package final class ZipArchive {
  package struct Member {
    package var name: String
    var index: UInt64
    package var size: Int
    /// Where the bytes lie in the archive as they are; nil when they are compressed.
    var stored: Range<Int>?
    var checksum: CRC32
  }

  package private(set) var members: [Member] = []
  private let archive: OpaquePointer
  /// What libzip reads from, for as long as the archive is open.
  private let source: any ByteSource
  private let site: String

  /// Errors: a damaged archive, or one that two readers could understand differently.
  package init(_ file: FileBytes, site: String) throws(ImportError) {
    let directory = try ZipDirectory(file, site: site)
    let copy = fcntl(file.descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw ImportError(.unreadable, site, String(cString: strerror(errno))) }
    var code: Int32 = 0
    guard let archive = zip_fdopen(copy, ZIP_RDONLY, &code) else {
      close(copy)
      var error = zip_error_t()
      zip_error_init_with_code(&error, code)
      throw ZipArchive.damaged(&error, site)
    }
    (self.archive, source, self.site) = (archive, file, site)
    members = try listed(directory)
  }

  init(_ memory: MemoryBytes, site: String) throws(ImportError) {
    let directory = try ZipDirectory(memory, site: site)
    var error = zip_error_t()
    zip_error_init(&error)
    let bytes = memory.bytes
    guard let buffer = zip_source_buffer_create(bytes.baseAddress, UInt64(bytes.count), 0, &error) else {
      throw ZipArchive.damaged(&error, site)
    }
    guard let archive = zip_open_from_source(buffer, ZIP_RDONLY, &error) else {
      zip_source_free(buffer)
      throw ZipArchive.damaged(&error, site)
    }
    zip_error_fini(&error)
    (self.archive, source, self.site) = (archive, memory, site)
    members = try listed(directory)
  }

  deinit { zip_discard(archive) }

  private static func damaged(_ error: inout zip_error_t, _ site: String) -> ImportError {
    defer { zip_error_fini(&error) }
    return ImportError(.malformed, site, "is a damaged zip archive (\(String(cString: zip_error_strerror(&error))))")
  }

  /// The members that the directory lists, which libzip must see in the same way.
  private func listed(_ directory: ZipDirectory) throws(ImportError) -> [Member] {
    let entries = directory.entries
    guard zip_get_num_entries(archive, 0) == entries.count else {
      throw ImportError(.malformed, site, "is a damaged zip archive (its members cannot be counted)")
    }
    var result: [Member] = []
    var seen: Set<String> = []
    for (place, known) in entries.enumerated() {
      let index = UInt64(place)
      var entry = zip_stat_t()
      zip_stat_init(&entry)
      guard zip_stat_index(archive, index, zip_flags_t(ZIP_FL_ENC_RAW), &entry) == 0, let raw = entry.name,
        String(cString: raw) == known.name, entry.size == known.size, entry.comp_size == known.packed,
        Int(entry.comp_method) == known.method
      else { throw ImportError(.malformed, known.name, "cannot be examined") }
      guard seen.insert(known.name.lowercased()).inserted else {
        throw ImportError(.malformed, known.name, "two members of the archive have this name")
      }
      let first = directory.places[place]
      result.append(
        Member(
          name: known.name, index: index, size: known.size, stored: known.isStored ? first..<first + known.size : nil,
          checksum: CRC32(UInt32(truncatingIfNeeded: known.checksum))))
    }
    return result
  }

  func contains(_ name: String) -> Bool { members.contains { $0.name == name } }

  /// The content of a member, at most `limit` bytes; its checksum is verified.
  package func read(_ name: String, limit: Int) throws(ImportError) -> [UInt8] {
    let member = try member(name, limit: limit)
    var failure: ImportError?
    let bytes = [UInt8](unsafeUninitializedCapacity: member.size) { buffer, count in
      let whole = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<member.size]))
      do throws(ImportError) { try unpack(member, into: whole) } catch { failure = error }
      count = failure == nil ? member.size : 0
    }
    if let failure { throw failure }
    return bytes
  }

  /// A member of at most `limit` bytes to be read from any place: where it lies in the archive when it is stored, else
  /// unpacked into memory. Of a stored member `checkSum` verifies the checksum.
  func source(_ name: String, limit: Int) throws(ImportError) -> any ByteSource {
    let member = try member(name, limit: limit)
    if let range = member.stored { return StoredMember(source, range, name: name, sum: member.checksum) }
    var failure: ImportError?
    let memory = MemoryBytes(count: member.size) { buffer in
      do throws(ImportError) { try unpack(member, into: buffer) } catch { failure = error }
      return failure == nil
    }
    guard let memory else { throw failure ?? ImportError(.malformed, name, "cannot be unpacked") }
    return memory
  }

  /// Fills a buffer with all of a member; libzip compares the checksum when it meets the end.
  private func unpack(_ member: Member, into buffer: UnsafeMutableRawBufferPointer) throws(ImportError) {
    guard let stream = zip_fopen_index(archive, member.index, 0) else {
      throw ImportError(.malformed, member.name, "cannot be unpacked")
    }
    defer { zip_fclose(stream) }
    var done = 0
    while done < buffer.count, let base = buffer.baseAddress {
      let got = zip_fread(stream, base + done, UInt64(buffer.count - done))
      guard got > 0 else { break }
      done += Int(got)
    }
    var beyond: UInt8 = 0
    guard done == buffer.count, zip_fread(stream, &beyond, 1) == 0 else {
      throw ImportError(
        .malformed, member.name, "does not unpack to what the archive declares (size or checksum)")
    }
  }

  private func member(_ name: String, limit: Int) throws(ImportError) -> Member {
    guard let member = members.first(where: { $0.name == name }) else {
      throw ImportError(.malformed, name, "is missing from the archive")
    }
    guard member.size <= limit else {
      throw ImportError(.limit, name, "unpacks to \(member.size) bytes, at most \(limit) are accepted")
    }
    return member
  }
}
