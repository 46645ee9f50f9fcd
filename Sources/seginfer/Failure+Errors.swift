import Diagnostics
import Engine
import Graphs
import Rasters
import Scenes
import Segmentation

extension Failure {
  /// An error at an option, or of a part of the program that knows no files.
  init<E: SiteError>(_ error: E, at place: String?) where E.Kind: ExitKind {
    self.init(error.kind.status, at: place, error.what, hint: error.remedy?.text)
  }

  /// An error about a file, or about something in it.
  init<E: SiteError>(_ error: E, file: String?) where E.Kind: ExitKind, E.Site == String {
    self.init(
      error.kind.status, file: file, at: error.site == file ? nil : error.site, error.what, hint: error.remedy?.text)
  }

  init(_ error: RasterError) {
    var hint = error.remedy?.text
    if error.kind == .io, hint == nil, let free = Files.freeBytes(beside: error.site.file) {
      hint = "without the files of this run \(decimal(Double(free) / 1_048_576, 1)) MiB are free there"
    }
    self.init(error.kind.status, file: error.site.file, at: error.site.part, error.what, hint: hint)
  }

  init(_ error: ScenesError) {
    let option: String? =
      switch error.kind {
      case .windowTooSmall: "--window"
      case .overlapTooLarge: "--overlap"
      case .tooManyClasses: nil
      }
    self.init(error, at: option)
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
