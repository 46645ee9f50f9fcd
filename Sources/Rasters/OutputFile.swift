import CGDAL
import Glibc
import Synchronization

/// A result that appears under its name only when it is complete.
struct OutputFile: Sendable {
  let path: String
  /// The result under construction, in the directory of the final name so that renaming is atomic.
  let partial: String
  /// Uncompressed rows before the result is built from them.
  let working: String
  private let overwrite: Bool
  private static let counter = Atomic<Int>(0)
  static let sidecar = ".aux.xml"

  /// - Throws: `.exists`, `.invalidOption` when the output is one of `inputs`, `.io` when there is no such directory.
  init(_ path: String, overwrite: Bool, inputs: [String] = []) throws(RasterError) {
    let slash = path.lastIndex(of: "/")
    let directory = slash.map { String(path[...$0]) } ?? ""
    let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
    guard !name.isEmpty, name != ".", name != ".." else { throw RasterError(.io, path, "not a file name") }
    let run = Self.counter.add(1, ordering: .relaxed).newValue
    let stem = "\(directory).\(String(decoding: name.utf8.prefix(180), as: UTF8.self)).\(getpid())-\(run)"
    self.path = path
    self.overwrite = overwrite
    partial = stem + ".part.tif"
    working = stem + ".rows.part.tif"

    let existing = FileFacts(path)
    for input in inputs where input == path || FileFacts(input).map({ existing?.isSameFile(as: $0) ?? false }) ?? false
    {
      throw RasterError(.invalidOption, path, "the output is the input", hint: "choose another -o")
    }
    try refuseExisting()
    if !path.hasPrefix("/vsi"), let facts = FileFacts(directory.isEmpty ? "." : directory), facts.isDirectory { return }
    if path.hasPrefix("/vsi") { return }
    throw RasterError(.io, path, "the directory does not exist", hint: "create it first")
  }

  private func refuseExisting() throws(RasterError) {
    guard let existing = FileFacts(path) else { return }
    guard existing.isRegular else { throw RasterError(.exists, path, "exists and is not a regular file") }
    guard overwrite else { throw RasterError(.exists, path, "exists", hint: "give --overwrite to replace it") }
  }

  /// Every file that may be there before `commit()`.
  var temporaries: [String] {
    // GDAL builds the overviews of a COG beside it.
    [working, partial].flatMap { [$0, $0 + Self.sidecar] } + [partial + ".ovr.tmp", partial + ".msk.ovr.tmp"]
  }

  func removeTemporaries() {
    for file in temporaries { VSIUnlink(file) }
  }

  /// Moves the result to its name. The sidecar goes first: once the result is there, it is complete.
  func commit() throws(RasterError) {
    try refuseExisting()
    try synchronise(partial)
    let hasSidecar = FileFacts(partial + Self.sidecar) != nil
    if hasSidecar { try rename(partial + Self.sidecar, path + Self.sidecar) }
    try rename(partial, path)
    // The sidecar of a replaced output would describe a file that is gone.
    if !hasSidecar { VSIUnlink(path + Self.sidecar) }
  }

  private func rename(_ from: String, _ to: String) throws(RasterError) {
    guard VSIRename(from, to) == 0 else {
      throw RasterError(.io, path, "cannot rename the finished file (\(String(cString: strerror(errno))))")
    }
  }

  /// The bytes reach the disk before the name does.
  private func synchronise(_ file: String) throws(RasterError) {
    if file.hasPrefix("/vsi") { return }
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw RasterError(.io, path, "cannot reopen the finished file (\(String(cString: strerror(errno))))")
    }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw RasterError(.io, path, "cannot reach the disk (\(String(cString: strerror(errno))))")
    }
  }
}
