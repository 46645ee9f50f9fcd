import Graphs
import Ops
import Tensors

/// For each input the axes along which an operator joins, picks or moves elements; along all others it treats every index alone, whatever
/// their number. `nil` for an operator of which that is not known.
func touchedAxes(_ op: any Op, _ types: [TensorType]) -> [[Int]]? {
  func only(_ axes: [Int]) -> [[Int]] {
    types.indices.map { $0 == 0 ? axes.map { $0 < 0 ? $0 + types[0].rank : $0 } : [] }
  }
  switch op {
  case let op as Softmax: return only([op.axis])
  case let op as LogSoftmax: return only([op.axis])
  case let op as CumulativeSum: return only([op.axis])
  case let op as ArgMax: return only([op.axis])
  case let op as TopK: return only([op.axis])
  case let op as Reduce: return only(op.axes)
  case let op as Slice: return only(op.axes.map(\.axis))
  case let op as Gather: return only([op.axis])
  case let op as Repeat: return only([op.axis])
  case let op as Roll: return only([op.axis])
  case let op as Concat: return types.map { [op.axis < 0 ? op.axis + $0.rank : op.axis] }
  case let op as Tile:
    let first = types[0].rank - op.repeats.count
    return first < 0 ? nil : only(op.repeats.indices.filter { op.repeats[$0] != 1 }.map { first + $0 })
  case let op as Pad: return only(op.before.indices.filter { op.before[$0] != 0 || op.after[$0] != 0 })
  case let op as Quantize: return only(types[1].shape?.count == 1 ? [] : [op.axis])
  case is OneHot, is BroadcastTo: return only([])
  case is BatchNorm, is LayerNorm, is Dense: return only([-1])
  case is MatMul: return matrixAxes(types)
  case is Einsum: return only([])
  default: return nil
  }
}

/// Of a product of matrices, the last two axes of each operand that has more than a matrix or is one for all of the other's.
private func matrixAxes(_ types: [TensorType]) -> [[Int]]? {
  guard types.allSatisfy({ $0.rank > 1 }) else { return nil }
  return types.enumerated().map { place, type in
    let other = types[1 - place]
    // A single matrix leaves the other operand's remaining axis alone.
    if other.rank == 2 { return [place == 0 ? type.rank - 1 : type.rank - 2] }
    return [type.rank - 2, type.rank - 1]
  }
}

/// Operators that treat each element alone, inputs of other shapes repeated.
func isElementwise(_ op: any Op) -> Bool { op is any ElementwiseOp || op is FakeQuantize || op is RoundToFloat8 }

/// Operators that are only defined on NHWC images.
func isImageOp(_ op: any Op) -> Bool {
  switch op {
  case is Conv2D, is Conv2DTranspose, is DepthwiseConv2D, is ResidualConv2D, is UpsampledTaps, is AveragePool2D,
    is MaxPool2D, is GlobalPool2D, is DepthToSpace, is SpaceToDepth, is Pad2D,
    is Crop2D, is GroupNorm, is ClassMap:
    true
  case let op as Resize: op.isOfImages && !op.axes.isEmpty
  case let op as DynamicResize: op.axes == [1, 2] && op.isSizes
  default: false
  }
}

/// Operators whose result is made of elements of the first input, each from a place that the sizes tell.
func isPicking(_ op: any Op) -> Bool {
  op is Slice || op is Gather || op is Tile || op is Repeat || op is Roll || op is BroadcastTo
}
