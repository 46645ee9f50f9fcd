import Graphs
import Ops
import Tensors
import TestSupport
import Testing

/// How a decoder doubles its resolution.
enum Upsampling: CaseIterable { case nearest, bilinear, transposed2, transposed3 }

extension Graph {
  /// A convolution of one channel to one channel with positive weights, SAME padding and ReLU.
  mutating func conv(
    _ x: Value, _ name: String, kernel: Pair = 3, strides: Pair = 1, dilation: Pair = 1, padding: Padding = .same,
    inputs: Int = 1, seed: UInt64 = 1
  ) throws -> Value {
    let shape: Shape = [kernel.height, kernel.width, inputs, 1]
    let weights = constant(seededTensor(shape, seed: seed, in: 0.5...1.5), name: name + "/kernel")
    return try add(
      Conv2D(strides: strides, padding: padding, dilation: dilation, activation: .relu), [x, weights], name: name)
  }

  mutating func upsample(_ x: Value, _ name: String, _ kind: Upsampling, factors: Pair = 2) throws -> Value {
    switch kind {
    case .nearest: return try add(Resize(method: .nearest, target: .scale(factors)), [x], name: name)
    case .bilinear: return try add(Resize(method: .linear, target: .scale(factors)), [x], name: name)
    case .transposed2, .transposed3:
      let extra = kind == .transposed3 ? 1 : 0
      let size = Pair(
        factors.height + (factors.height > 1 ? extra : 0), factors.width + (factors.width > 1 ? extra : 0))
      let weights = seededTensor([size.height, size.width, 1, 1], in: 0.5...1.5)
      let kernel = constant(weights, name: name + "/kernel")
      return try add(Conv2DTranspose(strides: factors, padding: .same), [x, kernel], name: name)
    }
  }

  /// The U-Net of Ronneberger et al. 2015 with SAME padding: two 3x3 convolutions per level.
  static func unet(depth: Int, _ up: Upsampling, size: Int? = nil) throws -> Graph {
    var graph = Graph()
    var x = graph.input("image", TensorType(.float32, [1, size, size, 1]))
    var skips: [Value] = []
    for level in 0..<depth {
      x = try graph.conv(try graph.conv(x, "down\(level)a"), "down\(level)b")
      skips.append(x)
      x = try graph.add(MaxPool2D(size: 2, strides: 2, padding: .valid), [x], name: "pool\(level)")
    }
    x = try graph.conv(try graph.conv(x, "bottom_a"), "bottom_b")
    for level in (0..<depth).reversed() {
      x = try graph.upsample(x, "up\(level)", up)
      x = try graph.add(Concat(axis: -1), [skips[level], x], name: "concat\(level)")
      x = try graph.conv(try graph.conv(x, "up\(level)a", inputs: 2), "up\(level)b")
    }
    graph.output(try graph.conv(x, "classes", kernel: 1), name: "classes")
    return graph
  }
}

@Test func `a convolution reaches half its kernel`() throws {
  var graph = Graph()
  let image = graph.input("image", TensorType(.float32, [1, nil, nil, 1]))
  graph.output(try graph.conv(image, "conv", kernel: Pair(3, 5), dilation: Pair(2, 1)), name: "y")
  let found = try localGeometry(graph)
  #expect(found.rows == SceneGeometry.Axis(haloBefore: 2, haloAfter: 2, alignedHaloBefore: 2, alignedHaloAfter: 2))
  #expect(found.columns == SceneGeometry.Axis(haloBefore: 2, haloAfter: 2, alignedHaloBefore: 2, alignedHaloAfter: 2))
  #expect(found.isLocal)
}

@Test func `an even kernel reaches further after than before`() throws {
  var graph = Graph()
  let image = graph.input("image", TensorType(.float32, [1, nil, nil, 1]))
  graph.output(try graph.conv(image, "conv", kernel: 4), name: "y")
  #expect(
    try localGeometry(graph).rows
      == SceneGeometry.Axis(haloBefore: 1, haloAfter: 2, alignedHaloBefore: 1, alignedHaloAfter: 2))
}

@Test(arguments: Upsampling.allCases)
func `a U-Net of depth 4`(up: Upsampling) throws {
  let found = try localGeometry(.unet(depth: 4, up))
  #expect(found.isLocal)
  #expect(found.rows == found.columns)
  #expect(found.rows.modulus == 16)
  #expect(found.rows.outputScale == 1)
  // The 15 pixels between them: the last pixel of a block reads as far back as the first.
  let (before, after) = [.bilinear: (122, 122), .transposed3: (122, 107)][up] ?? (107, 107)
  #expect((found.rows.haloBefore, found.rows.haloAfter) == (before, after))
  let (alignedBefore, alignedAfter) = [.bilinear: (112, 112), .transposed3: (112, 96)][up] ?? (96, 96)
  #expect((found.rows.alignedHaloBefore, found.rows.alignedHaloAfter) == (alignedBefore, alignedAfter))
}

