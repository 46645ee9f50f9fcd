import Diagnostics

/// A name of a raster as GDAL takes it: a path, or a text in which a driver finds one, such as `GTIFF_DIR:2:pages.tif`,
/// `NETCDF:"f.nc":v`, `vrt://a.tif?bands=3,2,1`, `/vsizip/a.zip/b.tif` or the XML of a VRT.
package struct DatasetName: Sendable, Hashable {
  package let text: String
  /// The local files and directories that the name speaks of, the one with the longest path first; several where a colon,
  /// comma or question mark could belong to a path.
  package let files: [String]
  /// What the name says beside the driver and the file: `2`, `v`, `bands=3,2,1`; empty for a path.
  package let part: String
  /// The path within an archive, such as `b.tif`; empty where there is none.
  package let member: String

  /// Takes the name apart by what is on the disk; nothing is opened.
  package init(_ text: String) {
    self.text = text
    if FileFacts(local: text) != nil {
      (files, part, member) = ([text], "", "")
    } else if isXML(text) {
      (files, part, member) = (sources(ofXML: text).filter { FileFacts(local: $0) != nil }, "", "")
    } else {
      let found = fragments(text).compactMap { fragment -> (file: String, fragment: Fragment, member: String)? in
        if FileFacts(local: fragment.text) != nil { return (fragment.text, fragment, "") }
        return archive(fragment.text).map { ($0.file, fragment, $0.member) }
      }.sorted { $0.file.utf8.count > $1.file.utf8.count }
      // A piece of a path that exists by chance is no file of the name.
      files = found.enumerated().filter { place, item in
        !found[..<place].contains { $0.fragment.range.overlaps(item.fragment.range) }
      }.map(\.element.file)
      member = found.first?.member ?? ""
      part = found.first.map { $0.fragment.rest.joined(separator: ":") } ?? ""
    }
  }

  /// Whether the text is a path on the disk, whether or not there is something.
  package var isPath: Bool {
    if files == [text] { return true }
    if text.hasPrefix("/vsi") || isXML(text) || driver(text) != nil { return false }
    // `in/x.mrf:MRF:L0` begins with its file.
    return files.first.map { FileFacts(local: $0)?.isRegular != true } ?? true
  }

  /// Whether the name asks for a network.
  package var isRemote: Bool {
    files != [text] && networkPrefixes.contains { text.lowercased().contains($0) }
  }

  /// Directory (with the slash, or empty) and name, without an extension, for what is made of this raster; `nil` where
  /// no local file is behind the name.
  package var stem: (directory: String, name: String)? {
    guard !isXML(text), let file = files.first ?? (isPath ? text : nil) else { return nil }
    let path = file.hasSuffix("/") ? String(file.dropLast()) : file
    let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    let inner = member.split(separator: "/").last.map(String.init) ?? String(path.dropFirst(directory.count))
    let end = inner.dropFirst().lastIndex(of: ".") ?? inner.endIndex
    let suffix = fileNamePart(part)
    return (directory, inner[..<end] + (suffix.isEmpty ? "" : "." + suffix))
  }

  /// - Throws: `.notFound` for a path without a file and for a URL, `.unreadable` where reading a file of the name could block or
  ///   never end, `.unsupported` for a name that is an address in memory.
  package func check() throws(RasterError) {
    for file in files where FileFacts(local: file)?.isSpecial == true {
      throw RasterError(.unreadable, text, part: file == text ? nil : printable(file), "not a regular file")
    }
    if files == [text] { return }
    if let path = gdalPath(ofURL: text) {
      throw RasterError(
        .notFound, text, "a URL, which is no name of a dataset", remedy: .advice("GDAL reads it as \(path)"))
    }
    if text.uppercased().contains("MEM:::") {
      throw RasterError(.unsupported, text, "a dataset in the memory of a process")
    }
    guard !isPath else { throw RasterError(.notFound, text, "no such file") }
  }
}

/// Ways to files that are fetched from somewhere.
private let networkPrefixes = [
  "/vsicurl", "/vsis3", "/vsigs", "/vsiaz", "/vsiadls", "/vsioss", "/vsiswift", "/vsihdfs", "/vsiwebhdfs",
]

private func isXML(_ text: String) -> Bool { text.drop { $0.isWhitespace }.hasPrefix("<") }

/// The driver that a name begins with: what stands before the first colon, unless it cannot be one's name.
private func driver(_ text: String) -> Substring? {
  guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else { return nil }
  return text[..<colon].contains("/") ? nil : text[..<colon]
}

