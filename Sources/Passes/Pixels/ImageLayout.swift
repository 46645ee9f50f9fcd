import Graphs
import Ops
import Tensors

/// Which axis of a model's input or output is which: `N` the batch of one, `C` channels, `H` rows and `W` columns of the image; `HW`
/// stands for both as one axis.
package struct ImageLayout: Sendable, Hashable, CustomStringConvertible {
  package enum Axis: String, Sendable, Hashable {
    case batch = "N", channels = "C", rows = "H", columns = "W", pixels = "HW"
  }

  /// Outermost first.
  package var axes: [Axis]

  package init(_ axes: [Axis]) { self.axes = axes }

  package static let channelsLast = ImageLayout([.batch, .rows, .columns, .channels])
  package static let channelsFirst = ImageLayout([.batch, .channels, .rows, .columns])

  /// `[N, C, H, W]`
  package var description: String { "[" + axes.map(\.rawValue).joined(separator: ", ") + "]" }

  /// True where channels come after rows and columns, false where they come before; `nil` without channels.
  package var hasChannelsLast: Bool? {
    guard let channels = axes.firstIndex(of: .channels) else { return nil }
    return channels > (axes.firstIndex { $0 == .rows || $0 == .pixels } ?? 0)
  }

  var channelsPlace: Int? { axes.firstIndex(of: .channels) }

  /// The axes as those of an image; channels that there is no axis for are 1.
  func pixelAxes(channels: Int) -> PixelAxes {
    PixelAxes(
      axes.map { axis in
        switch axis {
        case .batch: .channels(1)
        case .channels: .channels(channels)
        case .rows: .rows
        case .columns: .columns
        case .pixels: .pixels
        }
      })
  }

  /// The layout of a value whose axes lie on the image so; several axes of channels count as one where they follow each other.
  init?(_ axes: [PixelAxes.Axis]) {
    var result: [Axis] = []
    for axis in axes {
      switch axis {
      case .rows: result.append(.rows)
      case .columns: result.append(.columns)
      case .pixels: result.append(.pixels)
      case .channels(1): result.append(.batch)
      case .channels:
        guard !result.contains(.channels) else { return nil }
        result.append(.channels)
      }
    }
    // Of axes of size 1, one that is not the first is that of a single channel.
    if !result.contains(.channels), let last = result.lastIndex(of: .batch), last > 0 || result.count == 3 {
      if last > 0 { result[last] = .channels }
    }
    self.axes = result
  }
}

extension ImageLayout {
  /// What an input may be by the sizes that it declares, the likeliest first: a scene has rows and columns, a model few channels.
  ///
  /// `prefersChannelsLast` decides where sizes do not.
  static func readings(of type: TensorType, prefersChannelsLast: Bool) -> [ImageLayout] {
    let dims = type.dims
    func isOne(_ dim: Int?) -> Bool { dim == nil || dim == 1 }
    var found: [ImageLayout] = []
    switch dims.count {
    case 4 where isOne(dims[0]): found = [.channelsLast, .channelsFirst]
    case 3:
      found = [ImageLayout([.rows, .columns, .channels]), ImageLayout([.channels, .rows, .columns])]
      // Three axes of which the first is a batch have no channels.
      if isOne(dims[0]) { found.append(ImageLayout([.batch, .rows, .columns])) }
    case 2: found = [ImageLayout([.rows, .columns])]
    default: return []
    }
    func channels(_ layout: ImageLayout) -> Int? { layout.channelsPlace.map { dims[$0] } ?? 1 }
    found = found.filter { (channels($0) ?? 0) > 0 }
    return found.enumerated().sorted { a, b in
      let (x, y) = (a.element.isLikely(for: type), b.element.isLikely(for: type))
      if x != y { return x }
      let (m, n) = (channels(a.element) ?? 0, channels(b.element) ?? 0)
      let isRankThree = dims.count == 3
      if m != n, !isRankThree || a.element.channelsPlace != nil && b.element.channelsPlace != nil { return m < n }
      let (first, second) = (a.element.hasChannelsLast, b.element.hasChannelsLast)
      if first != second, first != nil, second != nil { return first == prefersChannelsLast }
      return a.offset < b.offset
    }.map(\.element)
  }

  /// False where rows or columns would be fewer than the channels.
  func isLikely(for type: TensorType) -> Bool {
    guard let count = channelsPlace.map({ type.dims[$0] }) ?? 1 else { return false }
    return !axes.indices.contains { place in
      [.rows, .columns].contains(axes[place]) && type.dims[place].map { $0 < count } ?? false
    }
  }
}
