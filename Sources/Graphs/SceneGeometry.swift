/// What has to be known of a network to run it piece by piece on a large image with the result of one pass over the whole.
///
/// For a local network the output over a piece equals that of the whole image where the piece begins at a multiple of the modulus,
/// has a size that is one, and extends beyond the wanted part by the halo, clipped to the image; where the wanted part begins and
/// ends at multiples of the modulus itself, the aligned halo is enough. Image sizes are multiples of the modulus as well: with odd
/// sizes, SAME padding of a strided window changes sides.
package struct SceneGeometry: Sendable, Hashable {
  /// Why a network is not local: a node and what it does.
  package struct Blocker: Sendable, Hashable, CustomStringConvertible {
    package var node: String
    package var reason: String
    package init(node: String, reason: String) { (self.node, self.reason) = (node, reason) }
    package var description: String { "\(node): \(reason)" }
  }

  /// The geometry along rows or along columns.
  package struct Axis: Sendable, Hashable {
    /// Input pixels before and after its own place that an output pixel depends on, at most, over all phases.
    package var haloBefore: Int, haloAfter: Int
    /// Input pixels before and after a block of one modulus, at a multiple of it, that the outputs over the block depend on; rounded
    /// up to multiples of the modulus. It may be less than the halo: the pixels that reach furthest before themselves lie at the
    /// end of a block.
    package var alignedHaloBefore: Int, alignedHaloAfter: Int
    /// Least common multiple of the cumulative strides on all paths and of the grids on which outputs are computed in groups, in
    /// input pixels: a multiple of `stride`.
    package var modulus: Int
    /// Least common multiple of the cumulative strides on all paths alone: pieces that begin at its multiples have results equal to
    /// the whole's within rounding.
    package var stride: Int
    /// Output pixels per input pixel.
    package var outputScale: Ratio

    package init(
      haloBefore: Int = 0, haloAfter: Int = 0, alignedHaloBefore: Int = 0, alignedHaloAfter: Int = 0, modulus: Int = 1,
      stride: Int? = nil, outputScale: Ratio = 1
    ) {
      (self.haloBefore, self.haloAfter) = (haloBefore, haloAfter)
      (self.alignedHaloBefore, self.alignedHaloAfter) = (alignedHaloBefore, alignedHaloAfter)
      (self.modulus, self.stride, self.outputScale) = (modulus, stride ?? modulus, outputScale)
    }
  }

  package var rows: Axis, columns: Axis
  /// The nodes that make an output pixel depend on the whole image, in execution order; empty for a local network.
  package var blockers: [Blocker]

  package init(rows: Axis = Axis(), columns: Axis = Axis(), blockers: [Blocker] = []) {
    (self.rows, self.columns, self.blockers) = (rows, columns, blockers)
  }

  /// True when a finite halo gives the exact result. With blockers, the axes describe the local paths alone.
  package var isLocal: Bool { blockers.isEmpty }
}

/// A positive fraction in lowest terms.
package struct Ratio: Sendable, Hashable, ExpressibleByIntegerLiteral, CustomStringConvertible {
  package let num: Int, den: Int

  /// Both must be positive.
  package init(_ num: Int, _ den: Int = 1) {
    precondition(num > 0 && den > 0)
    let common = greatestCommonDivisor(num, den)
    (self.num, self.den) = (num / common, den / common)
  }

  package init(integerLiteral value: Int) { self.init(value) }

  package var inverse: Ratio { Ratio(den, num) }
  package var description: String { den == 1 ? "\(num)" : "\(num)/\(den)" }

  /// The product, `nil` if it overflows.
  func times(_ other: Ratio) -> Ratio? {
    let (left, right) = (Ratio(num, other.den), Ratio(other.num, den))
    let (top, topOverflow) = left.num.multipliedReportingOverflow(by: right.num)
    let (bottom, bottomOverflow) = left.den.multipliedReportingOverflow(by: right.den)
    return topOverflow || bottomOverflow ? nil : Ratio(top, bottom)
  }
}

func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }

/// `nil` if it overflows.
func leastCommonMultiple(_ a: Int, _ b: Int) -> Int? {
  let (product, overflow) = (a / greatestCommonDivisor(a, b)).multipliedReportingOverflow(by: b)
  return overflow ? nil : product
}
