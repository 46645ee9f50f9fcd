package import Graphs
package import Kernels
package import Tensors

/// A graph made ready to run at one input size: compiled steps, the rows each makes per visit, ring heights and lifetimes from a dry
/// run, and the memory it all takes. Immutable; shapes alone decide everything in it.
package struct Plan: Sendable {
  package let stages: [Stage]
  /// Rows that the ring which holds each stage's rows has room for.
  package let capacities: [Int]
  package let rings: RingLayout
  let inputs: [(name: String, type: TensorType, stage: Int)]
  let outputs: [OutputPlan]

  struct OutputPlan: Sendable {
    var name: String
    var type: TensorType
    var source: Source
    enum Source: Sendable { case stage(Int), constant(Tensor) }
  }

  /// Compiles every node that an output needs, for these kernels.
  ///
  /// Errors: unknown dimensions, an operator with several results.
  package init(_ graph: Graph, kernels: KernelSet = .best) throws(EngineError) {
    var stages: [Stage] = []
    var stageOf: [Int: Int] = [:]
    let graph = graph.pruned()
    for (index, node) in graph.nodes.enumerated() where !(node.op is Constant) {
      for type in node.types where type.shape == nil {
        throw EngineError(.unsupported, node.name, "\(type) is not fully known; give the input's shape")
      }
      guard node.types.count == 1 else { throw EngineError(.unsupported, node.name, "has several results") }
      stageOf[index] = stages.count
      if node.op is Input {
        stages.append(
          Stage(
            name: node.name, step: nil, sources: [], layout: RowLayout(node.types[0]), grain: 1, visit: 1,
            multiplyAdds: 0))
      } else {
        stages.append(Plan.stage(node, in: graph, stageOf, kernels))
      }
    }
    let taken = Set(graph.outputs.compactMap { stageOf[$0.value.node] })
    let fusion = Fusion(stages, outputs: taken)
    let place = stageOf.compactMapValues { fusion.moved[$0] }
    let outputs = graph.outputs.map { output in
      let source = place[output.value.node].map { OutputPlan.Source.stage($0) }
      return OutputPlan(
        name: output.name, type: graph[output.value], source: source ?? .constant(graph.constant(output.value)!))
    }
    inputs = graph.inputs.map { (graph.nodes[$0].name, graph.nodes[$0].types[0], place[$0]!) }
    self.stages = Plan.placed(fusion.stages, outputs: Plan.outputStages(outputs))
    self.outputs = outputs
    var schedule = Schedule(stages: self.stages, outputs: Plan.outputStages(outputs))
    var lifetimes = RingLifetimes(self.stages)
    schedule.walk { [stages = self.stages] index, _ in lifetimes.visit(index, stages) }
    capacities = self.stages.map { schedule.alive[$0.ring] }
    let bytes = zip(self.stages, capacities).enumerated().map { index, place in
      let (stage, rows) = place
      return stage.ring == index && stage.isStored ? stage.rowStride * max(rows, 1) : 0
    }
    rings = RingLayout(bytes: bytes, lifetimes: lifetimes.ranges)
  }

  private static func stage(_ node: Node, in graph: Graph, _ stageOf: [Int: Int], _ kernels: KernelSet) -> Stage {
    let types = node.inputs.map { graph[$0] }
    let site = CompileSite(
      name: node.name, inputTypes: types, outputTypes: node.types, constants: node.inputs.map { graph.constant($0) },
      kernels: kernels)
    let step = node.op.compile(site)
    let layout = RowLayout(node.types[0])
    let visit = rowsPerVisit(step, layout)
    return Stage(
      name: node.name, step: step,
      sources: step.inputs.map { Stage.Source(stage: stageOf[node.inputs[$0.index].node]!, rows: $0.rows) },
      layout: layout, grain: step.grain, visit: visit,
      multiplyAdds: node.op.multiplyAdds(types))
  }

  /// The walk of one run, at its start.
  package var schedule: Schedule { Schedule(stages: stages, outputs: Plan.outputStages(outputs)) }

  static func outputStages(_ outputs: [OutputPlan]) -> [Int] {
    outputs.compactMap { if case .stage(let index) = $0.source { index } else { nil } }
  }

  /// True where a run finds the zeros around a stage's rows overwritten by rings that share their memory.
  func hasOldMargins(_ stage: Int) -> Bool {
    rings.isShared[stage] && stages[stage].marginLeft + stages[stage].marginRight > 0
  }

  /// Bytes that the rings take.
  package var ringBytes: Int { rings.byteCount }

  /// Bytes of packed weights.
  package var weightBytes: Int { stages.reduce(0) { $0 + ($1.step?.memory.weights ?? 0) } }

  /// Bytes of scratch memory that each thread needs.
  package var scratchBytes: Int { stages.map { $0.step?.memory.scratch ?? 0 }.max() ?? 0 }

  /// Bytes of the memory that all blocks of a band share.
  var sharedBytes: Int { stages.map { $0.step?.sharedBytes(rows: $0.visit) ?? 0 }.max() ?? 0 }

  /// Multiply-adds of one run.
  package var multiplyAdds: Int { stages.reduce(0) { $0 + $1.multiplyAdds } }

  /// Names and types of the inputs.
  package var inputTypes: [(name: String, type: TensorType)] { inputs.map { ($0.name, $0.type) } }

  /// Names and types of the outputs.
  package var outputTypes: [(name: String, type: TensorType)] { outputs.map { ($0.name, $0.type) } }
}
