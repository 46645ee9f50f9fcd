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
    #expect(try network(.linear, classes: 3, Resize(method: .linear, target: .scale(4))).scoresAreLogits)
    #expect(try network(.linear, Crop2D(top: 1, bottom: 1, left: 0, right: 0), Identity()).scoresAreLogits)
    var biased = try network(.linear)
    let bias = biased.constant(Tensor([1], [0.5]), name: "bias")
    let sum = try biased.add(Binary(.add), [bias, biased.outputs[0].value], name: "sum")
    #expect(biased.selectingOutputs([.init(name: "scores", value: sum)]).scoresAreLogits)
  }

  @Test func `what a function makes are none`() throws {
    #expect(try !network(.sigmoid).scoresAreLogits)
    #expect(try !network(.linear, Activate(.sigmoid), Resize(method: .linear, target: .scale(2))).scoresAreLogits)
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

  /// A crop, a mean over channels, one of them, a wide clip and another sign.
  @Test func `logits stay logits whatever moves, mixes or clips them`() throws {
    let enlarged = Resize(method: .linear, target: .size(.init(64, 64)))
    let narrowed = Slice([.init(3, index: 1)])
    #expect(try network(.linear, AveragePool2D(size: 2, strides: 2, padding: .valid), enlarged).scoreKind == .logits)
    #expect(try network(.linear, classes: 3, narrowed).scoreKind == .logits)
    for kind in [Reduce.Kind.sum, .mean, .max] {
      #expect(try network(.linear, classes: 3, Reduce(kind: kind, axes: [3], keepDims: true)).scoreKind == .logits)
    }
    #expect(try network(.linear, Activate(.clamp(min: -8, max: 8))).scoreKind == .logits)
    #expect(try network(.linear, Activate(.clamp(min: 0, max: 8))).scoreKind == .unknown)
    #expect(try network(.linear, Unary(.negate)).scoreKind == .logits)
    #expect(try network(.linear, Activate(.logSigmoid)).scoreKind == .logProbabilities)
  }

  @Test func `some of the scores of a softmax are probabilities of their own`() throws {
    let narrowed = Slice([.init(3, index: 1)])
    #expect(try network(.linear, classes: 3, Softmax(), narrowed).scoreKind == .independent)
    #expect(try network(.sigmoid, classes: 3, Reduce(kind: .sum, axes: [3], keepDims: true)).scoreKind == .unknown)
    var graph = try network(.sigmoid)
    let one = graph.constant(Tensor([1], [1.0]), name: "one")
    let scores = graph.outputs[0].value
    for (function, factor, kind) in [
      (Binary.Function.subtract, one, ScoreKind.independent), (.add, one, .unknown), (.multiply, scores, .independent),
    ] {
      let value = try graph.add(Binary(function), [factor, scores], name: "\(function)")
      #expect(graph.selectingOutputs([.init(name: "scores", value: value)]).scoreKind == kind)
    }
  }

  @Test func `the probability of a logarithm is its exponential`() throws {
    let image = seededTensor([1, 2, 3, 3], seed: 9)
    let graph = try network(.linear, Activate(.logSigmoid))
    let plain = try network(.sigmoid).evaluate(["image": image])[0].floats
    let result = try graph.withProbabilities(areLogarithms: true).evaluate(["image": image])[0].floats
    for (a, b) in zip(plain, result) { #expect(abs(a - b) < 1e-6) }
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
