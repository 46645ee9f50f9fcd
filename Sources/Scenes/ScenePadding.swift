/// Where reflection at both ends of `0 ..< count` sends `index`: the edge pixel is not repeated, and the pattern
/// continues with period `2 * (count - 1)`. A count of 1 gives 0. `index` may be negative; `count` is at least 1.
package func reflect(_ index: Int, count: Int) -> Int {
  precondition(count > 0)
  guard count > 1 else { return 0 }
  let period = 2 * (count - 1)
  let phase = index % period
  let offset = phase < 0 ? phase + period : phase
  return offset < count ? offset : period - offset
}

/// A scene enlarged at the bottom and at the right by reflection.
///
/// The scene padded to the network's modulus, with the network's own zero padding outside, is the reference that every
/// tiled and streamed run reproduces.
package struct ScenePadding: Sendable, Hashable {
  /// The scene's own size; at least 1x1.
  package let size: PixelSize
  /// The enlarged size, nowhere below `size`.
  package let padded: PixelSize

  /// Enlarges to the next multiple of `modulus`.
  package init(size: PixelSize, modulus: PixelSize) {
    precondition(modulus.width > 0 && modulus.height > 0)
    self.init(
      size: size,
      padded: PixelSize(
        width: roundUp(size.width, to: modulus.width), height: roundUp(size.height, to: modulus.height)))
  }

  /// Enlarges to a given size.
  package init(size: PixelSize, padded: PixelSize) {
    precondition(size.width > 0 && size.height > 0, "an empty scene")
    precondition(padded.width >= size.width && padded.height >= size.height)
    (self.size, self.padded) = (size, padded)
  }

  /// The scene row that padded row `y` shows.
  package func row(_ y: Int) -> Int { reflect(y, count: size.height) }

  /// Fills the padding at the right of a row of `padded.width` pixels whose first `size.width` are set.
  package func extend(_ row: UnsafeMutablePointer<Float>, channels: Int) {
    for x in size.width..<padded.width {
      let source = row + reflect(x, count: size.width) * channels
      (row + x * channels).update(from: source, count: channels)
    }
  }
}
