import Diagnostics
import Glibc
import ModelFiles
import Tensors

/// Files beside a model that hold the elements of its tensors.
///
/// Nothing outside of the model's directory is ever opened: a location is a relative path whose every component is looked
/// at before it is followed, and is no link, and whose file is a regular one that has no other name.
final class ExternalData {
  private let directory: Int32
  private let places: [String: String]
  private var files: [String: FileBytes] = [:]
  private var ranges: [String: [Range<Int>]] = [:]
  private var byteCount = 0

  /// For the files beside the model at a path; `places` gives the names of those that are found under others.
  init(besideModel path: String, places: [String: String] = [:]) throws(ImportError) {
    self.places = places
    let parent = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    directory = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw ImportError(.unreadable, parent, String(cString: strerror(errno))) }
  }

  deinit { close(directory) }

  /// The elements of a tensor whose message has these entries.
  func tensor(
    _ entries: [(key: String, value: String)], _ shape: Shape, _ element: ElementType, site: String
  ) throws(ImportError) -> Tensor {
    let place = try ExternalPlace(entries, site)
    let file = try self.file(place.location, site)
    let wanted = element.byteCount(of: shape.count)
    guard place.offset <= file.count, place.length ?? wanted <= file.count - place.offset else {
      throw ImportError(.malformed, site, "lies beyond the end of \(printable(place.location))")
    }
    guard place.length ?? wanted == wanted else {
      throw ImportError(.malformed, site, "has \(place.length ?? 0) bytes elsewhere, its shape takes \(wanted)")
    }
    guard wanted <= file.count - place.offset else {
      throw ImportError(.malformed, site, "lies beyond the end of \(printable(place.location))")
    }
    byteCount += wanted
    guard byteCount <= Limits.weightBytes else {
      throw ImportError(.limit, site, "the weights are larger than \(Limits.weightBytes) bytes in all")
    }
    if let checksum = place.checksum { try check(file, checksum, place.location, site) }
    ranges[place.location, default: []].append(place.offset..<place.offset + wanted)
    let bytes = MemoryBytes(count: wanted) { file.read(at: place.offset, into: $0) }
    guard let bytes else {
      throw ImportError(.unreadable, printable(place.location), "ended early or could not be read")
    }
    return try Tensor(shape, element, raw: bytes.bytes, site: site)
  }

  /// Throws when tensors share some of their bytes, or a file was written to meanwhile.
  func finish() throws(ImportError) {
    for (location, ranges) in ranges {
      let sorted = Set(ranges.filter { !$0.isEmpty }).sorted { $0.lowerBound < $1.lowerBound }
      for (a, b) in zip(sorted, sorted.dropFirst()) where a.upperBound > b.lowerBound {
        throw ImportError(.malformed, location, "holds tensors that overlap, at byte \(b.lowerBound)")
      }
    }
    for file in files.values { try file.checkUnchanged() }
  }

  private func check(_ file: FileBytes, _ checksum: String, _ location: String, _ site: String) throws(ImportError) {
    var digest = SHA1()
    try file.scan { digest.update($0) }
    guard digest.hex == checksum.lowercased() else {
      throw ImportError(.malformed, site, "the checksum of \(printable(location)) differs")
    }
  }

  private func file(_ location: String, _ site: String) throws(ImportError) -> FileBytes {
    if let file = files[location] { return file }
    let file = try opened(places[location] ?? location, site)
    files[location] = file
    return file
  }

  private func opened(_ location: String, _ site: String) throws(ImportError) -> FileBytes {
    func refused(_ why: String) -> ImportError {
      ImportError(.malformed, site, "its data lie in \(printable(location)), which \(why)")
    }
    let parts = location.split(separator: "/", omittingEmptySubsequences: false).map(String.init).filter { $0 != "." }
    guard !location.contains("\\"), !location.utf8.contains(0), !parts.isEmpty,
      !parts.contains(""), !parts.contains("..")
    else { throw refused("is no path within the model's directory") }
    var parent = dup(directory)
    defer { close(parent) }
    for part in parts.dropLast() {
      var status = stat()
      guard fstatat(parent, part, &status, AT_SYMLINK_NOFOLLOW) == 0 else { throw missing(location) }
      guard status.st_mode & S_IFMT == S_IFDIR else { throw refused("leads through \(printable(part)), no directory") }
      let next = openat(parent, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      guard next >= 0 else { throw refused("leads through \(printable(part)), no directory") }
      close(parent)
      parent = next
    }
    let name = parts[parts.count - 1]
    var status = stat()
    guard fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { throw missing(location) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw refused("is not a regular file") }
    guard status.st_nlink == 1 else { throw refused("has another name elsewhere") }
    let descriptor = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw ImportError(.unreadable, printable(location), String(cString: strerror(errno)))
    }
    var found = stat()
    guard fstat(descriptor, &found) == 0, found.st_mode & S_IFMT == S_IFREG, found.st_nlink == 1,
      found.st_dev == status.st_dev, found.st_ino == status.st_ino
    else {
      close(descriptor)
      throw refused("was exchanged while it was opened")
    }
    return FileBytes(descriptor: descriptor, path: location, status: found)
  }

  private func missing(_ location: String) -> ImportError {
    let reason = String(cString: strerror(errno))
    return ImportError(
      .missingFile, printable(location), reason, remedy: .advice("the file belongs to the model, in the same directory")
    )
  }
}

/// The entries of `TensorProto.external_data`.
private struct ExternalPlace {
  var location = ""
  var offset = 0
  var length: Int?
  var checksum: String?

  init(_ entries: [(key: String, value: String)], _ site: String) throws(ImportError) {
    var seen: Set<String> = []
    for (key, value) in entries {
      guard seen.insert(key).inserted else { throw ImportError(.malformed, site, "names \(printable(key)) twice") }
      switch key {
      case "location": location = value
      case "offset": offset = try ExternalPlace.number(value, key, site)
      case "length": length = try ExternalPlace.number(value, key, site)
      case "checksum": checksum = value
      default: throw ImportError(.malformed, site, "has external data with \(printable(key)), which is not known")
      }
    }
    guard !location.isEmpty else { throw ImportError(.malformed, site, "does not say where its data lie") }
  }

  private static func number(_ text: String, _ key: String, _ site: String) throws(ImportError) -> Int {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text) else {
      throw ImportError(.malformed, site, "has external data of \(key) \(printable(text)), which is no number")
    }
    return number
  }
}
