import Glibc
import Kernels

extension KernelSet {
  /// What the environment variable `SEGINFER_ISA` asks for, read once; the best where it does not.
  static let asked: Result<KernelSet, KernelError> = Result { () throws(KernelError) in
    try resolve(getenv("SEGINFER_ISA").map { String(cString: $0) })
  }

  /// What this run of the program computes with. `SegInfer.main` has reported what cannot be had before any command runs.
  static let chosen: KernelSet = {
    guard case .success(let kernels) = asked else { preconditionFailure("main refuses what is not there") }
    return kernels
  }()
}
