import Graphs
import Ops
import Tensors

/// Which axes of an output follow the rows and the columns of the image, found by giving the network images of other sizes; where it takes
/// only one size, by the sizes that it has then.
struct OutputTrial {
  /// With an NHWC image as its only input.
  let graph: Graph
  let output: Value

  private var image: TensorType { graph.nodes[graph.inputs[0]].types[0] }

  func dims(_ rows: Int, _ columns: Int) -> [Int]? {
    let type = TensorType(image.dataType, [1, rows, columns, image.dims[3]])
    let sized = try? graph.specialised(to: [graph.nodes[graph.inputs[0]].name: type])
    return sized?[output].shape?.dims
  }

  /// The layouts that fit, the likeliest first.
  func layouts() -> [ImageLayout] {
    for (side, large) in SceneTrial.sizes {
      guard let small = dims(side, side) else { continue }
      guard let tall = dims(large, side), let wide = dims(side, large) else { break }
      guard small.count == tall.count, small.count == wide.count else { return [] }
      // One size whatever the image.
      if small == tall, small == wide { break }
      guard let layout = layout(small, tall, wide), isImage(small, layout, side), !isPixel(layout) else { return [] }
      return [layout]
    }
    guard let rows = image.dims[1], let columns = image.dims[2], let own = dims(rows, columns) else { return [] }
    return declared(own, Pair(rows, columns)).map(\.layout)
  }

  private func layout(_ small: [Int], _ tall: [Int], _ wide: [Int]) -> ImageLayout? {
    var axes: [ImageLayout.Axis?] = []
    for axis in small.indices {
      switch (small[axis] != tall[axis], small[axis] != wide[axis]) {
      case (true, true): axes.append(.pixels)
      case (true, false): axes.append(.rows)
      case (false, true): axes.append(.columns)
      case (false, false): axes.append(nil)
      }
    }
    return completed(axes, small)
  }

  /// True where at the size that the model declares there is one pixel: then another axis, such as the batch, has grown with the image.
  private func isPixel(_ layout: ImageLayout) -> Bool {
    guard let rows = image.dims[1], let columns = image.dims[2], max(rows, columns) > 1, let own = dims(rows, columns)
    else { return false }
    return zip(layout.axes, own).allSatisfy { axis, count in axis == .batch || axis == .channels || count == 1 }
  }

  /// True where rows and columns are a whole part of a square image's, but for a border.
  private func isImage(_ dims: [Int], _ layout: ImageLayout, _ side: Int) -> Bool {
    zip(layout.axes, dims).allSatisfy { axis, count in
      guard count > 0 else { return false }
      switch axis {
      case .rows, .columns:
        let factor = side / count
        return (1...SceneTrial.greatestFactor).contains(factor)
          && side - factor * count <= min(SceneTrial.greatestFactor * SceneTrial.greatestStride, side / 2)
      case .pixels:
        return (1...SceneTrial.greatestFactor).contains { $0 * $0 * count == side * side }
      case .batch, .channels: return true
      }
    }
  }

  /// Layouts in which rows and columns are the image's by one whole factor.
  func declared(_ dims: [Int], _ size: Pair) -> [(factor: Int, layout: ImageLayout)] {
    var found: [(factor: Int, channels: Int, layout: ImageLayout)] = []
    func add(_ axes: [ImageLayout.Axis?], _ factor: Int) {
      guard let layout = completed(axes, dims) else { return }
      let channels = layout.channelsPlace.map { dims[$0] } ?? 1
      found.append((factor, channels, layout))
    }
    let none = [ImageLayout.Axis?](repeating: nil, count: dims.count)
    for factor in 1...SceneTrial.greatestFactor
    where size.height % factor == 0 && size.width % factor == 0 {
      let (height, width) = (size.height / factor, size.width / factor)
      for place in dims.indices {
        // A few numbers that are as many as pixels of a very small image are rather a class each.
        let hasChannels = dims.contains { $0 > 1 && $0 != dims[place] }
        if dims[place] == height * width, height * width > 1, factor <= (hasChannels ? 8 : 1) {
          var axes = none
          axes[place] = .pixels
          add(axes, factor)
        }
        for other in dims.indices where other > place && dims[place] == height && dims[other] == width {
          var axes = none
          (axes[place], axes[other]) = (.rows, .columns)
          add(axes, factor)
        }
      }
    }
    found.sort { ($0.factor, $0.channels) < ($1.factor, $1.channels) }
    return found.map { ($0.factor, $0.layout) }
  }

  /// What is left is the batch and the channels, of which at most one axis has more than one index.
  private func completed(_ axes: [ImageLayout.Axis?], _ dims: [Int]) -> ImageLayout? {
    let rows = axes.count { $0 == .rows }, columns = axes.count { $0 == .columns },
      pixels = axes.count { $0 == .pixels }
    guard (rows, columns, pixels) == (1, 1, 0) || (rows, columns, pixels) == (0, 0, 1) else { return nil }
    let left = axes.indices.filter { axes[$0] == nil }
    let large = left.filter { dims[$0] != 1 }
    guard large.count <= 1 else { return nil }
    var result = axes.map { $0 ?? .batch }
    if let channels = large.first ?? (left.count > 1 ? left.last : nil) { result[channels] = .channels }
    return ImageLayout(result)
  }
}

/// Sizes of images that networks are tried at.
enum SceneTrial {
  /// A multiple of 256, 9 and 5 and so of the product of all strides in common use.
  static let size = 11_520
  /// No network in use has a greater product of strides.
  static let greatestStride = 64
  /// The largest factor by which an output is enlarged.
  static let greatestFactor = 64

  /// Sides of a smaller and a larger image to try, one pair after the other: large ones first, and for networks that compare each pixel
  /// with each other small ones; all by a few pixels more, for those that take no whole number of strides.
  static var sizes: some Sequence<(Int, Int)> {
    [size, 576, 192].lazy.flatMap { side in (0..<greatestStride).lazy.map { (side + $0, 2 * side + $0) } }
  }
}
