import Engine
import Graphs
import Ops
import Passes
import Scenes
import Segmentation
import Tensors
import TestSupport
import Testing

private let sizes = [
  PixelSize(width: 1, height: 1), PixelSize(width: 37, height: 1), PixelSize(width: 1, height: 37),
  PixelSize(width: 70, height: 33), PixelSize(width: 130, height: 97),
]

/// Networks whose strides multiply to 4.
enum Architecture: CaseIterable {
  case uNet, dilated, filtered, quarter, unpadded, cubic

  func model() throws -> SceneModel {
    let graph =
      switch self {
      case .uNet: try SegmentationTests.uNet()
      case .dilated: try dilatedNetwork()
      case .filtered: try SegmentationTests.uNet(filtered: true)
      case .quarter: try quarterNetwork()
      case .unpadded: try unpaddedNetwork()
      case .cubic: try cubicNetwork()
      }
    let optimised = try Passes.optimised(graph, kernels: .underTest).graph
    return try SceneModel(optimised.fitted(#require(optimised.sceneFit()), by: .linear), kernels: .underTest)
  }
}

struct ExactRunTests {
  @Test(arguments: Architecture.allCases, sizes)
  func `scores are those of one pass over the scene padded to the modulus`(
    architecture: Architecture, size: PixelSize
  ) throws {
    let model = try architecture.model()
    let geometry = try localGeometry(model.graph)
    #expect(geometry.rows.stride == 4 && geometry.columns.stride == 4)
    if architecture == .filtered { #expect(geometry.rows.modulus == 16) }
    let modulus = PixelSize(width: geometry.columns.modulus, height: geometry.rows.modulus)
    let scene = Scene(size)
    let run = try ExactRun(model, size: size, geometry: geometry, maximumBytes: .max)
    #expect(run.panels.panels.count == 1)
    let expected = try scene.scoresOfOnePass(model, modulus: modulus)
    #expect(Set(expected).count > min(size.width * size.height, 100))
    for threads in [1, 2, 8] { #expect(try scene.scores(run, threads: threads) == expected) }
  }

  @Test(arguments: Architecture.allCases, [0.9, 0.7, 0.0])
  func `column panels give the scores of full width to the bit`(architecture: Architecture, share: Double) throws {
    let model = try architecture.model()
    let size = PixelSize(width: 130, height: 97)
    let geometry = try localGeometry(model.graph)
    let whole = try ExactRun(model, size: size, geometry: geometry, maximumBytes: .max)
    let limit: Int
    if share > 0 {
      limit = whole.predictedBytes - Int(Double(whole.plan.ringBytes) * (1 - share))
    } else {
      limit = try smallestLimit(model, size, geometry)
    }
    let run = try ExactRun(model, size: size, geometry: geometry, maximumBytes: limit)
    #expect(run.panels.panels.count > 1)
    #expect(run.predictedBytes <= limit)
    #expect(run.arithmeticFactor > 1)
    #expect(try Scene(size).scores(run) == Scene(size).scores(whole))
  }

  @Test func `a wider halo than the network needs changes no score`() throws {
    let model = try Architecture.uNet.model()
    let geometry = try localGeometry(model.graph)
    let size = PixelSize(width: 400, height: 33)
    let whole = try ExactRun(model, size: size, geometry: geometry, maximumBytes: .max)
    let limit = whole.predictedBytes - whole.plan.ringBytes * 2 / 3
    let runs = try [0, 23].map {
      try ExactRun(
        model, size: size, geometry: geometry, halo: geometry.columns.alignedHaloAfter + $0, maximumBytes: limit)
    }
    #expect(runs[0].panels.panels.count > 1 && runs[1].panels.panels.count > runs[0].panels.panels.count)
    for run in runs { #expect(try Scene(size).scores(run) == Scene(size).scores(whole)) }
  }

  /// The smallest limit that is accepted, by bisection.
  private func smallestLimit(_ model: SceneModel, _ size: PixelSize, _ geometry: SceneGeometry) throws -> Int {
    var (refused, accepted) = (
      0, try ExactRun(model, size: size, geometry: geometry, maximumBytes: .max).predictedBytes
    )
    while accepted - refused > 1 {
      let middle = (accepted + refused) / 2
      if (try? ExactRun(model, size: size, geometry: geometry, maximumBytes: middle)) == nil {
        refused = middle
      } else {
        accepted = middle
      }
    }
    return accepted
  }

  @Test func `too little memory is refused with a limit that works`() throws {
    let model = try Architecture.uNet.model()
    let geometry = try localGeometry(model.graph)
    let size = PixelSize(width: 20_000, height: 33)
    let error = try #require(
      #expect(throws: SegmentationError.self) {
        try ExactRun(model, size: size, geometry: geometry, maximumBytes: 1 << 20)
      })
    guard case .memory(let needed) = error.kind else { throw error }
    #expect(needed > 1 << 20)
    let run = try ExactRun(model, size: size, geometry: geometry, maximumBytes: needed)
    #expect(run.predictedBytes <= needed)
    let isRefused = (try? ExactRun(model, size: size, geometry: geometry, maximumBytes: needed * 9 / 10)) == nil
    #expect(isRefused)
  }

  @Test func `what a closure throws ends the run, and the session runs again`() throws {
    struct Stopped: Error {}
    let model = try Architecture.uNet.model()
    let scene = Scene(PixelSize(width: 30, height: 26))
    let geometry = try localGeometry(model.graph)
    let run = try ExactRun(model, size: scene.size, geometry: geometry, maximumBytes: .max)
    let session = try Session(run.plan, threads: 2)
    #expect(throws: Stopped.self) {
      try run.run(session, readRow: { y, row in if y == 9 { throw Stopped() } else { scene.read(y, row) } }) {
        _, _, _ in
      }
    }
    #expect(throws: Stopped.self) {
      try run.run(session, readRow: scene.read) { y, _, _ in if y == 9 { throw Stopped() } }
    }
    var emitted = Emitted(scene.size, scores: model.scores)
    try run.run(session, readRow: scene.read) { emitted.take($0, $1, $2) }
    #expect(emitted.bits == (try scene.scoresOfOnePass(model, modulus: PixelSize(geometry.rows.modulus))))
  }

  @Test func `a network with global pooling is refused by the layer's name`() throws {
    var net = Network(seed: 13)
    let features = try net.convolution(net.image, 6, "features")
    let pooled = try net.graph.add(GlobalPool2D(kind: .average, keepDims: true), [features], name: "squeeze")
    let scaled = try net.graph.add(Binary(.multiply), [features, pooled], name: "excite")
    let model = try SceneModel(net.classes(scaled), kernels: .underTest)
    let geometry = try localGeometry(model.graph)
    let error = #expect(throws: SegmentationError.self) {
      try ExactRun(model, size: PixelSize(40), geometry: geometry, maximumBytes: .max)
    }
    #expect(error?.kind == .notLocal)
    #expect(error?.site == "squeeze")
  }
}
