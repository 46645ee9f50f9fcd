import Engine
import Graphs
import Ops
import Passes
import Tensors
import TestSupport
import Testing

struct ScheduleTests {
  /// Walks the schedule and holds every visit against what rings of the planned height can give.
  private func check(_ plan: Plan) {
    var made = [Int](repeating: 0, count: plan.stages.count)
    var schedule = plan.schedule
    schedule.walk { index, rows in
      let stage = plan.stages[index]
      #expect(rows.lowerBound == made[index], "\(stage.name) makes \(rows)")
      #expect(!rows.isEmpty && rows.count <= stage.visit && rows.lowerBound % stage.grain == 0)
      #expect(rows.count % stage.grain == 0 || rows.upperBound == stage.layout.rows)
      #expect(rows.count <= plan.capacities[index])
      for source in stage.sources {
        let height = plan.stages[source.stage].layout.rows
        let needed = source.rows?.read(by: rows, of: height) ?? 0..<height
        guard !needed.isEmpty else { continue }
        // What later stages have overwritten is gone.
        let ring = plan.stages[source.stage].ring
        let lost = plan.stages.indices.filter { $0 > source.stage && plan.stages[$0].ring == ring }.map { made[$0] }
          .max()
        let held = max(made[source.stage] - plan.capacities[source.stage], lost ?? 0)..<made[source.stage]
        #expect(
          held.lowerBound <= needed.lowerBound && needed.upperBound <= held.upperBound,
          "\(stage.name) reads \(needed) of \(plan.stages[source.stage].name), whose ring holds \(held)")
      }
      made[index] = rows.upperBound
    }
    #expect(made == plan.stages.map(\.layout.rows))
  }

  @Test(arguments: [2, 4, 6, 38, 64, 258])
  func `every row of every stage is made once, from rows that its rings hold`(height: Int) throws {
    let graph = try uNet()
    check(try planned(specialised(graph, height, 6)))
    check(try planned(specialised(Passes.optimised(graph, kernels: .underTest).graph, height, 200)))
  }

  @Test func `rows that outputs of several scales need are made once`() throws {
    var graph = try uNet()
    let inner = try #require(graph.nodes.firstIndex { $0.name == "mid" })
    graph = graph.selectingOutputs([Graph.Output(name: "mid", value: Value(inner))] + graph.outputs)
    for height in [2, 38, 258] { check(try planned(specialised(graph, height, 34))) }
  }

  @Test func `a stage that is read whole is kept whole`() throws {
    var net = Network(seed: 3)
    let input = net.graph.input("image", TensorType(.float32, [1, 40, 12, 3]))
    let features = try net.convolution(input, 4, "features")
    let pooled = try net.graph.add(GlobalPool2D(kind: .average, keepDims: true), [features], name: "pooled")
    net.graph.output(try net.graph.add(Binary(.multiply), [features, pooled], name: "scaled"), name: "scaled")
    let plan = try planned(net.graph)
    check(plan)
    let index = try #require(plan.stages.firstIndex { $0.name == "features" })
    #expect(plan.capacities[index] == 40)
  }

  @Test func `rings do not grow with the height of the scene`() throws {
    let graph = try Passes.optimised(uNet(), kernels: .underTest).graph
    let bytes = try [1024, 8192].map { try planned(specialised(graph, $0, 96)).ringBytes }
    #expect(bytes[0] == bytes[1])
    // Less than an eighth of the values that whole tensors would take.
    let whole = try specialised(graph, 1024, 96).nodes.filter { !($0.op is Constant) }
      .reduce(0) { $0 + ($1.types[0].shape?.count ?? 0) * 4 }
    #expect(bytes[0] > 0 && bytes[0] < whole / 8)
  }

  @Test func `rings of wide scenes grow in proportion to the width`() throws {
    let graph = try Passes.optimised(uNet(), kernels: .underTest).graph
    let plans = try [65_536, 131_072].map { try planned(specialised(graph, 64, $0)) }
    let ratio = Double(plans[1].ringBytes) / Double(plans[0].ringBytes)
    #expect(ratio > 1.5 && ratio < 2.1)
  }
}
