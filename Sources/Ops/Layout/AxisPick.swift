import Graphs
import Tensors

/// Where the indices along one axis of a result come from: each from one index along the same axis of the input, or from none.
struct AxisPick {
  /// For an element that is not of the input.
  static let fill = -1

  var sources: [Int]
  /// Input indices per output index, where the sources follow the place; `nil` where a source may be far from it.
  var ratio: (num: Int, den: Int)?

  init(_ sources: [Int], ratio: (num: Int, den: Int)? = nil) { (self.sources, self.ratio) = (sources, ratio) }

  /// Every index from the same one.
  static func all(_ count: Int) -> AxisPick { AxisPick(Array(0..<count), ratio: (1, 1)) }

  /// What the indices read, if that is local.
  var reach: AxisReach? {
    guard let ratio else { return nil }
    let offsets = sources.enumerated().filter { $1 != AxisPick.fill }
    // floor((index * num + low) / den) <= source <= floor((index * num + high) / den), as close as whole numbers go.
    let distances = offsets.map { index, source in source * ratio.den - index * ratio.num }
    guard let least = distances.min(), let most = distances.max() else {
      return AxisReach(num: ratio.num, den: ratio.den)
    }
    return AxisReach(num: ratio.num, den: ratio.den, low: min(least + ratio.den - 1, most), high: most)
  }
}

extension Tensor {
  /// The result whose element at `(i, j, ...)` is the one at `(axes[0].sources[i], axes[1].sources[j], ...)`, or `fill`.
  func picking(_ axes: [AxisPick], fill: Double = 0) -> Tensor {
    var places = [0]
    for (axis, stride) in zip(axes, shape.strides) {
      var next: [Int] = []
      next.reserveCapacity(places.count * axis.sources.count)
      for place in places {
        for source in axis.sources {
          next.append(place == AxisPick.fill || source == AxisPick.fill ? AxisPick.fill : place + source * stride)
        }
      }
      places = next
    }
    let result = Shape(axes.map(\.sources.count))
    guard places.contains(AxisPick.fill) else { return Tensor(result, elements.gathering(places)) }
    let filled = elements.appending(Elements([fill], as: dataType))
    return Tensor(result, filled.gathering(places.map { $0 == AxisPick.fill ? shape.count : $0 }))
  }

  /// The tensor repeated along axes of size 1, and in front, to a shape that it can be broadcast to.
  func broadcast(to result: Shape) -> Tensor {
    if shape == result { return self }
    let same = reshaped(Shape([Int](repeating: 1, count: result.rank - shape.rank) + shape.dims))
    return same.picking(
      zip(same.shape.dims, result.dims).map { $0 == $1 ? .all($0) : AxisPick([Int](repeating: 0, count: $1)) })
  }
}

/// The reach of an operator that picks elements axis by axis: local for NHWC images whose rows and columns are. Axes that no image has
/// are not looked at element by element.
func pickingReach(_ input: TensorType, _ output: TensorType, _ axes: @autoclosure () -> [AxisPick]) -> [Reach] {
  if isOnePixel(input), isOnePixel(output) { return pointwiseReach(count: 1) }
  let longest = 1 << 24
  guard imageSize(input) != nil, imageSize(output) != nil,
    (input.dims + output.dims).allSatisfy({ ($0 ?? 0) <= longest })
  else { return globalReach(count: 1) }
  let axes = axes()
  guard axes[0].sources == [0], let rows = axes[1].reach,
    let columns = axes[2].reach
  else { return globalReach(count: 1) }
  return [.local(rows: rows, columns: columns)]
}
