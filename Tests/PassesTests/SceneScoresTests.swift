import Foundation
import Graphs
import Ops
import Passes
import Tensors
import TestSupport
import Testing

struct SceneScoresTests {
  /// Scores of `classes` by a convolution, and what follows.
  private func network(_ activation: Activation, classes: Int = 1, _ ops: any Op...) throws -> Graph {
    var graph = Graph()
    let image = graph.input("image", TensorType(.float32, [1, nil, nil, 3]))
    let kernel = graph.constant(seededTensor([1, 1, 3, classes], seed: 8), name: "kernel")
    var value = try graph.add(Conv2D(activation: activation), [image, kernel], name: "conv")
    for (place, op) in ops.enumerated() { value = try graph.add(op, [value], name: "op\(place)") }
    graph.output(value, name: "scores")
    return graph
  }

  @Test func `what a layer of weights makes are logits, moved or enlarged too`() throws {
    #expect(try network(.linear).scoresAreLogits)
    #expect(try network(.linear, classes: 3, Resize2D(method: .bilinear, target: .scale(4))).scoresAreLogits)
    #expect(try network(.linear, Crop2D(top: 1, bottom: 1, left: 0, right: 0), Identity()).scoresAreLogits)
    var biased = try network(.linear)
    let bias = biased.constant(Tensor([1], [0.5]), name: "bias")
    let sum = try biased.add(Binary(.add), [bias, biased.outputs[0].value], name: "sum")
    #expect(biased.selectingOutputs([.init(name: "scores", value: sum)]).scoresAreLogits)
  }

  @Test func `what a function makes are none`() throws {
    #expect(try !network(.sigmoid).scoresAreLogits)
    #expect(try !network(.linear, Activate(.sigmoid), Resize2D(method: .bilinear, target: .scale(2))).scoresAreLogits)
    #expect(try !network(.linear, classes: 3, Softmax()).scoresAreLogits)
    var mean = try network(.sigmoid)
    let twice = try mean.add(Binary(.add), [mean.outputs[0].value, mean.outputs[0].value], name: "twice")
    #expect(!mean.selectingOutputs([.init(name: "scores", value: twice)]).scoresAreLogits)
  }

  @Test func `scores exclude each other, or do not`() throws {
    #expect(try network(.sigmoid, classes: 3).scoreKind == .independent)
    #expect(try network(.linear, classes: 3, Activate(.sigmoid)).scoreKind == .independent)
    #expect(try network(.linear, classes: 3, Activate(.hardSigmoid(alpha: 0.2, beta: 0.5))).scoreKind == .independent)
    let clipped = Activate(.clamp(min: 1e-7, max: 1 - 1e-7))
    #expect(try network(.sigmoid, classes: 3, clipped).scoreKind == .independent)
    #expect(try network(.linear, classes: 3, Softmax(), clipped, Identity()).scoreKind == .exclusive)
    #expect(try network(.linear, classes: 3, LogSoftmax()).scoreKind == .logProbabilities)
    #expect(try network(.linear, classes: 3).scoreKind == .logits)
    #expect(try network(.linear, classes: 3, clipped).scoreKind == .unknown)
    #expect(try network(.linear, classes: 3, Softmax(axis: 1)).scoreKind == .unknown)
    #expect(try network(.tanh, classes: 3).scoreKind == .unknown)
    #expect(try network(.relu, classes: 3).scoreKind == .unknown)
  }

  @Test(arguments: [Activation.sigmoid, .linear, .relu]) func `heads side by side are what each of them is`(
    _ activation: Activation
  ) throws {
    var graph = try network(activation)
    let kernel = graph.constant(seededTensor([1, 1, 3, 2], seed: 9), name: "other")
    let other = try graph.add(Conv2D(activation: activation), [Value(graph.inputs[0]), kernel], name: "second")
    let both = try graph.add(Concat(axis: 3), [graph.outputs[0].value, other], name: "both")
    let kind = graph.selectingOutputs([.init(name: "scores", value: both)]).scoreKind
    #expect(kind == (activation == .sigmoid ? .independent : activation == .linear ? .logits : .unknown))
    let mixed = try graph.add(Concat(axis: 3), [graph.outputs[0].value, Value(graph.inputs[0])], name: "mixed")
    #expect(graph.selectingOutputs([.init(name: "scores", value: mixed)]).scoreKind == .unknown)
  }

  @Test func `probabilities of one score are its sigmoid, of several their softmax`() throws {
    let image = seededTensor([1, 2, 3, 3], seed: 9)
    for classes in [1, 4] {
      let graph = try network(.linear, classes: classes)
      let logits = try graph.evaluate(["image": image])[0].floats
      let result = try graph.withProbabilities().evaluate(["image": image])[0].floats
      for pixel in 0..<6 {
        let scores = logits[pixel * classes..<(pixel + 1) * classes].map(Double.init).map { exp($0) }
        let sum = classes == 1 ? 1 + scores[0] : scores.reduce(0, +)
        for (k, score) in scores.enumerated() {
          #expect(abs(Double(result[pixel * classes + k]) - score / sum) < 1e-6)
        }
      }
    }
  }
}
