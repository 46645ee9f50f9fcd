import Diagnostics

extension MetadataReading {
  /// What files beside a model say: `MODEL.json` and `<stem>.json` with the keys of Deepness and GeoDeep and our own or with an item of
  /// STAC's machine-learning extension, then Esri's `<stem>.emd`; the first that describes a model. Others are passed over with a note.
  ///
  /// Errors: a file that cannot be read, and `malformed` where one with our keys is damaged, naming the key.
  package init(beside path: String) throws(ImportError) {
    let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    let end = path[slash...].dropFirst().lastIndex(of: ".") ?? path.endIndex
    let stem = String(path[..<end])
    for candidate in [path + ".json", stem + ".json", stem + ".emd"] where candidate != path {
      guard let bytes = try contents(candidate) else { continue }
      if let found = try described(bytes, candidate) {
        metadata = found
        return
      }
    }
  }

  /// What a text of metadata says that belongs to a model, such as one inside the program. Errors: as for files.
  package init(json bytes: [UInt8], from path: String) throws(ImportError) {
    metadata = try described(bytes, path) ?? ModelMetadata()
  }

  private mutating func contents(_ path: String) throws(ImportError) -> [UInt8]? {
    let file: ModelFile
    do { file = try ModelFile(path: path, limit: Limits.metadataBytes) } catch {
      if error.kind == .missingFile { return nil }
      guard error.kind == .limit else { throw error }
      notes.append("\(path): larger than any metadata, passed over")
      return nil
    }
    guard case .file(let bytes) = file else {
      notes.append("\(path): a directory, no metadata of the model, passed over")
      return nil
    }
    guard let content = bytes.prefix(Limits.metadataBytes) else {
      throw ImportError(.unreadable, path, "cannot be read")
    }
    return content
  }

  /// The metadata in a file; `nil`, with a note, where it is about something else.
  private mutating func described(_ bytes: [UInt8], _ path: String) throws(ImportError) -> ModelMetadata? {
    let text = String(decoding: bytes, as: UTF8.self)
    let document: Literal
    do throws(LiteralError) { document = try Literal(text) } catch {
      let hasKeys = MetadataKeys.distinctive.contains { text.contains("\"\($0)\"") }
      let isStart = error.isBeforeAnyKey && text.drop(while: \.isWhitespace).first == "{"
      guard hasKeys || isStart else {
        notes.append("\(path): not JSON, no metadata of the model, passed over")
        return nil
      }
      throw ImportError(.malformed, path, "is not JSON: \(error.what) (line \(error.line))")
    }
    let found = try metadata(in: document, path)
    if found == nil { notes.append("\(path): \(content(of: document)), no metadata of the model, passed over") }
    return found
  }

  private mutating func metadata(in document: Literal, _ path: String) throws(ImportError) -> ModelMetadata? {
    guard let members = document.members else { return nil }
    var values: [String: Literal] = [:]
    for member in members { if let key = member.key.string { values[key] = member.value } }
    if let item = STACModel(values) { return add(item.metadata(path), from: path) }
    if let definition = EsriModel(values) { return add(definition.metadata(path), from: path) }
    let isCertain = !MetadataKeys.distinctive.isDisjoint(with: values.keys)
    var keys = MetadataKeys(values, from: .file(path), metresPerUnit: 1, isStrict: isCertain)
    let found = try keys.read()
    // A name and a kind are in all sorts of files.
    let isDescribed = found.classes != nil || found.resolution != nil || found.scaling != nil
    guard isCertain || isDescribed && keys.notes.isEmpty else { return nil }
    return found
  }

  private mutating func add(_ found: (metadata: ModelMetadata, notes: [String]), from path: String) -> ModelMetadata {
    notes += found.notes.map { "\(path): \($0)" }
    return found.metadata
  }

  /// What a document is, for a note.
  private func content(of document: Literal) -> String {
    switch document {
    case .list: return "a list"
    case .dictionary(let members):
      let keys = members.prefix(3).map { printable($0.key.string ?? $0.key.json) }
      return keys.isEmpty ? "empty" : "with " + keys.joined(separator: ", ") + (members.count > 3 ? ", ..." : "")
    default: return "a single value"
    }
  }
}
