/// The instruction sets that kernels are compiled for, best first.
public enum InstructionSet: String, CaseIterable, Sendable {
  /// AVX-512 F, VL, BW and DQ: vectors of 16 floats.
  case avx512
  /// AVX2 with FMA: vectors of 8 floats.
  case avx2
  /// AArch64: vectors of 4 floats.
  case neon
  /// What every processor of the architecture has: vectors of 4 floats, on x86-64 without fused multiply-adds.
  case baseline
}

/// An instruction set that was asked for and cannot be had.
public struct KernelError: Error, Hashable, CustomStringConvertible {
  public enum Kind: Sendable, Hashable {
    /// No instruction set has this name.
    case unknown
    /// This processor or its operating system does not have it.
    case absent
  }

  public var kind: Kind
  /// The name that was given.
  public var site: String

  public init(_ kind: Kind, _ site: String) { (self.kind, self.site) = (kind, site) }

  public var description: String {
    switch kind {
    case .unknown:
      "there is no instruction set \"\(site)\"; choose from "
        + InstructionSet.allCases.map(\.rawValue).joined(separator: ", ")
    case .absent: "this machine has no \(site)"
    }
  }
}