@Test func `an encoder alone has an output scale`() throws {
  var graph = Graph()
  let image = graph.input("image", TensorType(.float32, [1, nil, nil, 1]))
  let half = try graph.conv(image, "half", strides: 2)
  graph.output(try graph.conv(half, "sixth", strides: 3), name: "y")
  let found = try localGeometry(graph)
  #expect(found.rows.outputScale == Ratio(1, 6))
  #expect(found.rows.modulus == 6)
  // Rows 0 to 5 belong to output 0; SAME padding puts (0, 1) around the first and (0, 0) around the second window.
  #expect(found.rows.haloBefore == 0)
  #expect(found.rows.haloAfter == 1)
}

@Test func `a super-resolving output has more pixels than the image`() throws {
  var graph = Graph()
  let image = graph.input("image", TensorType(.float32, [1, nil, nil, 1]))
  graph.output(try graph.upsample(try graph.conv(image, "conv"), "up", .nearest), name: "y")
  let found = try localGeometry(graph)
  #expect(
    found.rows
      == SceneGeometry.Axis(
        haloBefore: 1, haloAfter: 1, alignedHaloBefore: 1, alignedHaloAfter: 1, modulus: 1, outputScale: 2))
}

@Test func `a squeeze-and-excite gate is named`() throws {
  var graph = Graph()
  let image = graph.input("image", TensorType(.float32, [1, nil, nil, 1]))
  let features = try graph.conv(image, "features")
  let squeezed = try graph.add(GlobalPool2D(kind: .average, keepDims: true), [features], name: "squeeze")
  let gate = try graph.conv(squeezed, "excite", kernel: 1)
  graph.output(try graph.add(Binary(.multiply), [features, gate], name: "gate"), name: "y")
  let found = try localGeometry(graph)
  #expect(
    found.blockers == [SceneGeometry.Blocker(node: "squeeze", reason: "global_pool2d depends on the whole image")])
  #expect(found.rows.haloBefore == 1, "the local path is still described")
}

@Test func `a global branch that the output does not need is no blocker`() throws {
  var graph = Graph()
  let image = graph.input("image", TensorType(.float32, [1, nil, nil, 1]))
  let features = try graph.conv(image, "features")
  graph.output(features, name: "mask")
  graph.output(try graph.add(GlobalPool2D(kind: .max, keepDims: false), [features], name: "pool"), name: "label")
  #expect(try localGeometry(graph, output: 0).isLocal)
  #expect(try !localGeometry(graph, output: 1).isLocal)
}

@Test func `pooling the whole map of a fixed size is named`() throws {
  var graph = Graph()
  let image = graph.input("image", TensorType(.float32, [1, 64, 64, 1]))
  let features = try graph.conv(image, "features", strides: 2)
  let pool = AveragePool2D(size: 32, strides: 32, padding: .valid)
  let pooled = try graph.add(pool, [features], name: "image_pool")
  let spread = try graph.upsample(pooled, "spread", .bilinear, factors: 32)
  let joined = try graph.add(Concat(axis: -1), [features, spread], name: "aspp")
  graph.output(joined, name: "y")
  #expect(
    try localGeometry(graph).blockers == [
      SceneGeometry.Blocker(
        node: "image_pool", reason: "pools the whole 32x32 map at the model's own size 64x64")
    ])
}

@Test func `a fixed U-Net is as local as one of unknown size`() throws {
  #expect(try localGeometry(.unet(depth: 2, .nearest, size: 8)) == localGeometry(.unet(depth: 2, .nearest)))
}

@Test func `a graph that cannot be resized is not local`() throws {
  var graph = Graph()
  let image = graph.input("image", TensorType(.float32, [1, 8, 8, 1]))
  graph.output(try graph.add(Reshape(dims: [1, 64, 1]), [image], name: "flatten"), name: "y")
  let found = try localGeometry(graph)
  #expect(found.blockers.contains { $0.node == "flatten" && $0.reason.hasPrefix("cannot be resized: reshape: ") })
}

