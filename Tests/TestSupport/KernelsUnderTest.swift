import Foundation
package import Kernels

extension KernelSet {
  /// What tests compile steps for where they do not go through all sets: those that the environment variable `SEGINFER_ISA` names, else
  /// the best. A name that cannot be had traps, so that no test runs on another set than was asked for.
  package static let underTest: KernelSet = {
    let name = ProcessInfo.processInfo.environment["SEGINFER_ISA"]
    do { return try resolve(name) } catch { preconditionFailure("SEGINFER_ISA: \(error)") }
  }()
}
