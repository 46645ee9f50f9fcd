public import Graphs
public import Ops
import Tensors

extension Graph {
  /// The size of the images that the network was exported for, where it takes no other although its input does not say so: a shape or a
  /// table of positions is constant, or the first output has one size whatever the image. `nil` where the size is declared or open,
  /// and where none is found.
  ///
  /// Found by trial, from the sizes that the operators and constants name. A network with one NHWC image of known channels as its input.
  public func bakedSize() -> Pair? {
    guard inputs.count == 1, let output = outputs.first else { return nil }
    let image = nodes[inputs[0]].types[0]
    guard image.rank == 4, image.dims[3] != nil, image.dims[1] == nil || image.dims[2] == nil else { return nil }
    let trial = OutputTrial(graph: self, output: output.value)
    func factor(_ size: Pair) -> Int? {
      guard image.dims[1] ?? size.height == size.height, image.dims[2] ?? size.width == size.width else { return nil }
      return trial.dims(size.height, size.width).flatMap { trial.declared($0, size).first?.factor }
    }
    // Images of common sizes on which the output lies in the same way.
    let common = [256, 320, 512].compactMap { factor(Pair($0)) }
    guard Set(common).count != 1 || common.count == 1, trial.layouts().isEmpty else { return nil }
    var best: (factor: Int, size: Pair)?
    for size in BakedSizes(selectingOutputs([output]).pruned()).candidates {
      guard let factor = factor(size) else { continue }
      if factor == 1 { return size }
      if best.map({ factor < $0.factor }) ?? true { best = (factor, size) }
    }
    return best?.size
  }

  /// The graph whose image input declares this size.
  public func declaring(imageSize size: Pair) throws(GraphError) -> Graph {
    let image = nodes[inputs[0]]
    return try specialised(to: [
      image.name: TensorType(image.types[0].dataType, [1, size.height, size.width, image.types[0].dims[3]])
    ])
  }
}

/// Sizes of images that a network may have been exported for.
private struct BakedSizes {
  /// Image pixels per pixel of the maps whose sizes are named.
  private static let strides = [1, 2, 4, 8, 16, 32, 64, 3, 6, 12, 24, 7, 14, 28, 5, 10, 20]
  private static let range = 8...8192
  private static let most = 1000

  private(set) var candidates: [Pair] = []
  private var seen: Set<Pair> = []

  init(_ graph: Graph) {
    let common = [512, 256, 224, 384, 1024, 640, 768, 320, 128].map { Pair($0) }
    let maps = BakedSizes.maps(graph)
    for stride in BakedSizes.strides {
      for map in maps { add(Pair(map.height * stride, map.width * stride)) }
    }
    for size in common { add(size) }
  }

  private mutating func add(_ size: Pair) {
    guard candidates.count < BakedSizes.most, BakedSizes.range.contains(size.height),
      BakedSizes.range.contains(size.width), seen.insert(size).inserted
    else { return }
    candidates.append(size)
  }

  /// The sizes of maps that shapes and tables name, in the order of the graph.
  private static func maps(_ graph: Graph) -> [Pair] {
    var found: [Pair] = []
    for node in graph.nodes {
      switch node.op {
      case let op as Reshape: found += maps(op.dims)
      case let op as BroadcastTo: found += maps(op.dims)
      case let op as Fill: found += maps(op.dims)
      case let op as Resize2D: if case .size(let size) = op.target { found.append(size) }
      case let op as Resample:
        let sizes = op.axes.compactMap { axis in if case .size(let size) = axis.target { size } else { nil } }
        found += maps(sizes)
      // A table with a value for each place has no axis of a batch other than 1.
      case let op as Constant where (3...4).contains(op.tensor.shape.rank) && op.tensor.shape[0] == 1:
        found += maps(op.tensor.shape.dims)
      default: break
      }
    }
    var seen: Set<Pair> = []
    return found.filter { seen.insert($0).inserted }
  }

  /// Neighbours among the dimensions may be rows and columns, or windows of them; one number may be all pixels of a square, or one more
  /// than these.
  private static func maps(_ dims: [Int]) -> [Pair] {
    var found: [Pair] = []
    for place in dims.indices.dropLast() where min(dims[place], dims[place + 1]) > 1 {
      found.append(Pair(dims[place], dims[place + 1]))
    }
    for place in dims.indices.dropLast(3) where dims[place..<place + 4].min() ?? 0 > 1 {
      let (rows, overflow) = dims[place].multipliedReportingOverflow(by: dims[place + 1])
      let (columns, another) = dims[place + 2].multipliedReportingOverflow(by: dims[place + 3])
      if !overflow, !another { found.append(Pair(rows, columns)) }
    }
    for count in dims where count > 3 {
      for pixels in [count, count - 1] {
        let side = Int(Double(pixels).squareRoot())
        if side * side == pixels { found.append(Pair(side)) }
      }
    }
    return found.filter { max($0.height, $0.width) <= range.upperBound }
  }
}
