/// What one panel or window reads and which part of its result is used, along one axis of the scene.
package struct AxisSpan: Sendable, Hashable {
  /// The pixels given to the network; may end in the scene's padding.
  package let read: Range<Int>
  /// The pixels whose result is used; inside the scene and inside `read`.
  package let core: Range<Int>

  package init(read: Range<Int>, core: Range<Int>) { (self.read, self.core) = (read, core) }
}

/// Context that a network needs around a pixel to compute it exactly, along one axis.
package struct AxisHalo: Sendable, Hashable {
  package let before: Int, after: Int

  /// Both at least 0.
  package init(before: Int, after: Int) {
    precondition(before >= 0 && after >= 0)
    (self.before, self.after) = (before, after)
  }

  package static let none = AxisHalo(before: 0, after: 0)

  package var sum: Int { before + after }
}

extension AxisSpan {
  /// Spans of `length` read pixels whose cores cover `0 ..< size` once, in order.
  ///
  /// Origins are multiples of `modulus`; the last span is moved back, on a multiple, to end with the scene padded to
  /// `modulus` (or, where `length` is not a multiple itself, by less than `modulus` after it). A core keeps the halo from each
  /// end of its span that is not an end of the scene. `nil` when several spans are needed and `length` leaves none of
  /// them a modulus of core.
  static func cropped(size: Int, length: Int, halo: AxisHalo, modulus: Int) -> [AxisSpan]? {
    precondition(size > 0 && length > 0 && modulus > 0)
    let padded = roundUp(size, to: modulus)
    guard length < padded else { return [AxisSpan(read: 0..<length, core: 0..<size)] }
    let stride = roundDown(max(0, length - halo.sum), to: modulus)
    guard stride > 0 else { return nil }
    let last = roundUp(padded - length, to: modulus)

    var spans: [AxisSpan] = []
    var origin = 0
    var start = 0
    while start < size {
      let next = min(origin + stride, last)
      let isLast = origin == last || origin + length - halo.after >= size
      let end = isLast ? size : next + halo.before
      spans.append(AxisSpan(read: origin..<origin + length, core: start..<end))
      (origin, start) = (next, end)
    }
    return spans
  }

  /// The smallest multiple of `modulus` that `cropped` accepts as length for any size.
  static func minimumCroppedLength(halo: AxisHalo, modulus: Int) -> Int { roundUp(halo.sum, to: modulus) + modulus }

  /// Spans of `length` read pixels at every multiple of `stride` until the scene is covered; every pixel that a span
  /// reads inside the scene is in its core.
  static func overlapping(size: Int, length: Int, stride: Int) -> [AxisSpan] {
    precondition(size > 0 && length > 0 && stride > 0 && stride <= length)
    let count = size <= length ? 1 : (size - length + stride - 1) / stride + 1
    return (0..<count).map { index in
      let origin = index * stride
      return AxisSpan(read: origin..<origin + length, core: origin..<min(origin + length, size))
    }
  }
}
