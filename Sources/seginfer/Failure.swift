import Engine
import Glibc
import Graphs
import KerasImport
import Kernels
import Rasters
import Scenes
import Segmentation
import Tensors

/// The exit codes of the command line.
enum ExitStatus: Int32 {
  case ok = 0
  case differs = 1
  case usage = 2
  case unsupported = 3
  case malformed = 4
  case inputOutput = 5
  case limit = 7
}

/// What ends a command: one line for the user and an exit code.
struct Failure: Error {
  var status: ExitStatus
  /// The file or option at fault, as the user typed it.
  var file: String?
  var place: String?
  var what: String
  var hint: String?

  init(_ status: ExitStatus, file: String? = nil, at place: String? = nil, _ what: String, hint: String? = nil) {
    (self.status, self.file, self.place, self.what, self.hint) = (status, file, place, what, hint)
  }

  /// `error: <file>: <where>: <what>; <hint>`, in which the file is named once.
  var line: String {
    let parts = [file, place.map(withoutFile), withoutFile(what)].compactMap { $0 }.filter { !$0.isEmpty }.map(escaped)
    return "error: " + parts.joined(separator: ": ") + (hint.map { "; " + escaped($0) } ?? "")
  }
}

extension Failure {
  /// A text that begins with the file's name, or quotes it as GDAL does, without that name.
  private func withoutFile(_ text: String) -> String {
    guard let file, !file.isEmpty else { return text }
    if text == file { return "" }
    let rest = text.hasPrefix(file + ": ") ? String(text.dropFirst(file.count + 2)) : text
    return rest.replacing("`\(file)'", with: "the file").replacing("(\(file): ", with: "(")
  }
}

/// Control characters escaped and the text cut at 1000 characters, so that names from files cannot drive the terminal.
func escaped(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars.prefix(1000) {
    if scalar.value < 0x20 || scalar.value == 0x7f || (0x80...0x9f).contains(scalar.value) {
      result += "\\u{" + String(scalar.value, radix: 16) + "}"
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}

extension Failure {
  init(_ error: GraphError, file: String) {
    self.init(.malformed, file: file, at: error.site, error.what)
  }

  init(_ error: EngineError, file: String) {
    let status: ExitStatus =
      switch error.kind {
      case .unsupported: .unsupported
      case .mismatch: .usage
      case .outOfMemory: .limit
      }
    self.init(status, file: file, at: error.site, error.what)
  }
}

extension Failure {
  init(_ error: RasterError) {
    let status: ExitStatus =
      switch error.kind {
      case .notFound, .unreadable, .environment, .io: .inputOutput
      case .malformed: .malformed
      case .unsupported: .unsupported
      case .bandCount, .invalidOption, .exists: .usage
      }
    var hint = error.hint
    switch error.remedy {
    case .alphaAsData: hint = ["--ignore-alpha reads it as data", hint].compactMap { $0 }.joined(separator: ", or ")
    case .projDatabase:
      hint = "set PROJ_DATA (before PROJ 9.1: PROJ_LIB) to the directory that holds it, or unset both"
    case nil: break
    }
    if error.kind == .io, hint == nil, let free = Files.freeBytes(beside: error.site.file) {
      hint = "without the files of this run \(decimal(Double(free) / 1_048_576, 1)) MiB are free there"
    }
    self.init(status, file: error.site.file, at: error.site.part, error.what, hint: hint)
  }

  init(_ error: SegmentationError, file: String?) {
    let status: ExitStatus =
      switch error.kind {
      case .unsupportedModel, .notLocal: .unsupported
      case .memory, .threads: .limit
      }
    self.init(status, file: file, at: error.site, error.what, hint: error.hint)
  }

  init(_ error: ScenesError) {
    let option: String? =
      switch error.kind {
      case .windowTooSmall: "--window"
      case .overlapTooLarge: "--overlap"
      case .tooManyClasses: nil
      }
    self.init(.usage, at: option, error.description)
  }
}

func wrapping<T>(_ body: () throws(RasterError) -> T) throws(Failure) -> T {
  do { return try body() } catch { throw Failure(error) }
}

func wrapping<T>(_ file: String?, _ body: () throws(SegmentationError) -> T) throws(Failure) -> T {
  do { return try body() } catch { throw Failure(error, file: file) }
}

func scenes<T>(_ body: () throws(ScenesError) -> T) throws(Failure) -> T {
  do { return try body() } catch { throw Failure(error) }
}

func engine<T>(_ file: String, _ body: () throws(EngineError) -> T) throws(Failure) -> T {
  do { return try body() } catch { throw Failure(error, file: file) }
}

func graphErrors<T>(_ file: String, _ body: () throws(GraphError) -> T) throws(Failure) -> T {
  do { return try body() } catch { throw Failure(error, file: file) }
}
