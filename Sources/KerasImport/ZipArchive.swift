import CZip

/// A zip archive held in memory, read by libzip. Nothing is ever written to disk.
final class ZipArchive {
  struct Member {
    var name: String
    var index: UInt64
    var size: Int
  }

  private(set) var members: [Member] = []
  private let archive: OpaquePointer
  /// libzip reads from this copy for as long as the archive is open.
  private let storage: UnsafeMutableBufferPointer<UInt8>
  private let site: String

  init(_ bytes: [UInt8], site: String) throws(KerasError) {
    self.site = site
    storage = .allocate(capacity: bytes.count)
    _ = storage.initialize(from: bytes)
    var error = zip_error_t()
    zip_error_init(&error)
    defer { zip_error_fini(&error) }
    guard let source = zip_source_buffer_create(storage.baseAddress, UInt64(bytes.count), 0, &error) else {
      storage.deallocate()
      throw KerasError(.malformed, site, "cannot be read as a zip archive")
    }
    guard let archive = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error) else {
      let reason = String(cString: zip_error_strerror(&error))
      zip_source_free(source)
      storage.deallocate()
      throw KerasError(.malformed, site, "is a damaged zip archive (\(reason))")
    }
    self.archive = archive
    members = try listed(fileBytes: bytes.count)
  }

  deinit {
    zip_discard(archive)
    storage.deallocate()
  }

  private func listed(fileBytes: Int) throws(KerasError) -> [Member] {
    let count = zip_get_num_entries(archive, 0)
    guard count >= 0, count <= Limits.members else {
      throw KerasError(.limit, site, "has \(count) members, at most \(Limits.members) are accepted")
    }
    var result: [Member] = []
    var seen: Set<String> = []
    var stored: UInt64 = 0
    for index in 0..<UInt64(count) {
      var entry = zip_stat_t()
      zip_stat_init(&entry)
      guard zip_stat_index(archive, index, zip_flags_t(ZIP_FL_ENC_RAW), &entry) == 0, let raw = entry.name else {
        throw KerasError(.malformed, site, "member \(index) cannot be examined")
      }
      let name = String(cString: raw)
      try check(name)
      guard seen.insert(name.lowercased()).inserted else {
        throw KerasError(.malformed, name, "two members of the archive have this name")
      }
      var system: UInt8 = 0
      var attributes: UInt32 = 0
      zip_file_get_external_attributes(archive, index, 0, &system, &attributes)
      let type = attributes >> 16 & 0o170000
      if system == UInt8(ZIP_OPSYS_UNIX), type != 0, type != 0o100000, type != 0o040000 {
        throw KerasError(.malformed, name, "is a link or a device, not a file")
      }
      guard entry.encryption_method == UInt16(ZIP_EM_NONE) else {
        throw KerasError(.unsupported, name, "is encrypted")
      }
      guard entry.comp_method == UInt16(ZIP_CM_STORE) || entry.comp_method == UInt16(ZIP_CM_DEFLATE) else {
        throw KerasError(
          .unsupported, name, "is compressed by method \(entry.comp_method)", hint: "use deflate or none")
      }
      let (sum, overflow) = stored.addingReportingOverflow(entry.comp_size)
      guard !overflow, sum <= UInt64(fileBytes) else {
        throw KerasError(.malformed, name, "overlaps another member or the end of the archive")
      }
      stored = sum
      guard let size = Int(exactly: entry.size) else { throw KerasError(.limit, name, "is too large") }
      result.append(Member(name: name, index: index, size: size))
    }
    return result
  }

  private func check(_ name: String) throws(KerasError) {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    if name.isEmpty || name.hasPrefix("/") || name.contains("\\") || name.contains(":") || parts.contains("..")
      || name.utf8.count > 4096
    {
      throw KerasError(.malformed, name, "is not a name that a member of an archive may have")
    }
  }

  func contains(_ name: String) -> Bool { members.contains { $0.name == name } }

  /// The content of a member, at most `limit` bytes; its checksum is verified.
  func read(_ name: String, limit: Int) throws(KerasError) -> [UInt8] {
    guard let member = members.first(where: { $0.name == name }) else {
      throw KerasError(.malformed, name, "is missing from the archive")
    }
    guard member.size <= limit else {
      throw KerasError(.limit, name, "unpacks to \(member.size) bytes, at most \(limit) are accepted")
    }
    guard let file = zip_fopen_index(archive, member.index, 0) else {
      throw KerasError(.malformed, name, "cannot be unpacked")
    }
    defer { zip_fclose(file) }
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: member.size) { buffer, count in
      while count < member.size, let base = buffer.baseAddress {
        let got = zip_fread(file, base + count, UInt64(member.size - count))
        if got <= 0 { break }
        count += Int(got)
      }
    }
    // libzip compares the checksum when it meets the end of the member.
    var beyond: UInt8 = 0
    if zip_fread(file, &beyond, 1) != 0 { failed = true }
    guard !failed, bytes.count == member.size else {
      throw KerasError(.malformed, name, "does not unpack to what the archive declares (size or checksum)")
    }
    return bytes
  }
}
