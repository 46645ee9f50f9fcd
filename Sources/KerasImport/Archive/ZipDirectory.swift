import Diagnostics
import ModelFiles

/// The members of a zip archive, found by a walk of its own before libzip opens it.
///
/// libzip passes over much by which an archive means one thing to one reader and another thing to the next: members that
/// lie within each other, headers that contradict the directory, names that go on behind a zero. All of it is refused
/// here, and every range is held against the end of the file before anything is allocated.
///
/// Layout: APPNOTE.TXT 6.3.10, sections 4.3 to 4.5.
struct ZipDirectory {
  let entries: [ZipEntry]
  /// Where the packed content of each entry begins.
  let places: [Int]

  init(_ source: any ByteSource, site: String) throws(ImportError) {
    let tail = try Tail(source, site: site)
    guard tail.count <= Limits.members else {
      throw ImportError(.limit, site, "has \(tail.count) members, at most \(Limits.members) are accepted")
    }
    guard tail.size <= Limits.directoryBytes else {
      throw ImportError(.limit, site, "has a zip directory of \(tail.size) bytes")
    }
    guard let end = tail.offset.plus(tail.size), end == tail.place, tail.size / 46 >= tail.count else {
      throw damaged("its directory is not where its end says", site)
    }
    var fields = ZipFields(try load(source, tail.offset, tail.size, site), site: site)
    var entries: [ZipEntry] = []
    for _ in 0..<tail.count {
      let entry = try ZipEntry(&fields)
      try entry.check()
      entries.append(entry)
    }
    guard fields.remaining == 0 else { throw damaged("its directory lists more than its end counts", site) }
    var free = 0
    var places = [Int](repeating: 0, count: entries.count)
    for index in entries.indices.sorted(by: { entries[$0].offset < entries[$1].offset }) {
      guard entries[index].offset >= free else {
        throw ImportError(.malformed, entries[index].name, "overlaps another member of the zip archive")
      }
      (places[index], free) = try entries[index].place(in: source, limit: tail.offset)
    }
    (self.entries, self.places) = (entries, places)
  }

  /// True where an archive ends, whatever stands in front of it.
  static func isAtEnd(of source: any ByteSource) -> Bool { (try? Tail.recordPlace(source, "")) != nil }
}

private func damaged(_ what: String, _ site: String) -> ImportError {
  ImportError(.malformed, site, "is a damaged zip archive (\(what))")
}

private func load(_ source: any ByteSource, _ place: Int, _ count: Int, _ site: String) throws(ImportError) -> [UInt8] {
  guard place >= 0, count >= 0, place <= source.count, count <= source.count - place else {
    throw damaged("it refers to bytes beyond its end", site)
  }
  var bytes = [UInt8](repeating: 0, count: count)
  guard bytes.withUnsafeMutableBytes({ source.read(at: place, into: $0) }) else {
    throw ImportError(.unreadable, site, "ended early or could not be read")
  }
  return bytes
}

/// What the end of an archive says about the directory.
private struct Tail {
  /// Members, bytes of the directory, and where it begins.
  private(set) var count: Int, size: Int, offset: Int
  /// Where the directory has to end.
  private(set) var place: Int

  private static let recordBytes = 22, commentBytes = 0xFFFF, locatorBytes = 20, wideBytes = 56

  init(_ source: any ByteSource, site: String) throws(ImportError) {
    place = try Tail.recordPlace(source, site)
    var record = ZipFields(try load(source, place, Tail.recordBytes, site), site: site)
    try record.skip(4)
    var disks = [try record.int(2), try record.int(2)]
    let onDisk = try record.int(2)
    (count, size, offset) = (try record.int(2), try record.int(4), try record.int(4))
    if let wide = try Tail.wide(source, place, site) {
      var fields = ZipFields(try load(source, wide, Tail.wideBytes, site), site: site)
      try fields.skip(16)
      disks += [try fields.int(4), try fields.int(4)]
      let wideOnDisk = try fields.int(8)
      let values = [try fields.int(8), try fields.int(8), try fields.int(8)]
      // What is not all ones must agree.
      for (value, (old, most)) in zip(
        values, [(count, 0xFFFF), (size, ZipFields.saturated), (offset, ZipFields.saturated)])
      where old != value && old != most { throw damaged("its two ends contradict each other", site) }
      guard wideOnDisk == values[0] else { throw Tail.splitArchive(site) }
      (count, size, offset, place) = (values[0], values[1], values[2], wide)
    } else {
      guard onDisk == count else { throw Tail.splitArchive(site) }
    }
    guard disks.allSatisfy({ $0 == 0 }) else { throw Tail.splitArchive(site) }
  }

  private static func splitArchive(_ site: String) -> ImportError {
    ImportError(.unsupported, site, "is one part of a zip archive on several disks", remedy: .advice("join it first"))
  }

  /// Where the end lies whose comment reaches to the end of the file. No other may hide in the comment, or stand before it
  /// and lead to a directory: another reader could take that one.
  static func recordPlace(_ source: any ByteSource, _ site: String) throws(ImportError) -> Int {
    let count = min(source.count, recordBytes + commentBytes + locatorBytes)
    let start = source.count - count
    let bytes = try load(source, start, count, site)
    var (found, others): ([Int], [Int]) = ([], [])
    for place in stride(from: 0, through: count - 4, by: 1)
    where bytes[place] == 0x50 && bytes[place + 1] == 0x4B && bytes[place + 2] == 5 && bytes[place + 3] == 6 {
      let comment = place + recordBytes <= count ? Int(bytes[place + 20]) | Int(bytes[place + 21]) << 8 : 0
      if place + recordBytes + comment == count { found.append(place) } else { others.append(place) }
    }
    guard let place = found.first else { throw damaged("it has no end", site) }
    guard found.count == 1 else { throw damaged("it has two ends", site) }
    for other in others {
      guard other < place, try !leadsToDirectory(start + other, source, site) else {
        throw damaged("it has two ends", site)
      }
    }
    return start + place
  }

  /// True for the end of zip64, and for one that gives the place of a directory.
  private static func leadsToDirectory(_ end: Int, _ source: any ByteSource, _ site: String) throws(ImportError) -> Bool
  {
    if try wide(source, end, site) != nil { return true }
    var record = ZipFields(try load(source, end, recordBytes, site), site: site)
    try record.skip(16)
    let offset = try record.int(4)
    guard offset + 4 <= end else { return false }
    var head = ZipFields(try load(source, offset, 4, site), site: site)
    return try head.isSigned(1, 2)
  }

  /// Where the end of zip64 lies; nil when there is none.
  private static func wide(_ source: any ByteSource, _ end: Int, _ site: String) throws(ImportError) -> Int? {
    guard end >= locatorBytes else { return nil }
    var locator = ZipFields(try load(source, end - locatorBytes, locatorBytes, site), site: site)
    guard try locator.isSigned(6, 7) else { return nil }
    guard try locator.int(4) == 0 else { throw splitArchive(site) }
    let place = try locator.int(8)
    guard try locator.int(4) <= 1 else { throw splitArchive(site) }
    var head = ZipFields(try load(source, place, wideBytes, site), site: site)
    guard try head.isSigned(6, 6), try head.int(8).plus(12) == end - locatorBytes - place else {
      throw damaged("its end of zip64 is not where it should be", site)
    }
    return place
  }
}
