import Foundation
import KerasImport
import ModelFiles

/// The root of the package, from where this file lies.
let packageRoot = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

/// The files of a directory, at any depth, that may hold HDF5, by their paths within it, sorted.
///
/// Malformed fixtures are left out: libhdf5 writes outside of its memory on some of them, and would take the tests with it.
func modelFiles(in directory: String) -> [String] {
  let paths = FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String } ?? []
  return paths.filter { path in
    !path.hasPrefix("malformed/") && [".keras", ".h5", ".hdf5"].contains { path.hasSuffix($0) }
  }.sorted()
}

/// An HDF5 file by itself or from an archive.
struct ModelImage {
  let name: String
  let bytes: [UInt8]
}

/// The HDF5 files in a file: itself, or all that it holds as an archive.
func images(in path: String) throws -> [ModelImage] {
  guard case .file(let file) = try ModelFile(path: path) else { return [] }
  let whole = ModelImage(name: path, bytes: file.prefix(file.count) ?? [])
  if whole.isHDF5 { return [whole] }
  let archive = try ZipArchive(file, site: path)
  return try archive.members.filter { $0.name.hasSuffix(".h5") }.map { member in
    ModelImage(name: member.name, bytes: try archive.read(member.name, limit: member.size))
  }.filter(\.isHDF5)
}

extension ModelImage {
  /// True where HDF5's signature stands at the start, or at 512 times a power of two behind a user block.
  fileprivate var isHDF5: Bool {
    let signature = [0x89] + Array("HDF\r\n\u{1A}\n".utf8)
    var place = 0
    while place + signature.count <= bytes.count {
      if bytes[place...].starts(with: signature) { return true }
      place = max(2 * place, 512)
    }
    return false
  }
}
