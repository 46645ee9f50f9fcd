/// A scene cut into panels of columns, so that a scene wider than the memory allows is computed side by side.
///
/// All panels read the same number of columns, start at multiples of the modulus and stay inside the padded scene; their
/// cores cover every column of the scene once. With the network's exact halo and modulus the result equals one pass over the
/// whole scene to the bit. There is no halo at the scene's own border: the network's zero padding belongs there.
package struct PanelGrid: Sendable, Hashable {
  /// Columns of the scene.
  package let width: Int
  /// Columns of the scene rounded up to the modulus.
  package let paddedWidth: Int
  /// Columns that each panel reads; a multiple of the modulus.
  package let readWidth: Int
  /// The panels from left to right; their cores partition `0 ..< width`.
  package let panels: [AxisSpan]

  /// Panels that add `core` columns each, rounded up to the modulus.
  package init(width: Int, core: Int, haloBefore: Int, haloAfter: Int, modulus: Int) {
    precondition(width > 0 && core > 0 && modulus > 0)
    let halo = AxisHalo(before: haloBefore, after: haloAfter)
    let padded = roundUp(width, to: modulus)
    // Rounding a core beyond the scene could overflow and would change nothing.
    let length = roundUp(min(core, padded), to: modulus) + roundUp(halo.sum, to: modulus)
    guard let grid = PanelGrid(width: width, readWidth: min(length, padded), halo: halo, modulus: modulus) else {
      preconditionFailure("a core of one modulus always fits")
    }
    self = grid
  }

  /// The smallest number of panels that read at most `maximumReadWidth` columns each, made as narrow as that number
  /// allows; `nil` when even the smallest panel is wider, for which see `minimumReadWidth`.
  package static func fitting(
    width: Int, maximumReadWidth: Int, haloBefore: Int, haloAfter: Int, modulus: Int
  ) -> PanelGrid? {
    precondition(width > 0 && modulus > 0)
    let halo = AxisHalo(before: haloBefore, after: haloAfter)
    let padded = roundUp(width, to: modulus)
    let widest = min(padded, roundDown(max(0, maximumReadWidth), to: modulus))
    guard widest > 0, let grid = PanelGrid(width: width, readWidth: widest, halo: halo, modulus: modulus) else {
      return nil
    }
    // n panels that add `readWidth - margin` columns each, and the first one `margin` more, must reach `target`.
    let (n, margin, target) = (grid.panels.count, roundUp(halo.sum, to: modulus), min(padded, width + haloAfter))
    let narrowest = roundUp((target + (n - 1) * margin + n - 1) / n, to: modulus)
    return PanelGrid(width: width, readWidth: min(narrowest, widest), halo: halo, modulus: modulus) ?? grid
  }

  /// The narrowest panel that makes progress on a scene of this width.
  package static func minimumReadWidth(width: Int, haloBefore: Int, haloAfter: Int, modulus: Int) -> Int {
    min(
      roundUp(width, to: modulus),
      AxisSpan.minimumCroppedLength(halo: AxisHalo(before: haloBefore, after: haloAfter), modulus: modulus))
  }

  /// Columns computed over columns of the padded scene: 1 for a single panel.
  package var arithmeticFactor: Double { Double(panels.count * readWidth) / Double(paddedWidth) }

  private init?(width: Int, readWidth: Int, halo: AxisHalo, modulus: Int) {
    guard let spans = AxisSpan.cropped(size: width, length: readWidth, halo: halo, modulus: modulus) else { return nil }
    (self.width, self.readWidth, panels) = (width, readWidth, spans)
    paddedWidth = roundUp(width, to: modulus)
  }
}
