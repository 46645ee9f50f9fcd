import CKernels

/// The compute kernels of one instruction set.
///
/// All kernels work on rows of float32 pixels with interleaved channels. Each output element is computed by one fixed
/// sequence of operations, whatever its place in a row: a row may be cut anywhere without changing a bit. Strides and
/// counts are in elements; pointers need the alignment of their element only; nothing but the named elements is read or
/// written.
///
/// `@unchecked Sendable`: the C table is immutable and lives as long as the program.
package struct KernelSet: @unchecked Sendable {
  package let isa: InstructionSet
  let table: UnsafePointer<ck_kernels>
  /// Products of bfloat16, for the wide and the narrow panel.
  let halfProducts: (wide: ck_half_product, narrow: ck_half_product)?

  /// The kernels for an instruction set, `nil` where this machine does not have it.
  package init?(_ isa: InstructionSet) {
    let index =
      switch isa {
      case .avx512: CK_AVX512
      case .avx2: CK_AVX2
      case .neon: CK_NEON
      case .baseline: CK_BASELINE
      }
    guard let table = ck_table(Int32(index)) else { return nil }
    (self.isa, self.table) = (isa, table)
    if let wide = ck_half_product_of(table, 0), let narrow = ck_half_product_of(table, 1) {
      halfProducts = (wide, narrow)
    } else {
      halfProducts = nil
    }
  }

  /// What this machine can run, best first; never empty.
  package static var available: [KernelSet] { InstructionSet.allCases.compactMap(KernelSet.init) }

  /// The best that this machine can run.
  package static let best = available[0]

  /// The kernels by the name of their instruction set; the best for `nil`, an empty name or `auto`.
  package static func resolve(_ forced: String?) throws(KernelError) -> KernelSet {
    guard let forced, !forced.isEmpty, forced != "auto" else { return best }
    guard let isa = InstructionSet(rawValue: forced) else { throw KernelError(.unknown, forced) }
    guard let kernels = KernelSet(isa) else { throw KernelError(.absent, forced) }
    return kernels
  }

  /// Floats in a vector.
  package var lanes: Int { Int(table.pointee.lanes) }
}
