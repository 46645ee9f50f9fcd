import Graphs
import Ops
import Passes
import Tensors
import TestSupport
import Testing

/// Networks that are local by their mathematics, however their axes are permuted, parted, joined, stacked and picked on the way, are local
/// as scenes see them, and compute the same.
struct SpellingTests {
  @Test(arguments: 0..<80)
  func `a random spelling of a local network is local and the same`(_ seed: Int) throws {
    var spelling = try RandomSpelling(seed: UInt64(seed) * 7919 + 17)
    let graph = try spelling.finished()
    let form = try SceneForm(graph, SceneForm.Wish(prefersChannelsLast: spelling.isChannelsLast))
    #expect(form.input.hasChannelsLast == spelling.isChannelsLast, "\(graph)")
    let geometry = try localGeometry(form.graph)
    #expect(geometry.isLocal, "\(geometry.blockers)\n\(graph)\n\(form.graph)")

    let image = seededTensor([1, RandomSpelling.rows, RandomSpelling.columns, RandomSpelling.channels], seed: 3)
    let expected = try spelling.image(of: graph, image)
    let got = try form.graph.evaluate(["image": image])[0]
    #expect(got.shape == expected.shape, "\(graph)")
    guard got.shape == expected.shape else { return }
    let largest = expected.floats.map(\.magnitude).max() ?? 0
    let error = zip(got.floats, expected.floats).map { ($0 - $1).magnitude }.max() ?? 0
    #expect(error <= 1e-5 * max(largest, 1), "\(error) of \(largest)\n\(graph)\n\(form.graph)")

    // One pixel changes nothing beyond the halo.
    var changed = image.floats
    let (row, column) = (5, 9)
    for c in 0..<RandomSpelling.channels {
      changed[(row * RandomSpelling.columns + column) * RandomSpelling.channels + c] += 0.75
    }
    let other = try spelling.image(of: graph, Tensor(image.shape, changed))
    let channels = expected.shape[3]
    for y in 0..<RandomSpelling.rows {
      for x in 0..<RandomSpelling.columns {
        let pixel = (y * RandomSpelling.columns + x) * channels..<(y * RandomSpelling.columns + x + 1) * channels
        guard expected.floats[pixel] != other.floats[pixel] else { continue }
        #expect(row - y <= geometry.rows.haloAfter && y - row <= geometry.rows.haloBefore)
        #expect(column - x <= geometry.columns.haloAfter && x - column <= geometry.columns.haloBefore)
      }
    }
  }
}

/// A network of random operators that leave every pixel where it is, but for convolutions, on values whose axes wander.
private struct RandomSpelling {
  static let (rows, columns, channels) = (12, 20, 3)

  private enum Axis: Equatable {
    case one, rows, columns, pixels
    case channels(Int)

    var size: Int {
      switch self {
      case .one: 1
      case .rows: RandomSpelling.rows
      case .columns: RandomSpelling.columns
      case .pixels: RandomSpelling.rows * RandomSpelling.columns
      case .channels(let count): count
      }
    }

    var isChannels: Bool { if case .channels = self { true } else { false } }
  }

  let isChannelsLast: Bool
  private var graph = Graph()
  private var value: Value
  private var axes: [Axis]
  private var random: SeededNumbers
  private var count = 0

  init(seed: UInt64) throws {
    random = SeededNumbers(seed)
    isChannelsLast = random.next(2) == 0
    axes =
      isChannelsLast
      ? [.one, .rows, .columns, .channels(Self.channels)] : [.one, .channels(Self.channels), .rows, .columns]
    value = graph.input("image", TensorType(.float32, axes.map(\.size)))
    for _ in 0..<6 + random.next(8) { try step() }
  }

  private mutating func add(_ op: any Op, _ inputs: [Value], _ axes: [Axis]) throws {
    count += 1
    value = try graph.add(op, inputs, name: "\(type(of: op).name)\(count)")
    self.axes = axes
    #expect(graph[value].dims == axes.map { Optional($0.size) }, "\(graph)")
  }

