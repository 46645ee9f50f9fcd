import Ops

/// How the axes of a value lie on an NHWC image: each axis of the value is made of rows, columns and groups of channels.
///
/// The image has batch 1; its channels are all groups in the order of `memory`, the last one fastest.
struct PixelView: Hashable {
  enum Part: Hashable {
    case rows, columns
    /// One group of channels, by its number.
    case channels(Int)
  }

  /// For each axis of the value what it is made of, outermost first; nothing for an axis of size 1.
  var axes: [[Part]]
  /// The groups of channels in the order in which they lie in the image, and their sizes, none of which is 1.
  private(set) var memory: [(group: Int, size: Int)]
  /// Rows and columns of the image, at the size at which the graph is looked at.
  var height: Int, width: Int
  private var nextGroup = 0

  init(height: Int, width: Int) {
    (axes, memory) = ([], [])
    (self.height, self.width) = (height, width)
  }

  /// The view of a value whose axes are plain; channels lie in the image in the order of the axes.
  init(_ plain: [PixelAxes.Axis], height: Int, width: Int) {
    self.init(height: height, width: width)
    for axis in plain {
      switch axis {
      case .rows: axes.append(height == 1 ? [] : [.rows])
      case .columns: axes.append(width == 1 ? [] : [.columns])
      case .pixels: axes.append((height == 1 ? [] : [.rows]) + (width == 1 ? [] : [.columns]))
      case .channels(let count): axes.append(count == 1 ? [] : [.channels(addGroup(count))])
      }
    }
  }

  static func == (a: PixelView, b: PixelView) -> Bool {
    a.axes == b.axes && a.height == b.height && a.width == b.width
      && a.memory.elementsEqual(b.memory) { $0.group == $1.group && $0.size == $1.size }
  }

  func hash(into hasher: inout Hasher) { hasher.combine(axes) }

  /// Channels of the image.
  var channels: Int { memory.reduce(1) { $0 * $1.size } }

  func size(of part: Part) -> Int {
    switch part {
    case .rows: height
    case .columns: width
    case .channels(let group): memory.first { $0.group == group }?.size ?? 1
    }
  }

  /// Adds channels that change slower than all others, or faster.
  mutating func addGroup(_ size: Int, first: Bool = false) -> Int {
    let group = nextGroup
    nextGroup += 1
    memory.insert((group, size), at: first ? 0 : memory.count)
    return group
  }

  /// Makes two groups of one, the outer one of `outer` channels.
  private mutating func split(_ group: Int, outer: Int) -> (outer: Int, inner: Int) {
    guard let place = memory.firstIndex(where: { $0.group == group }) else { return (group, group) }
    let inner = memory[place].size / outer
    let parts = (nextGroup, nextGroup + 1)
    nextGroup += 2
    memory.replaceSubrange(place...place, with: [(parts.0, outer), (parts.1, inner)])
    for axis in axes.indices {
      axes[axis] = axes[axis].flatMap { $0 == .channels(group) ? [.channels(parts.0), .channels(parts.1)] : [$0] }
    }
    return parts
  }

  /// The groups in another order, which the caller gives to the image as well.
  mutating func reorder(_ groups: [Int]) {
    memory = groups.compactMap { group in memory.first { $0.group == group } }
  }

  /// Takes groups away that have become rows or columns.
  mutating func removeGroups(_ groups: [Int]) {
    memory.removeAll { groups.contains($0.group) }
    for axis in axes.indices {
      axes[axis].removeAll { part in
        if case .channels(let group) = part { groups.contains(group) } else { false }
      }
    }
  }

  /// What stands in the way of another shape: rows or columns that are to be cut into pieces of so many.
  enum Obstacle: Error, Hashable {
    case cut(Part, pieces: Int)
    case unknown
  }

  /// The same elements in row-major order under another shape.
  func reshaped(to dims: [Int]) throws(Obstacle) -> PixelView {
    var result = self
    var parts = axes.flatMap { $0 }.reversed() as [Part]
    var axes: [[Part]] = []
    for dim in dims {
      var (axis, count) = ([Part](), 1)
      while count < dim {
        guard let part = parts.popLast(), dim % count == 0 else { throw .unknown }
        let size = result.size(of: part), missing = dim / count
        if missing % size == 0 {
          axis.append(part)
          count *= size
          continue
        }
        guard size % missing == 0 else { throw .unknown }
        guard case .channels(let group) = part else { throw .cut(part, pieces: size / missing) }
        let halves = result.split(group, outer: missing)
        axis.append(.channels(halves.outer))
        parts.append(.channels(halves.inner))
        count = dim
      }
      guard count == dim else { throw .unknown }
      axes.append(axis)
    }
    guard parts.isEmpty else { throw .unknown }
    result.axes = axes
    return result
  }

  /// Rows or columns become `pieces` times as few, and the pixels of each piece channels.
  mutating func cut(_ part: Part, pieces: Int) {
    let group = addGroup(pieces, first: true)
    if part == .rows { height /= pieces } else { width /= pieces }
    for axis in axes.indices { axes[axis] = axes[axis].flatMap { $0 == part ? [part, .channels(group)] : [$0] } }
  }

  /// The groups that follow rows or columns within their axis: the pixels of blocks.
  func block(_ part: Part) -> [Int] {
    guard let axis = axes.first(where: { $0.contains(part) }), let place = axis.firstIndex(of: part) else { return [] }
    return axis[(place + 1)...].prefix { $0 != .rows && $0 != .columns }.compactMap { part in
      if case .channels(let group) = part { group } else { nil }
    }
  }

  /// Blocks of so many rows and columns have become pixels.
  mutating func spread(_ rows: [Int], _ columns: [Int], block: Pair) {
    removeGroups(rows + columns)
    (height, width) = (height * block.height, width * block.width)
  }

  /// The axes where each is rows, columns, both or channels alone; `nil` otherwise. Whatever the order of channels in the image is.
  var plainAxes: [PixelAxes.Axis]? {
    var result: [PixelAxes.Axis] = []
    for axis in axes {
      if axis == [.rows] {
        result.append(.rows)
      } else if axis == [.columns] {
        result.append(.columns)
      } else if axis == [.rows, .columns] {
        result.append(.pixels)
      } else if axis.contains(.rows) || axis.contains(.columns) {
        return nil
      } else {
        result.append(.channels(axis.reduce(1) { $0 * size(of: $1) }))
      }
    }
    return result
  }

  /// The groups in the order in which the axes have them.
  var groupsByAxes: [Int] {
    axes.flatMap { $0 }.compactMap { part in if case .channels(let group) = part { group } else { nil } }
  }

  /// For each channel of the image with its groups in another order, the channel that it is now.
  func channels(inOrder groups: [Int]) -> [Int] {
    var steps: [Int: Int] = [:]
    var step = 1
    for (group, size) in memory.reversed() {
      steps[group] = step
      step *= size
    }
    return groups.reduce([0]) { places, group in
      let size = memory.first { $0.group == group }?.size ?? 1
      return places.flatMap { place in (0..<size).map { place + $0 * (steps[group] ?? 0) } }
    }
  }
}
