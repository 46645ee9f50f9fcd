import Engine
import Graphs
import Kernels
import ModelFiles
import Passes
import Platform
import Rasters
import Scenes
import Segmentation
import Tensors

/// A kind of error that a command ends with.
protocol ExitKind {
  var status: ExitStatus { get }
}

extension ImportError.Kind: ExitKind {
  var status: ExitStatus {
    switch self {
    case .missingFile, .unreadable: .inputOutput
    case .notAModel, .unsupported: .unsupported
    case .malformed: .malformed
    case .limit: .limit
    case .usage: .usage
    }
  }
}

extension NpyError.Kind: ExitKind { var status: ExitStatus { .malformed } }

extension GraphError.Kind: ExitKind { var status: ExitStatus { .malformed } }

extension EngineError.Kind: ExitKind {
  var status: ExitStatus {
    switch self {
    case .unsupported: .unsupported
    case .mismatch: .usage
    case .outOfMemory: .limit
    }
  }
}

extension SceneForm.Refusal.Kind: ExitKind {
  var status: ExitStatus { if case .graph(let error) = self { error.kind.status } else { .unsupported } }
}

extension ClassDecision.UnknownBackground.Kind: ExitKind { var status: ExitStatus { .usage } }

extension SegmentationError.Kind: ExitKind {
  var status: ExitStatus {
    switch self {
    case .unsupportedModel, .notLocal: .unsupported
    case .memory, .threads: .limit
    }
  }
}

extension ScalingError.Kind: ExitKind { var status: ExitStatus { .usage } }

extension ScenesError.Kind: ExitKind { var status: ExitStatus { .usage } }

extension RasterError.Kind: ExitKind {
  var status: ExitStatus {
    switch self {
    case .notFound, .unreadable, .environment, .io: .inputOutput
    case .malformed: .malformed
    case .unsupported: .unsupported
    case .bandCount, .invalidOption, .exists: .usage
    }
  }
}

extension WriteError.Kind: ExitKind {
  var status: ExitStatus {
    switch self {
    case .emptyName, .nameTooLong, .pathTooLong, .isDirectory: .usage
    case .system, .nothingTaken, .isSpecial, .noReader: .inputOutput
    }
  }
}

extension KernelError.Kind: ExitKind { var status: ExitStatus { .usage } }