/// GDAL's path for what web browsers and other tools write as a URL.
private func gdalPath(ofURL text: String) -> String? {
  guard let mark = text.firstRange(of: "://") else { return nil }
  let rest = text[mark.upperBound...]
  switch text[..<mark.lowerBound].lowercased() {
  case "http", "https", "ftp": return "/vsicurl/" + text
  case "s3": return "/vsis3/" + rest
  case "gs": return "/vsigs/" + rest
  case "az": return "/vsiaz/" + rest
  case "file": return String(rest)
  case "zip": return "/vsizip/" + rest.split(separator: "!", maxSplits: 1).joined(separator: "/")
  default: return nil
  }
}

/// A stretch of a name between separators that may be a path.
private struct Fragment {
  let text: String
  /// The places of its words among those of the name.
  let range: Range<Int>
  /// The other words, without the driver's.
  let rest: [String]
}

/// Every stretch of words; within quotation marks nothing separates.
private func fragments(_ text: String) -> [Fragment] {
  var words: [(text: String, separator: Character?)] = []
  var (word, isQuoted) = ("", false)
  for character in text.prefix(4096) {
    if character == "\"" {
      isQuoted.toggle()
    } else if !isQuoted, ":,?".contains(character) {
      words.append((word, character))
      word = ""
    } else {
      word.append(character)
    }
  }
  words.append((word, nil))
  let most = 24
  guard words.count <= most else { return [] }
  return words.indices.flatMap { first in
    words.indices[first...].map { last -> Fragment in
      let middle = words[first...last]
      var path = middle.map { $0.text + ($0.separator.map(String.init) ?? "") }.joined()
      if middle.last?.separator != nil { path.removeLast() }
      // `vrt://a.tif`
      if first == 1, words[0].text.lowercased() == "vrt", path.hasPrefix("//") { path.removeFirst(2) }
      let hasDriver = first > 0 && driver(text) != nil
      let before = words[..<first].dropFirst(hasDriver ? 1 : 0)
      let rest = (before + words[(last + 1)...]).map(\.text).filter { !$0.isEmpty }
      return Fragment(text: path, range: first..<last + 1, rest: rest)
    }
  }.filter { !$0.text.isEmpty }
}

/// The local file in a path of GDAL's file systems, and what follows it: `/vsizip/dir/a.zip/b.tif`, `/vsigzip/a.gz`,
/// `/vsizip/{dir/a.zip}/b.tif`, `/vsisubfile/100_200,a.bin`.
private func archive(_ path: String) -> (file: String, member: String)? {
  guard path.hasPrefix("/vsi"), let slash = path.dropFirst().firstIndex(of: "/") else { return nil }
  var rest = String(path[path.index(after: slash)...])
  if path.hasPrefix("/vsisubfile/"), let comma = rest.firstIndex(of: ",") {
    rest = String(rest[rest.index(after: comma)...])
  }
  if rest.hasPrefix("{"), let end = rest.firstIndex(of: "}") {
    let inner = String(rest[rest.index(after: rest.startIndex)..<end])
    let member = rest[rest.index(after: end)...].drop { $0 == "/" }
    if FileFacts(local: inner) != nil { return (inner, String(member)) }
    return archive(inner)
  }
  var end = rest.endIndex
  while true {
    let candidate = String(rest[..<end])
    if let facts = FileFacts(local: candidate), !facts.isDirectory || end == rest.endIndex {
      return (candidate, String(rest[end...].drop { $0 == "/" }))
    }
    guard let previous = rest[..<end].lastIndex(of: "/"), previous != rest.startIndex else { break }
    end = previous
  }
  return archive(rest.hasPrefix("/") ? rest : "/" + rest)
}

/// The file names in an inline VRT.
private func sources(ofXML text: String) -> [String] {
  ["SourceFilename", "SourceDataset"].flatMap { tag in
    text.ranges(of: "<" + tag).compactMap { start -> String? in
      guard let open = text[start.upperBound...].firstIndex(of: ">") else { return nil }
      let content = text[text.index(after: open)...]
      guard let close = content.firstIndex(of: "<") else { return nil }
      return unescapedXML(content[..<close])
    }
  }
}

/// A text as a part of a file's name: letters, digits, dots and hyphens, underscores for runs of anything else.
private func fileNamePart(_ text: String) -> String {
  var result = ""
  for character in text.prefix(80) {
    if character == ":" {
      result.append(".")
    } else if character.isLetter || character.isNumber || ".-".contains(character) {
      result.append(character)
    } else if result.last != "_" {
      result.append("_")
    }
  }
  let trimmed = result.split(separator: ".").map { $0.drop { $0 == "_" } }.joined(separator: ".")
  return trimmed.hasSuffix("_") ? String(trimmed.dropLast()) : trimmed
}
