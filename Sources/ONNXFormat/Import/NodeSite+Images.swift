import Graphs
import ModelFiles
import Ops
import Tensors

extension NodeSite {
  /// The number of spatial axes of `[N, C, spatial...]`: 1 or 2.
  func spatialAxes(_ x: Value) throws(ImportError) -> Int {
    let rank = type(x).rank
    guard rank >= 3 else { throw error("needs a batch, channels and at least one more axis, gets \(type(x))") }
    guard rank <= 4 else { throw unsupported("over \(rank - 2) spatial axes") }
    return rank - 2
  }

  /// What `body` makes of `[N, C, H, W]` as an NHWC image, or of `[N, C, L]` as one of a single row, in the order of the input.
  func onImages(
    _ x: Value, _ body: (Value) throws(ImportError) -> Value
  ) throws(ImportError) -> Value {
    if try spatialAxes(x) == 2 {
      let image = try add(Transpose(permutation: [0, 2, 3, 1]), [x], part: "channels_last")
      return try add(Transpose(permutation: [0, 3, 1, 2]), [body(image)])
    }
    let sequence = try add(Transpose(permutation: [0, 2, 1]), [x], part: "channels_last")
    let image = try add(ExpandDims(axes: [1]), [sequence], part: "row")
    let result = try add(Squeeze(axes: [1]), [body(image)], part: "sequence")
    return try add(Transpose(permutation: [0, 2, 1]), [result])
  }

  /// `[N, C, ...]` with its channels last for `body`, of any rank from 2, and its result in the order of the input.
  func channelsLast(
    _ x: Value, _ body: (Value) throws(ImportError) -> Value
  ) throws(ImportError) -> Value {
    let rank = type(x).rank
    guard rank >= 2 else { throw error("needs a batch and channels, gets \(type(x))") }
    if rank == 2 { return try body(x) }
    let turned = try add(
      Transpose(permutation: [0] + (2..<rank) + [1]), [x], part: "channels_last")
    return try add(Transpose(permutation: [0, rank - 1] + (1..<rank - 1)), [body(turned)])
  }

  /// The channels of `[N, C, ...]`. Errors: none, or not known how many.
  func channels(_ x: Value) throws(ImportError) -> Int {
    guard type(x).rank >= 2, let count = type(x).dims[1], count > 0 else {
      throw unsupported("the number of channels of \(type(x)) is not known")
    }
    return count
  }

  /// A vector of `count` numbers, or one number repeated.
  func vector(_ value: Value, count: Int, _ what: String) throws(ImportError) -> Value {
    let type = type(value)
    guard type.dataType == .float32, type.rank == 1, type.dims[0].map({ $0 == count }) ?? true else {
      throw error("the \(what) must be \(count) numbers of float32, gets \(type)")
    }
    return value
  }
}