  private var channelPlaces: [Int] { axes.indices.filter { axes[$0].isChannels } }
  private var channelCount: Int { channelPlaces.reduce(1) { $0 * axes[$1].size } }

  private mutating func constant(_ dims: [Int]) -> Value {
    count += 1
    return graph.constant(seededTensor(Shape(dims), seed: UInt64(count + random.next(1000))), name: "c\(count)")
  }

  private mutating func step() throws {
    let places = channelPlaces
    switch random.next(14) {
    case 0: try permute(shuffled(Array(axes.indices)))
    case 1: try joinPixels()
    case 2: try partOrJoinChannels()
    case 3:
      if let one = axes.firstIndex(of: .one), random.next(2) == 0 {
        try add(Squeeze(axes: [one]), [value], axes.enumerated().filter { $0.offset != one }.map(\.element))
      } else if axes.count < 6 {
        let place = random.next(axes.count + 1)
        var next = axes
        next.insert(.one, at: place)
        try add(ExpandDims(axes: [place]), [value], next)
      }
    case 4:
      guard let place = places.randomElement(using: &random), channelCount > 1 else { return }
      let size = axes[place].size
      let picks = (0..<1 + random.next(3)).map { _ in Int64(random.next(size)) }
      var next = axes
      next[place] = .channels(picks.count)
      let indices = graph.constant(Tensor([picks.count], .int64(picks)), name: "i\(count)")
      try add(Gather(axis: place), [value, indices], next)
    case 5:
      // A single index takes the axis away.
      guard places.count > 1, let place = places.randomElement(using: &random) else { return }
      let indices = graph.constant(Tensor([], .int64([Int64(random.next(axes[place].size))])), name: "i\(count)")
      var next = axes
      next.remove(at: place)
      try add(Gather(axis: place), [value, indices], next)
    case 6:
      guard let place = places.randomElement(using: &random) else { return }
      var next = axes
      let keeps = random.next(2) == 0 || places.count == 1
      if keeps { next[place] = .channels(1) } else { next.remove(at: place) }
      let kind = [Reduce.Kind.mean, .sum, .max][random.next(3)]
      try add(Reduce(kind: kind, axes: [place], keepDims: keeps), [value], next)
    case 7:
      guard let place = places.randomElement(using: &random) else { return }
      try add(Softmax(axis: place), [value], axes)
    case 8:
      guard axes.count < 6, channelCount <= 12 else { return }
      let place = random.next(axes.count + 1), own = axes, first = value
      var next = axes
      next.insert(.one, at: place)
      try add(Activate(.tanh), [first], own)
      let second = value
      try add(ExpandDims(axes: [place]), [first], next)
      let left = value
      try add(ExpandDims(axes: [place]), [second], next)
      next[place] = .channels(2)
      try add(Concat(axis: place), [left, value], next)
    case 9:
      guard let place = places.randomElement(using: &random), channelCount <= 12 else { return }
      var next = axes
      next[place] = .channels(2 * axes[place].size)
      let first = value
      try add(Activate(.sigmoid), [first], axes)
      try add(Concat(axis: place), [value, first], next)
    case 10: try einsum()
    case 11:
      guard let place = places.randomElement(using: &random) else { return }
      let dims = axes.indices.map { $0 == place ? axes[$0].size : 1 }
      try add(Binary(random.next(2) == 0 ? .multiply : .add), [value, constant(Array(dims[place...]))], axes)
    case 12:
      guard let place = places.randomElement(using: &random), axes[place].size > 1 else { return }
      var next = axes
      next[place] = .channels(axes[place].size)
      try add(Slice([Slice.Axis(place, step: -1)]), [value], next)
    default: try convolve()
    }
  }

  private mutating func permute(_ order: [Int]) throws {
    try add(Transpose(permutation: order), [value], order.map { axes[$0] })
  }

