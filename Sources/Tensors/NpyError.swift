/// Bytes that are not an .npy array that a `Tensor` can carry.
package struct NpyError: Error, Hashable, CustomStringConvertible {
  /// What is wrong with the bytes, with what was found.
  package enum Kind: Sendable, Hashable {
    /// The magic bytes `\x93NUMPY` are missing.
    case notNpy
    /// A format version other than 1.0, 2.0 and 3.0.
    case unknownVersion(major: UInt8, minor: UInt8)
    /// The file ends before the header does.
    case truncatedHeader(expected: Int, found: Int)
    /// A header that no array of a carried data type needs.
    case headerTooLong(Int)
    /// The header is not the dictionary that the format prescribes.
    case malformedHeader(expected: String)
    /// A data type that tensors do not carry, such as Python objects or records.
    case unsupportedType(String)
    /// More dimensions or elements than memory can hold.
    case shapeTooLarge
    /// Fewer or more bytes of data than the header announces.
    case dataLength(expected: Int, found: Int)
  }

  /// What is wrong with the bytes.
  package var kind: Kind
  /// Offset of the byte where reading stopped.
  package var site: Int

  /// An error at the byte `site`, counted from the start of the file.
  package init(_ kind: Kind, at site: Int) { (self.kind, self.site) = (kind, site) }

  /// What is wrong, without the place.
  package var what: String {
    switch kind {
    case .notNpy: "not an .npy file: the magic bytes are missing"
    case .unknownVersion(let major, let minor): "unknown .npy version \(major).\(minor)"
    case .truncatedHeader(let expected, let found): "the header has \(expected) bytes, only \(found) are left"
    case .headerTooLong(let count): "the header has \(count) bytes, at most \(NpyHeader.longest) are read"
    case .malformedHeader(let expected): "malformed header: expected \(expected)"
    case .unsupportedType(let type): "unsupported data type \(type)"
    case .shapeTooLarge: "the shape is too large"
    case .dataLength(let expected, let found): "expected \(expected) bytes of data, found \(found)"
    }
  }

  /// One line: `byte <site>: <what is wrong>`.
  package var description: String { "byte \(site): \(what)" }
}
