package import Engine
package import Graphs
package import ModelFiles
package import Platform
package import Scenes
package import Segmentation

extension Fault {
  package init(_ error: ImportError, file: String) {
    let kind: Kind =
      switch error.kind {
      case .missingFile, .unreadable: .inputOutput
      case .notAModel, .unsupported: .unsupported
      case .malformed: .malformed
      case .limit: .limit
      case .usage: .usage
      }
    self.init(
      kind, file: file, at: error.site == file ? nil : error.site, error.what,
      hint: error.hint.isEmpty ? nil : error.hint)
  }

  package init(_ error: GraphError, file: String) {
    self.init(.malformed, file: file, at: error.site, error.what)
  }

  package init(_ error: EngineError, file: String) {
    let kind: Kind =
      switch error.kind {
      case .unsupported: .unsupported
      case .mismatch: .usage
      case .outOfMemory: .limit
      }
    self.init(kind, file: file, at: error.site, error.what)
  }

  package init(_ error: SegmentationError, file: String?) {
    let kind: Kind =
      switch error.kind {
      case .unsupportedModel, .notLocal: .unsupported
      case .memory, .threads: .limit
      }
    self.init(kind, file: file, at: error.site, error.what, hint: error.hint)
  }

  package init(_ error: ScenesError) {
    let setting: Setting? =
      switch error.kind {
      case .windowTooSmall: .window
      case .overlapTooLarge: .overlap
      case .tooManyClasses: nil
      }
    self.init(.usage, setting: setting, error.description)
  }

  package init(_ error: WriteError) {
    self.init(
      error.isAboutName ? .usage : .inputOutput, file: error.path, error.what,
      hint: error.isAboutName ? "choose another name" : nil)
  }
}

package func segmentation<T>(_ file: String?, _ body: () throws(SegmentationError) -> T) throws(Fault) -> T {
  do { return try body() } catch { throw Fault(error, file: file) }
}

package func scenes<T>(_ body: () throws(ScenesError) -> T) throws(Fault) -> T {
  do { return try body() } catch { throw Fault(error) }
}

package func engine<T>(_ file: String, _ body: () throws(EngineError) -> T) throws(Fault) -> T {
  do { return try body() } catch { throw Fault(error, file: file) }
}

package func graphErrors<T>(_ file: String, _ body: () throws(GraphError) -> T) throws(Fault) -> T {
  do { return try body() } catch { throw Fault(error, file: file) }
}