  private mutating func joinPixels() throws {
    if let pixels = axes.firstIndex(of: .pixels) {
      var next = axes
      next.replaceSubrange(pixels...pixels, with: [.rows, .columns])
      return try add(Reshape(dims: next.map(\.size)), [value], next)
    }
    guard let rows = axes.firstIndex(of: .rows), let columns = axes.firstIndex(of: .columns) else { return }
    var order = axes.indices.filter { $0 != columns }
    order.insert(columns, at: (order.firstIndex(of: rows) ?? 0) + 1)
    try permute(order)
    guard let place = axes.firstIndex(of: .rows) else { return }
    var next = axes
    next.replaceSubrange(place...place + 1, with: [.pixels])
    try add(Reshape(dims: next.map { $0 == .pixels ? -1 : $0.size }), [value], next)
  }

  private mutating func partOrJoinChannels() throws {
    let pair = axes.indices.dropLast().first { axes[$0].isChannels && axes[$0 + 1].isChannels }
    var next = axes
    if let pair {
      next.replaceSubrange(pair...pair + 1, with: [.channels(axes[pair].size * axes[pair + 1].size)])
    } else if let even = channelPlaces.first(where: { axes[$0].size % 2 == 0 }) {
      next.replaceSubrange(even...even, with: [.channels(2), .channels(axes[even].size / 2)])
    } else {
      return
    }
    try add(Reshape(dims: next.map(\.size)), [value], next)
  }

  private mutating func einsum() throws {
    guard let place = channelPlaces.randomElement(using: &random) else { return }
    let letters = Array("abcdefgh".prefix(axes.count)).map(String.init)
    let results = 1 + random.next(4)
    var out = letters, next = axes
    (out[place], next[place]) = ("z", .channels(results))
    let order = shuffled(Array(axes.indices))
    let op = Einsum("\(letters.joined()),\(letters[place])z->\(order.map { out[$0] }.joined())")
    try add(op, [value, constant([axes[place].size, results])], order.map { next[$0] })
  }

  private mutating func convolve() throws {
    try toImage()
    let kernel = [3, 3, axes[3].size, 1 + random.next(6)]
    try add(
      Conv2D(strides: 1, padding: .same), [value, constant(kernel)],
      [.one, .rows, .columns, .channels(kernel[3])])
  }

  /// Brings the value to NHWC, channels joined.
  private mutating func toImage() throws {
    if axes.contains(.pixels) { try joinPixels() }
    let ones = axes.indices.filter { axes[$0] == .one }
    if !ones.isEmpty { try add(Squeeze(axes: ones), [value], axes.filter { $0 != .one }) }
    guard let rows = axes.firstIndex(of: .rows), let columns = axes.firstIndex(of: .columns) else { return }
    try permute([rows, columns] + channelPlaces)
    let next: [Axis] = [.one, .rows, .columns, .channels(channelCount)]
    try add(Reshape(dims: next.map(\.size)), [value], next)
  }

  /// The graph with one output, in an order of axes of its own.
  mutating func finished() throws -> Graph {
    try toImage()
    if random.next(2) == 0 { try permute([0, 3, 1, 2]) }
    if random.next(3) == 0 { try joinPixels() }
    var result = graph
    result.output(value, name: "y")
    return result.pruned()
  }

  /// The graph's output for an NHWC image, as an NHWC image.
  func image(of graph: Graph, _ image: Tensor) throws -> Tensor {
    let own = isChannelsLast ? image : Transpose(permutation: [0, 3, 1, 2]).evaluate([image])[0]
    let result = try graph.evaluate(["image": own])[0]
    let order = [Axis.rows, .pixels, .columns].compactMap { axes.firstIndex(of: $0) } + channelPlaces
    let ones = axes.indices.filter { axes[$0] == .one }
    let moved = Transpose(permutation: ones + order).evaluate([result])[0]
    return moved.reshaped(Shape([1, Self.rows, Self.columns, channelCount]))
  }

  private mutating func shuffled(_ order: [Int]) -> [Int] { order.shuffled(using: &random) }
}

extension SeededNumbers {
  fileprivate mutating func next(_ below: Int) -> Int { pick(0...below - 1) }
}
