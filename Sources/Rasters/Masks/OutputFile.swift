import Diagnostics
import CGDAL
import Glibc
import Platform

/// A result that appears under its name only when it is complete.
struct OutputFile: Sendable {
  let path: String
  /// The result under construction, in the directory of the final name so that renaming is atomic.
  let partial: String
  /// Uncompressed rows before the result is built from them.
  let working: String
  private let overwrite: Bool
  static let sidecar = ".aux.xml"

  /// - Throws: `.exists`, `.invalidOption` when the output is one of `inputs`, `.io` when there is no such directory.
  ///   `.invalidOption` also for a name that the file system does not take, its `companions`' included.
  init(
    _ path: String, overwrite: Bool, inputs: [String] = [], companions: [String] = []
  ) throws(RasterError) {
    let name = FileName(path)
    let directory = name.directory
    do throws(WriteError) { if !path.hasPrefix("/vsi") { try name.check(suffixes: companions) } } catch {
      throw RasterError(
        error.kind == .emptyName ? .io : .invalidOption, path, error.what, remedy: .advice("choose another name"))
    }
    let stem = name.temporaryStem()
    self.path = path
    self.overwrite = overwrite
    partial = stem + ".part.tif"
    working = stem + ".rows.part.tif"

    let existing = FileFacts(path)
    for input in inputs where input == path || FileFacts(input).map({ existing?.isSameFile(as: $0) ?? false }) ?? false
    {
      throw RasterError(.invalidOption, path, "the output is the input", remedy: .nameOtherOutput)
    }
    try refuseExisting()
    if !path.hasPrefix("/vsi"), let facts = FileFacts(directory.isEmpty ? "." : directory), facts.isDirectory { return }
    if path.hasPrefix("/vsi") { return }
    throw RasterError(.io, path, "the directory does not exist", remedy: .advice("create it first"))
  }

  /// Throws where something is in the way, which may have come since this was made.
  func refuseExisting() throws(RasterError) {
    guard let existing = FileFacts(path) else { return }
    guard existing.isRegular else { throw RasterError(.exists, path, "exists and is not a regular file") }
    guard overwrite else { throw RasterError(.exists, path, "exists", remedy: .replaceExisting) }
  }

  /// Every file that may be there before `commit()`.
  var temporaries: [String] {
    // GDAL builds the overviews of a COG beside it.
    [working, partial].flatMap { [$0, $0 + Self.sidecar] } + [partial + ".ovr.tmp", partial + ".msk.ovr.tmp"]
  }

  /// From now on a signal that ends the process removes what is not finished.
  func watchTemporaries() {
    for file in temporaries { UnfinishedFiles.add(file) }
  }

  func removeTemporaries() {
    for file in temporaries {
      VSIUnlink(file)
      UnfinishedFiles.remove(file)
    }
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
