/// A scene covered by windows of one size, row by row.
///
/// Windows start at multiples of the modulus, so that every window sees the network's strides in the same phase.
package struct WindowGrid: Sendable, Hashable {
  /// The scene.
  package let size: PixelSize
  /// Every window.
  package let window: PixelSize
  /// From a window to the next; a multiple of the modulus wherever there is a next one.
  package let stride: PixelSize
  /// The scene enlarged by reflection so that every window lies inside it.
  package let padding: ScenePadding
  /// The rows of windows from top to bottom and the columns of windows from left to right.
  package let rows: [AxisSpan], columns: [AxisSpan]

  /// Number of windows.
  package var count: Int { rows.count * columns.count }

  /// Pixels of all windows over pixels of the scene.
  package var arithmeticFactor: Double {
    Double(count) * Double(window.width) * Double(window.height) / (Double(size.width) * Double(size.height))
  }

  /// Windows whose results are blended where they overlap.
  ///
  /// Origins are multiples of the stride, `window - overlap` rounded down to a multiple of the modulus (compare `stride` to
  /// report it); the last windows run into the padding, and so does the only window of a scene that is smaller.
  /// - Throws: `overlapTooLarge`, `windowTooSmall`, also for an overlap below 0 and a window below 1.
  package static func blending(
    size: PixelSize, window: PixelSize, overlap: PixelSize, modulus: PixelSize = PixelSize(1)
  ) throws(ScenesError) -> WindowGrid {
    let rows = try blendingAxis(
      size: size.height, window: window.height, overlap: overlap.height, modulus: modulus.height, at: .height)
    let columns = try blendingAxis(
      size: size.width, window: window.width, overlap: overlap.width, modulus: modulus.width, at: .width)
    return WindowGrid(size: size, window: window, rows: rows, columns: columns)
  }

  /// Windows that own disjoint cores: each pixel is taken from one window, `halo` or more from each of its sides that is not
  /// a side of the scene.
  ///
  /// The last windows are moved back by multiples of the modulus to end with the padded scene. For a network with at most this
  /// reach and modulus the result therefore equals one pass over the scene padded to the modulus, provided that the window is
  /// a multiple of the modulus and not larger than that scene; a larger window is filled by reflection.
  /// - Throws: `windowTooSmall`.
  package static func cropping(
    size: PixelSize, window: PixelSize, rowHalo: AxisHalo, columnHalo: AxisHalo, modulus: PixelSize
  ) throws(ScenesError) -> WindowGrid {
    let rows = try croppingAxis(
      size: size.height, window: window.height, halo: rowHalo, modulus: modulus.height, at: .height)
    let columns = try croppingAxis(
      size: size.width, window: window.width, halo: columnHalo, modulus: modulus.width, at: .width)
    return WindowGrid(size: size, window: window, rows: rows, columns: columns)
  }

  private typealias Axis = (spans: [AxisSpan], stride: Int)

  private init(size: PixelSize, window: PixelSize, rows: Axis, columns: Axis) {
    (self.size, self.window, self.rows, self.columns) = (size, window, rows.spans, columns.spans)
    stride = PixelSize(width: columns.stride, height: rows.stride)
    func end(_ spans: [AxisSpan], _ size: Int) -> Int { spans.reduce(size) { max($0, $1.read.upperBound) } }
    padding = ScenePadding(
      size: size,
      padded: PixelSize(width: end(columns.spans, size.width), height: end(rows.spans, size.height)))
  }

  private static func blendingAxis(
    size: Int, window: Int, overlap: Int, modulus: Int, at site: ScenesError.Site
  ) throws(ScenesError) -> Axis {
    precondition(size > 0 && modulus > 0)
    guard window > 0 else { throw ScenesError(.windowTooSmall(asked: window, minimum: modulus), at: site) }
    guard overlap >= 0 && overlap < window else {
      throw ScenesError(.overlapTooLarge(asked: overlap, maximum: max(0, window - modulus)), at: site)
    }
    guard window < size else {
      return (AxisSpan.overlapping(size: size, length: window, stride: window), window)
    }
    guard window >= modulus else {
      throw ScenesError(.windowTooSmall(asked: window, minimum: modulus), at: site)
    }
    let stride = roundDown(window - overlap, to: modulus)
    guard stride > 0 else {
      throw ScenesError(.overlapTooLarge(asked: overlap, maximum: window - modulus), at: site)
    }
    return (AxisSpan.overlapping(size: size, length: window, stride: stride), stride)
  }

  private static func croppingAxis(
    size: Int, window: Int, halo: AxisHalo, modulus: Int, at site: ScenesError.Site
  ) throws(ScenesError) -> Axis {
    precondition(size > 0 && modulus > 0)
    guard window > 0, let spans = AxisSpan.cropped(size: size, length: window, halo: halo, modulus: modulus) else {
      let minimum = AxisSpan.minimumCroppedLength(halo: halo, modulus: modulus)
      throw ScenesError(.windowTooSmall(asked: window, minimum: minimum), at: site)
    }
    return (spans, spans.count > 1 ? roundDown(window - halo.sum, to: modulus) : window)
  }
}
