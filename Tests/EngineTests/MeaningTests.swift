import Engine
import Graphs
import Kernels
import Ops
import TestSupport
import Tensors
import Testing

/// Nearest upsampling by 2 whose step is of a type that only these tests know.
private struct Enlarge: Op {
  static let name = "enlarge"
  var saysSo: Bool

  private var resize: Resize { Resize(method: .nearest, target: .scale(2)) }
  func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] { try resize.outputTypes(inputs) }
  func evaluate(_ inputs: [Tensor]) -> [Tensor] { resize.evaluate(inputs) }
  func reach(_ inputs: [TensorType]) -> [Reach] { resize.reach(inputs) }
  func compile(_ site: CompileSite) -> any Step {
    EnlargeStep(step: resize.compile(site), meaning: saysSo ? .upsampling(by: 2, width: site.input(0).width) : nil)
  }
}

private struct EnlargeStep: Step {
  let step: any Step
  let meaning: StepMeaning?

  var kernel: String { "enlarge" }
  var inputs: [StepInput] { step.inputs }
  var cost: StepCost { step.cost }
  var memory: StepMemory { step.memory }
  func blocks(rows: Int, round: Int) -> Int { step.blocks(rows: rows, round: round) }
  func run(block: Int, of band: borrowing Band) { step.run(block: block, of: band) }
}

struct MeaningTests {
  private func network(_ enlarge: any Op) throws -> Graph {
    var net = Network(seed: 31)
    let input = net.graph.input("image", TensorType(.float32, [1, nil, nil, 3]))
    let up = try net.graph.add(enlarge, [input], name: "up")
    let kernel = net.weights([3, 3, 3, 18], fanIn: 27, "kernel")
    let filtered = Conv2D(padding: .same, activation: .relu, algorithm: .winograd(tile: 4))
    net.graph.output(try net.graph.add(filtered, [up, kernel], name: "fine"), name: "fine")
    return net.graph
  }

  @Test func `a step is fused for what it means, whatever its type`() throws {
    let feed = ["image": image(9, 14)]
    let plans = try [Enlarge(saysSo: true), Enlarge(saysSo: false)].map {
      try planned(specialised(network($0), 9, 14))
    }
    let sessions = try plans.map { try Session($0, threads: 2) }
    let kernels = sessions.map { $0.profile.map(\.kernel) }
    #expect(kernels[0].contains { $0.hasSuffix("doubled") } && !kernels[0].contains("enlarge"))
    #expect(!kernels[1].contains { $0.hasSuffix("doubled") } && kernels[1].contains("enlarge"))
    let results = try sessions.map { try $0.run(feed)[0].bits }
    #expect(results[0] == results[1] && results[0].contains { $0 != 0 })
  }

  @Test func `a plan computes with the kernels that it is given`() throws {
    let feed = ["image": image(7, 9)]
    for kernels in KernelSet.available {
      var net = Network(seed: 32)
      let input = net.graph.input("image", TensorType(.float32, [1, nil, nil, 3]))
      // As many channels as the widest panel has.
      net.graph.output(try net.convolution(input, kernels.panel, "features"), name: "features")
      let graph = try specialised(net.graph, 7, 9), expected = try graph.evaluate(feed)[0]
      let session = try Session(Plan(graph, kernels: kernels), threads: 2)
      #expect(session.profile.map(\.kernel).contains("direct \(kernels.tile)x\(kernels.panel)"))
      #expect(relativeDifference(try session.run(feed)[0], expected) < 1e-5)
    }
  }
}