@Test func `resizing to a fixed size is not local`() throws {
  var graph = Graph()
  let image = graph.input("image", TensorType(.float32, [1, nil, nil, 1]))
  let features = try graph.conv(image, "features")
  graph.output(
    try graph.add(Resize(method: .linear, target: .size(96)), [features], name: "resize"), name: "y")
  #expect(try localGeometry(graph).blockers.first?.node == "resize")
}

@Test func `images of different scales cannot be joined locally`() throws {
  var graph = Graph()
  let image = graph.input("image", TensorType(.float32, [1, 8, 8, 1]))
  let half = try graph.conv(image, "half", strides: 2)
  let crop = try graph.add(Crop2D(top: 0, bottom: 4, left: 0, right: 4), [image], name: "crop")
  graph.output(try graph.add(Binary(.add), [half, crop], name: "sum"), name: "y")
  #expect(
    try geometry(of: graph).blockers == [
      SceneGeometry.Blocker(node: "sum", reason: "joins images of the scales 2 and 1")
    ])
}

@Test func `what has no geometry is an error`() throws {
  var graph = Graph()
  let image = graph.input("image", TensorType(.float32, [1, nil, nil, 1]))
  graph.output(try graph.conv(image, "conv"), name: "y")
  #expect(throws: GraphError(.request, "outputs", "there is no output 1")) { try localGeometry(graph, output: 1) }
  #expect(throws: GraphError(.types, "conv", "f32[1x?x?x1] is not specialised")) { try geometry(of: graph) }
  graph.input("second", TensorType(.float32, [1, 8, 8, 1]))
  #expect(throws: GraphError(.types, "inputs", "there are 2 inputs, not one image")) { try localGeometry(graph) }
}

@Test func `outputs that are computed in groups enlarge the modulus and the halo, not the stride`() throws {
  var graph = Graph()
  let image = graph.input("image", TensorType(.float32, [1, nil, nil, 1]))
  func conv(_ x: Value, _ name: String, strides: Pair = 1, _ algorithm: ConvolutionAlgorithm) throws -> Value {
    let kernel = graph.constant(Tensor([3, 3, 1, 1], repeating: 1), name: name + "/kernel")
    return try graph.add(Conv2D(strides: strides, padding: .same, algorithm: algorithm), [x, kernel], name: name)
  }
  let half = try conv(image, "half", strides: 2, .direct)
  graph.output(try conv(half, "group", .winograd(tile: 4)), name: "y")
  let axis = try localGeometry(graph).rows
  #expect(axis.stride == 2 && axis.modulus == 8)
  // Output 3 of a group reads from output -1 of the half-size image on, that is from two input pixels before; output 0 to output 4.
  #expect(axis.haloBefore == 8 && axis.haloAfter == 9)
  #expect(axis.alignedHaloBefore == 8 && axis.alignedHaloAfter == 8)
}

@Test func `outputs that can be made of the first rows are all that read no others`() {
  for reach in [
    AxisReach(), AxisReach(num: 2, high: 1), AxisReach(num: 2, low: -1, high: 1), AxisReach(num: 3, low: 0, high: 2),
    AxisReach(den: 2, low: -1, high: 1), AxisReach(num: 2, high: 1, grid: 4), .broadcast,
  ] {
    for size in 1...13 {
      let count = reach.num == 0 ? 5 : size * reach.den / reach.num
      for available in 0...size {
        let made = reach.outputs(from: available, of: size, count: count)
        let expected = (0...count).last { n in
          n == 0 || available == size
            || (n % reach.grid == 0 && reach.read(by: 0..<n).upperBound <= available)
        }
        #expect(made == expected, "\(reach) from \(available) of \(size)")
      }
    }
  }
}

@Test func `behind a layer that looks at the whole image there are strides as well`() throws {
  for kind in ["at every level", "at one"] {
    var graph = Graph()
    var value = graph.input("image", TensorType(.float32, [1, nil, nil, 4]))
    for level in 0..<3 {
      let pool = MaxPool2D(size: 2, strides: 2, padding: .valid)
      value = try graph.add(pool, [value], name: "pool\(level)")
      guard kind == "at every level" || level == 1 else { continue }
      let ones = graph.constant(Tensor([4], [1, 1, 1, 1]), name: "ones\(level)")
      value = try graph.add(GroupNorm(groups: 2, epsilon: 1e-3), [value, ones, ones], name: "norm\(level)")
    }
    value = try graph.add(Resize(method: .nearest, target: .scale(8)), [value], name: "up")
    graph.output(value, name: "scores")
    let found = try localGeometry(graph)
    #expect(!found.isLocal && found.rows.stride == 8 && found.columns.stride == 8)
    #expect(found.rows.modulus == 8)
  }
}
