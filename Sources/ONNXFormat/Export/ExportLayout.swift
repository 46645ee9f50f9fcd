/// How the axes of a value are ordered in a model that is written.
enum ExportLayout: Hashable {
  /// As in the graph: images are NHWC.
  case plain
  /// NCHW, of a value with four axes.
  case channelsFirst

  var other: ExportLayout { self == .plain ? .channelsFirst : .plain }

  /// The permutation that leads from the other layout to this one.
  var permutation: [Int] { self == .plain ? [0, 2, 3, 1] : [0, 3, 1, 2] }

  /// Where an axis of the graph stands in this layout; it counts from the end if negative.
  func place(_ axis: Int, rank: Int) -> Int {
    let axis = axis < 0 ? axis + rank : axis
    return self == .plain ? axis : [0, 2, 3, 1][axis]
  }

  /// One entry per axis of the graph, in the order of this layout.
  func arranged<T>(_ entries: [T]) -> [T] { self == .plain ? entries : [0, 3, 1, 2].map { entries[$0] } }
}
