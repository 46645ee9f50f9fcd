package import Diagnostics
package import Engine
package import Graphs
package import Kernels
package import ModelFiles
package import Passes
package import Platform
package import Scenes
package import Segmentation

/// A kind of error of a room, and the kind of fault that it is.
package protocol FaultKind {
  var faultKind: Fault.Kind { get }
}

extension Fault {
  /// An error about a file, or about something in it.
  package init<E: SiteError>(_ error: E, file: String?) where E.Kind: FaultKind, E.Site == String {
    self.init(
      error.kind.faultKind, file: file, at: error.site == file ? nil : error.site, error.what, remedy: error.remedy)
  }

  /// An error at a setting.
  package init<E: SiteError>(_ error: E, setting: Setting?) where E.Kind: FaultKind {
    self.init(error.kind.faultKind, setting: setting, error.what, remedy: error.remedy)
  }

  package init(_ error: ScenesError) {
    let setting: Setting? =
      switch error.kind {
      case .windowTooSmall: .window
      case .overlapTooLarge: .overlap
      case .tooManyClasses: nil
      }
    self.init(error, setting: setting)
  }

  package init(_ error: WriteError) { self.init(error, file: error.site) }
}

extension ImportError.Kind: FaultKind {
  package var faultKind: Fault.Kind {
    switch self {
    case .missingFile, .unreadable: .inputOutput
    case .notAModel, .unsupported: .unsupported
    case .malformed: .malformed
    case .limit: .limit
    case .usage: .usage
    }
  }
}

extension GraphError.Kind: FaultKind { package var faultKind: Fault.Kind { .malformed } }

extension EngineError.Kind: FaultKind {
  package var faultKind: Fault.Kind {
    switch self {
    case .unsupported: .unsupported
    case .mismatch: .usage
    case .outOfMemory: .limit
    }
  }
}

extension SceneForm.Refusal.Kind: FaultKind {
  package var faultKind: Fault.Kind {
    if case .graph(let error) = self { error.kind.faultKind } else { .unsupported }
  }
}

extension ClassDecision.UnknownBackground.Kind: FaultKind { package var faultKind: Fault.Kind { .usage } }

extension SegmentationError.Kind: FaultKind {
  package var faultKind: Fault.Kind {
    switch self {
    case .unsupportedModel, .notLocal: .unsupported
    case .memory, .threads: .limit
    }
  }
}

extension ScalingError.Kind: FaultKind { package var faultKind: Fault.Kind { .usage } }

extension ScenesError.Kind: FaultKind { package var faultKind: Fault.Kind { .usage } }

extension WriteError.Kind: FaultKind {
  package var faultKind: Fault.Kind {
    switch self {
    case .emptyName, .nameTooLong, .pathTooLong, .isDirectory: .usage
    case .system, .nothingTaken, .isSpecial, .noReader: .inputOutput
    }
  }
}

extension KernelError.Kind: FaultKind { package var faultKind: Fault.Kind { .usage } }

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
