import Graphs
import ModelFiles
import Ops
import Tensors

/// Layers see images as NHWC, whatever way their data lie; what lies otherwise is transposed before and after. A pass
/// moves these transpositions to the ends of the network.
extension LayerSite {
  /// The same call under another name: for operators that are not the layer's last.
  private func named(_ name: String) -> LayerSite {
    LayerSite(config: config, name: name, entry: entry, arguments: arguments, builder: builder)
  }

  /// Gives `body` the layer's input as an NHWC image and returns its result in the form of the layer's data.
  ///
  /// With one spatial axis the data are sequences `[N, L, C]`, seen as images of one row. `channels_first` data are
  /// `[N, C, ...]`.
  func onImages(
    axes: Int = 2, _ body: (_ site: LayerSite, _ image: Value) throws(ImportError) -> Value
  ) throws(ImportError) -> Value {
    let isFirst = try config.isChannelsFirst()
    if axes == 2 && !isFirst { return try body(self, try image()) }
    var result = try body(named(name + "/image"), try image(axes: axes))
    if axes == 1 {
      let channels = try lastDimension(result)
      result = try add(Reshape(dims: [0, -1, channels]), [result], part: isFirst ? "sequence" : nil)
    }
    if isFirst { result = try add(Transpose(permutation: channelsFirst(axes)), [result]) }
    return result
  }

  /// The layer's input as an NHWC image, in the sense of `onImages`.
  func image(axes: Int = 2) throws(ImportError) -> Value {
    var x = try input()
    guard type(x).rank == axes + 2 else {
      let expected = axes == 2 ? "images" : "sequences"
      throw config.unsupported("is given \(type(x)), which is not a batch of \(expected)")
    }
    if try config.isChannelsFirst() {
      x = try add(Transpose(permutation: channelsLast(axes)), [x], part: "channels_last")
    }
    guard axes == 1 else { return x }
    return try add(Reshape(dims: [0, 1, -1, try lastDimension(x)]), [x], part: "row")
  }

  /// Gives `body` the layer's input with one axis moved to the end, and moves it back in the result.
  func onLastAxis(
    _ axis: Int, _ body: (_ site: LayerSite, _ value: Value) throws(ImportError) -> Value
  ) throws(ImportError) -> Value {
    let x = try input()
    let rank = type(x).rank
    let axis = try place(ofAxis: axis, rank: rank)
    if axis == rank - 1 { return try body(self, x) }
    let others = (0..<rank).filter { $0 != axis }
    let moved = try add(Transpose(permutation: others + [axis]), [x], part: "channels_last")
    let result = try body(named(name + "/image"), moved)
    var back = Array(0..<rank - 1)
    back.insert(rank - 1, at: axis)
    return try add(Transpose(permutation: back), [result])
  }

  /// An axis counted from the front; not the batch.
  func place(ofAxis axis: Int, rank: Int, key: String = "axis") throws(ImportError) -> Int {
    let place = axis < 0 ? axis + rank : axis
    guard (1..<max(rank, 1)).contains(place) else {
      throw config.error(key, "an axis after the batch of a tensor of rank \(rank), not \(axis)")
    }
    return place
  }
}

/// The order of axes that moves the channels of a batch with this many spatial axes to the end.
private func channelsLast(_ axes: Int) -> [Int] { [0] + (2..<axes + 2) + [1] }

/// The order of axes that moves the channels to the front.
private func channelsFirst(_ axes: Int) -> [Int] { [0, axes + 1] + (1..<axes + 1) }
