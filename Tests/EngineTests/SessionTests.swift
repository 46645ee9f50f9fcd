import Engine
import Graphs
import Ops
import Passes
import Tensors
import TestSupport
import Testing

struct SessionTests {
  @Test(arguments: [(2, 2), (6, 10), (38, 22), (64, 34)])
  func `a run gives what the plain definitions give`(height: Int, width: Int) throws {
    let graph = try uNet()
    let feed = ["image": image(height, width)]
    let expected = try graph.evaluate(feed)[0]
    let optimised = try Passes.optimised(graph, kernels: .underTest)
    #expect(!optimised.log.isEmpty)
    for graph in [graph, optimised.graph] {
      let plan = try planned(specialised(graph, height, width))
      let result = try Session(plan, threads: 2).run(feed)
      #expect(result.count == 1)
      #expect(relativeDifference(result[0], expected) <= 1e-5)
    }
  }

  @Test func `results are equal to the bit for any number of threads, and from run to run`() throws {
    let plan = try planned(specialised(Passes.optimised(uNet(), kernels: .underTest).graph, 38, 46))
    let feed = ["image": image(38, 46)]
    let expected = try Session(plan, threads: 1).run(feed)[0].bits
    for threads in [1, 2, 3, 8] {
      let session = try Session(plan, threads: threads)
      for _ in 0..<3 { #expect(try session.run(feed)[0].bits == expected) }
    }
  }

  @Test func `a result that is kept is not written again`() throws {
    let session = try Session(planned(specialised(uNet(), 16, 16)), threads: 1)
    let first = try session.run(["image": image(16, 16, seed: 1)])[0]
    let kept = first.bits
    let second = try session.run(["image": image(16, 16, seed: 2)])[0]
    #expect(first.bits == kept && second.bits != kept)
  }

  @Test func `several outputs come in the order of the graph`() throws {
    var graph = try uNet()
    let names = ["mid", "enc/relu", "image", "dec"]
    graph = graph.selectingOutputs(
      graph.outputs
        + names.map { name in
          Graph.Output(name: name, value: Value(graph.nodes.firstIndex { $0.name == name } ?? -1))
        })
    let feed = ["image": image(14, 18)]
    let expected = try graph.evaluate(feed)
    for graph in [graph, try Passes.optimised(graph, kernels: .underTest).graph] {
      let plan = try planned(specialised(graph, 14, 18))
      #expect(plan.outputTypes.map(\.name) == ["classes"] + names)
      let results = try Session(plan, threads: 2).run(feed)
      #expect(results.map(\.type) == plan.outputTypes.map(\.type))
      for (result, reference) in zip(results, expected) { #expect(relativeDifference(result, reference) <= 1e-5) }
    }
  }

  @Test func `operators on whole tensors stand between streamed ones`() throws {
    var net = Network(seed: 2)
    let input = net.graph.input("image", TensorType(.float32, [1, 6, 8, 3]))
    let features = try net.convolution(input, 5, "features")
    let turned = try net.graph.add(Transpose(permutation: [0, 2, 1, 3]), [features], name: "turned")
    let after = try net.convolution(turned, 2, "after")
    let flat = try net.graph.add(Reshape(dims: [0, -1]), [after], name: "flat")
    let kernel = net.weights([96, 24], fanIn: 96, "dense/kernel")
    let dense = try net.graph.add(Dense(activation: .tanh), [flat, kernel], name: "dense")
    let back = try net.graph.add(Reshape(dims: [1, 4, 6, 1]), [dense], name: "back")
    net.graph.output(try net.convolution(back, 3, "last"), name: "last")
    net.graph.output(dense, name: "dense")
    let feed = ["image": image(6, 8)]
    let results = try Session(planned(net.graph), threads: 2).run(feed)
    for (result, expected) in zip(results, try net.graph.evaluate(feed)) {
      #expect(relativeDifference(result, expected) <= 1e-5)
    }
  }

  @Test func `an output may be a constant or the input itself`() throws {
    var graph = Graph()
    let input = graph.input("image", TensorType(.float32, [1, 5, 4, 3]))
    let numbers = Tensor([3], [1, -2, 3])
    graph.output(graph.constant(numbers, name: "numbers"), name: "constant")
    graph.output(input, name: "same")
    let feed = ["image": image(5, 4)]
    #expect(try Session(planned(graph), threads: 2).run(feed) == [numbers, image(5, 4)])

    let constantOnly = graph.selectingOutputs([graph.outputs[0]])
    #expect(try Session(planned(constantOnly), threads: 2).run(feed) == [numbers])
  }

  @Test func `feeds that do not fit the plan are refused`() throws {
    let session = try Session(planned(specialised(uNet(), 6, 8)), threads: 1)
    let feeds = [
      [:], ["picture": image(6, 8)], ["image": image(8, 6)],
      ["image": Tensor([1, 6, 8, 3], .int32(Array(repeating: 1, count: 144)))],
    ]
    for feed in feeds {
      let error = #expect(throws: EngineError.self) { try session.run(feed) }
      #expect(error?.kind == .mismatch)
      #expect(error?.site == "image")
    }
    #expect(try session.run(["image": image(6, 8)])[0].shape == [1, 6, 8, 4])
  }

  @Test func `a graph with unknown sizes cannot be planned`() throws {
    let graph = try uNet()
    let error = #expect(throws: EngineError.self) { try planned(graph) }
    #expect(error?.kind == .unsupported)
    #expect(error?.site == "image")
  }
}
