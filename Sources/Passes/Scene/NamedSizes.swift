import Graphs
import Ops
import Tensors

/// Sizes of images that a network may have been exported for, by the sizes of maps that its shapes and tables name, in the order of the
/// graph, and the strides of maps.
struct NamedSizes {
  /// Neighbouring dimensions, squares, and common sizes.
  private(set) var maps: [Pair]
  /// Rows and columns of which only the product is named, the nearest to a square first.
  private(set) var counts: [Pair]
  /// Neighbouring dimensions that are rather heads, windows or channels.
  private(set) var strips: [Pair]

  init(_ graph: Graph) {
    var named = Maps()
    for node in graph.nodes { named.add(node) }
    let common = [512, 256, 224, 384, 1024, 640, 768, 320, 128].map { Pair($0) }
    let isStrip: (Pair) -> Bool = { max($0.height, $0.width) > NamedSizes.longest * min($0.height, $0.width) }
    maps = NamedSizes.images(named.pairs.filter { !isStrip($0) }) + common
    counts = NamedSizes.images(named.counts.flatMap(NamedSizes.factored).filter { !isStrip($0) })
    strips = NamedSizes.images(named.pairs.filter(isStrip))
  }

  /// Image pixels per pixel of the maps whose sizes are named.
  private static let strides = [1, 2, 4, 8, 16, 32, 64, 3, 6, 12, 24, 7, 14, 28, 5, 10, 20]
  private static let range = 8...8192
  private static let most = 1000
  /// Images are at most so many times as long as wide.
  private static let longest = 4

  private static func images(_ maps: [Pair]) -> [Pair] {
    var found: [Pair] = []
    var seen: Set<Pair> = []
    for stride in strides {
      for map in maps where found.count < most {
        let size = Pair(map.height.multiplied(by: stride), map.width.multiplied(by: stride))
        if range.contains(size.height), range.contains(size.width), seen.insert(size).inserted { found.append(size) }
      }
    }
    return found
  }

  /// The ways to lay so many pixels as rows and columns.
  private static func factored(_ count: Int) -> [Pair] {
    let root = Int(Double(count).squareRoot())
    return stride(from: root, to: max(root / longest, 1), by: -1).filter { count % $0 == 0 }
      .flatMap { [Pair($0, count / $0), Pair(count / $0, $0)] }
  }

  /// The sizes of maps that operators name.
  private struct Maps {
    private(set) var pairs: [Pair] = []
    private(set) var counts: [Int] = []
    private var seen: Set<Pair> = []

    mutating func add(_ node: Node) {
      switch node.op {
      case let op as Reshape: add(op.dims)
      case let op as BroadcastTo: add(op.dims)
      case let op as Fill: add(op.dims)
      case let op as Resize:
        let sizes = op.axes.compactMap { axis in if case .size(let size) = axis.target { size } else { nil } }
        let dims = node.types[0].dims
        if op.isOfImages, dims.count == 4, let height = dims[1], let width = dims[2] {
          if !sizes.isEmpty { add(Pair(height, width)) }
        } else {
          add(sizes)
        }
      // A table with a value for each place has no axis of a batch other than 1.
      case let op as Constant where (3...4).contains(op.tensor.shape.rank) && op.tensor.shape[0] == 1:
        add(op.tensor.shape.dims)
      default: break
      }
    }

    private mutating func add(_ map: Pair) {
      if max(map.height, map.width) <= range.upperBound, seen.insert(map).inserted { pairs.append(map) }
    }

    /// Neighbours among the dimensions may be rows and columns, or windows of them; one number may be all pixels, or one more than these.
    private mutating func add(_ dims: [Int]) {
      for place in dims.indices.dropLast() where min(dims[place], dims[place + 1]) > 1 {
        add(Pair(dims[place], dims[place + 1]))
      }
      for place in dims.indices.dropLast(3) where dims[place..<place + 4].min() ?? 0 > 1 {
        add(Pair(dims[place].multiplied(by: dims[place + 1]), dims[place + 2].multiplied(by: dims[place + 3])))
      }
      for count in dims where count > 3 {
        for pixels in [count, count - 1] {
          let side = Int(Double(pixels).squareRoot())
          if side * side == pixels { add(Pair(side)) } else if !counts.contains(pixels) { counts.append(pixels) }
        }
      }
    }
  }
}

extension Int {
  /// The largest number where the product is none.
  fileprivate func multiplied(by other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}
