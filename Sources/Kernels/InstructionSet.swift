package import Diagnostics

/// The instruction sets that kernels are compiled for, best first.
package enum InstructionSet: String, CaseIterable, Sendable {
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
package struct KernelError: SiteError {
  package enum Kind: Sendable, Hashable {
    /// No instruction set has this name.
    case unknown
    /// This processor or its operating system does not have it.
    case absent
  }

  package var kind: Kind
  /// The name that was given.
  package var site: String

  package init(_ kind: Kind, _ site: String) { (self.kind, self.site) = (kind, site) }

  package var what: String {
    switch kind {
    case .unknown:
      "there is no instruction set \"\(site)\"; choose from "
        + InstructionSet.allCases.map(\.rawValue).joined(separator: ", ")
    case .absent: "this machine has no \(site)"
    }
  }

  package var remedy: Remedy? { nil }

  /// What is wrong, which says where.
  package var description: String { what }
}
