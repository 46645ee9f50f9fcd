package import ModelFiles

/// The kind of the file or directory at a path, decided by content, never by the extension.
package func sniff(path: String) throws(ImportError) -> ModelKind { try Container(path: path).kind }

extension ModelKind {
  /// Decides by the first bytes; zip, HDF5 and JSON files need a closer look. Errors: a file that cannot be read.
  init(_ source: any ByteSource, _ site: String) throws(ImportError) {
    guard let bytes = source.prefix(1024) else {
      throw ImportError(.unreadable, site, "ended early or could not be read")
    }
    func starts(_ prefix: [UInt8], at offset: Int = 0) -> Bool { bytes.dropFirst(offset).starts(with: prefix) }
    func starts(_ text: String, at offset: Int = 0) -> Bool { starts(Array(text.utf8), at: offset) }
    let text = bytes.drop { $0 <= 0x20 || $0 == 0xEF || $0 == 0xBB || $0 == 0xBF }
    let word = String(decoding: text.prefix(16), as: UTF8.self).lowercased()
    self =
      if bytes.count < 8 { .tooShort } else if starts("PK\u{3}\u{4}") || starts("PK\u{5}\u{6}") {
        .zip
      } else if HDF5Superblock.place(source) != nil { .otherHDF5 } else if starts([0x89, 0x50, 0x4E, 0x47]) {
        .png
      } else if starts([0xFF, 0xD8, 0xFF]) { .jpeg } else if starts("II*\0") || starts("MM\0*") || starts("II+\0") {
        .tiff
      } else if starts([0x1F, 0x8B]) { .gzip } else if starts("TFL3", at: 4) {
        .tfLite
      } else if starts("version https://git-lfs") {
        .gitLFS
      } else if word.hasPrefix("<!doctype") || word.hasPrefix("<html") {
        .html
      } else if bytes[0] == 0x80, (2...5).contains(bytes[1]) {
        .pickle
      } else if starts([0x08, 0x01, 0x12]), bytes[3] >= 0x80 {
        .savedModel
      } else if bytes[0] == 0x08, (1...64).contains(bytes[1]), [0x12, 0x1A, 0x22, 0x28, 0x3A, 0x42].contains(bytes[2]) {
        .onnx
      } else if ModelKind.isGraphDef(bytes) {
        .graphDef
      } else if word.hasPrefix("{") || word.hasPrefix("[") {
        .json
      } else {
        ZipDirectory.isAtEnd(of: source) ? .zip : .unknown
      }
  }

  /// Whether bytes begin with a node of a GraphDef: its name, and an operator of TensorFlow that graphs begin with.
  private static func isGraphDef(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    /// The length of the field with this key that comes next.
    func length(_ key: UInt8) -> Int? {
      guard rest.popFirst() == key else { return nil }
      var result = 0
      for shift in stride(from: 0, to: 35, by: 7) {
        guard let byte = rest.popFirst() else { return nil }
        result |= Int(byte & 0x7F) << shift
        if byte < 0x80 { return result }
      }
      return nil
    }
    guard length(0x0A) != nil, let name = length(0x0A), name <= rest.count else { return false }
    rest = rest.dropFirst(name)
    guard let type = length(0x12), type <= rest.count else { return false }
    let first = [
      "Placeholder", "PlaceholderV2", "PlaceholderWithDefault", "Const", "NoOp", "VarHandleOp", "VariableV2",
    ]
    return first.contains(String(decoding: rest.prefix(type), as: UTF8.self))
  }
}
