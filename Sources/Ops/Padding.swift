package import Graphs
import Tensors

/// What surrounds an image under a sliding window.
package enum Padding: Sendable, Hashable, CustomStringConvertible {
  /// Output size is input size over stride, rounded up; the odd pixel of padding goes after. It depends on the input size, so it
  /// is resolved for each shape (TensorFlow's and Keras' SAME).
  case same
  /// As `same`, but the odd pixel of padding goes before.
  case sameLower
  /// No padding.
  case valid
  case explicit(top: Int, bottom: Int, left: Int, right: Int)
  /// As `explicit`, with one more window at the end where some of the image would else be left over; none starts beyond the image.
  case ceiling(top: Int, bottom: Int, left: Int, right: Int)

  package var description: String {
    switch self {
    case .same: "same"
    case .sameLower: "sameLower"
    case .valid: "valid"
    case .explicit(let top, let bottom, let left, let right): "\(top),\(bottom),\(left),\(right)"
    case .ceiling(let top, let bottom, let left, let right): "ceiling(\(top),\(bottom),\(left),\(right))"
    }
  }

  /// The sliding windows over rows and over columns of an image of this size.
  package func resolve(
    size: Pair, kernel: Pair, stride: Pair, dilation: Pair = 1
  ) -> (rows: SlidingWindow, columns: SlidingWindow) {
    let (vertical, horizontal) = sides
    return (
      SlidingWindow(
        input: size.height, kernel: kernel.height, stride: stride.height, dilation: dilation.height, vertical),
      SlidingWindow(
        input: size.width, kernel: kernel.width, stride: stride.width, dilation: dilation.width, horizontal)
    )
  }

  /// The padding along each axis alone.
  var sides: (rows: AxisPadding, columns: AxisPadding) {
    switch self {
    case .same: (.same, .same)
    case .sameLower: (.sameLower, .sameLower)
    case .valid: (.explicit(0, 0), .explicit(0, 0))
    case .explicit(let top, let bottom, let left, let right): (.explicit(top, bottom), .explicit(left, right))
    case .ceiling(let top, let bottom, let left, let right): (.ceiling(top, bottom), .ceiling(left, right))
    }
  }

  func check(lessThan bound: Pair = Pair(Limits.attribute + 1)) throws(ShapeError) {
    let (rows, columns) = sides
    for (side, bound) in [(rows, bound.height), (columns, bound.width)] {
      guard let given = side.given, !(0..<bound).contains(given.before) || !(0..<bound).contains(given.after) else {
        continue
      }
      throw ShapeError("padding \(self) is not in 0..<\(bound)")
    }
  }
}

/// Padding along one axis.
enum AxisPadding: Sendable, Hashable {
  case same, sameLower, explicit(Int, Int), ceiling(Int, Int)

  /// What is added before and after, where that does not depend on the input.
  var given: (before: Int, after: Int)? {
    switch self {
    case .same, .sameLower: nil
    case .explicit(let before, let after), .ceiling(let before, let after): (before, after)
    }
  }
}

/// A window of `kernel` taps, `dilation` apart, that slides along one axis of `input` elements in steps of `stride`.
///
/// Output `o` reads inputs `o * stride - before + tap * dilation`; those outside the input are padding.
package struct SlidingWindow: Sendable, Hashable {
  package var input: Int, kernel: Int, stride: Int, dilation: Int
  /// Padding at the start and at the end.
  package var before: Int, after: Int

  init(input: Int, kernel: Int, stride: Int, dilation: Int, _ padding: AxisPadding) {
    (self.input, self.kernel, self.stride, self.dilation) = (input, kernel, stride, dilation)
    switch padding {
    case .explicit(let before, let after): (self.before, self.after) = (before, after)
    case .ceiling(let before, let after):
      let extent = (kernel - 1) * dilation + 1
      var outputs = floorDivide(input + before + after - extent + stride - 1, stride) + 1
      if (outputs - 1) * stride >= input + before { outputs -= 1 }
      (self.before, self.after) = (before, (outputs - 1) * stride + extent - input - before)
    case .same, .sameLower:
      let outputs = input.dividedUp(by: stride)
      let total = max((outputs - 1) * stride + (kernel - 1) * dilation + 1 - input, 0)
      let (less, more) = (total / 2, total - total / 2)
      (before, after) = padding == .same ? (less, more) : (more, less)
    }
  }

  /// Elements that the window spans.
  package var extent: Int { (kernel - 1) * dilation + 1 }

  /// Number of window positions; 0 when the window does not fit.
  package var output: Int { max(floorDivide(input + before + after - extent, stride) + 1, 0) }

  /// Input index of the first tap of output `o`; it may lie in the padding.
  package func start(_ output: Int) -> Int { output * stride - before }

  /// The taps of output `o` that fall inside the input.
  package func taps(_ output: Int) -> Range<Int> {
    let start = start(output)
    let first = max(0, -floorDivide(start, dilation))
    let last = floorDivide(input - 1 - start, dilation)
    return first..<max(first, min(kernel, last + 1))
  }

  /// Which inputs an output depends on.
  package var reach: AxisReach { AxisReach(num: stride, low: -before, high: extent - 1 - before) }

  /// The output size along one axis, unknown for an unknown input size.
  static func outputSize(
    _ input: Int?, _ axis: String, kernel: Int, stride: Int, dilation: Int, _ padding: AxisPadding
  ) throws(ShapeError) -> Int? {
    guard let input else { return nil }
    let window = SlidingWindow(input: input, kernel: kernel, stride: stride, dilation: dilation, padding)
    guard window.output > 0 else {
      throw ShapeError("a window of \(window.extent) \(axis) does not fit into \(input) \(axis)")
    }
    return window.output
  }
}

/// The output height and width of a window sliding over an image whose size may be unknown.
func slidingSize(
  _ image: TensorType, kernel: Pair, strides: Pair, dilation: Pair, _ padding: Padding
) throws(ShapeError) -> (height: Int?, width: Int?) {
  try strides.check("strides")
  try dilation.check("dilation")
  try kernel.check("window")
  try padding.check()
  let (rows, columns) = padding.sides
  return (
    try SlidingWindow.outputSize(
      image.dims[1], "rows", kernel: kernel.height, stride: strides.height, dilation: dilation.height, rows),
    try SlidingWindow.outputSize(
      image.dims[2], "columns", kernel: kernel.width, stride: strides.width, dilation: dilation.width, columns)
  )
}
