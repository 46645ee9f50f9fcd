/// The rows of a padded scene from top to bottom, while each row of the scene itself is read once.
///
/// Keeps only the rows that the reflection at the bottom shows again.
package struct PaddedRows: ~Copyable {
  private let padding: ScenePadding
  private let channels: Int
  private let rows: RowStore
  private var y = 0

  /// Rows hold `padding.padded.width` pixels of `channels` floats.
  package init(_ padding: ScenePadding, channels: Int) {
    (self.padding, self.channels) = (padding, channels)
    rows = RowStore(capacity: Self.capacity(padding), stride: padding.padded.width * channels)
  }

  /// Rows that are held at a time.
  package static func capacity(_ padding: ScenePadding) -> Int {
    min(padding.size.height, padding.padded.height - padding.size.height + 1)
  }

  /// The next row of the padded scene, valid until the next call.
  ///
  /// `readRow(y, row)` writes the `size.width` pixels of scene row y; it is asked for rows 0, 1, 2... once each, and what it
  /// throws passes through. Calls beyond the last padded row are a programmer error.
  package mutating func next(
    readRow: (Int, UnsafeMutablePointer<Float>) throws -> Void
  ) rethrows -> UnsafePointer<Float> {
    precondition(y < padding.padded.height, "past the last row")
    let row = rows.row(padding.row(y))
    if y < padding.size.height {
      try readRow(y, row)
      padding.extend(row, channels: channels)
    }
    y += 1
    return UnsafePointer(row)
  }
}
