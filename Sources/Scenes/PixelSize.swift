/// A number of pixels along each axis: the size of a scene, a window, a stride or an overlap.
public struct PixelSize: Sendable, Hashable, CustomStringConvertible {
  /// Pixels along a row and along a column.
  public var width: Int, height: Int

  /// So many columns and rows.
  public init(width: Int, height: Int) { (self.width, self.height) = (width, height) }

  /// The same number along both axes.
  public init(_ both: Int) { self.init(width: both, height: both) }

  /// `512x256`, width first.
  public var description: String { "\(width)x\(height)" }
}

/// The smallest multiple of `modulus` that is not below `value`; `value` is at least 0, `modulus` at least 1.
package func roundUp(_ value: Int, to modulus: Int) -> Int { (value + modulus - 1) / modulus * modulus }

/// The largest multiple of `modulus` that is not above `value`; `value` is at least 0, `modulus` at least 1.
func roundDown(_ value: Int, to modulus: Int) -> Int { value / modulus * modulus }
