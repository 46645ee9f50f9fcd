import Graphs
import Ops
import Passes
import Segmentation
import Tensors
import Testing

struct InputScalingTests {
  private func unit(_ function: Binary.Function?, _ number: Float = 1) throws -> InputUnit {
    var graph = Graph()
    var value = graph.input("image", TensorType(.float32, [1, nil, nil, 3]))
    if let function {
      value = try graph.add(
        Binary(function), [value, graph.constant(Tensor([], [number]), name: "number")], name: "scaled")
    }
    graph.output(try graph.add(Activate(.tanh), [value], name: "network"), name: "scores")
    return InputUnit(graph)
  }

  private let bytes: [Float?] = [255, 255, 255]

  @Test func `the first that says anything decides`() throws {
    let own = ScalingNumbers(scale: [2]), other = ScalingNumbers(mean: [0.5])
    let divides = try unit(.divide, 255), nothing = try unit(nil)
    #expect(ScalingRule(given: own, metadata: other, unit: divides) == .given(own))
    #expect(ScalingRule(metadata: other, unit: divides) == .metadata(other))
    #expect(ScalingRule(metadata: ScalingNumbers(), unit: divides) == .model(divides))
    #expect(ScalingRule(metadata: nil, unit: nothing) == .type(nothing))
  }

  @Test func `numbers of 0 to 1 that a model denies do not count`() throws {
    let none = ScalingNumbers(mean: [0, 0, 0], deviation: [1, 1, 1]),
      some = ScalingNumbers(mean: [0.5], deviation: [0.2])
    let divides = try unit(.divide, 255), unknown = try unit(nil)
    var graph = Graph()
    let value = graph.input("image", TensorType(.uint8, [1, nil, nil, 3]))
    graph.output(try graph.add(Cast(to: .float32), [value], name: "network"), name: "scores")
    let integers = InputUnit(graph)
    #expect(integers.takesIntegers && !divides.takesIntegers)
    #expect(ScalingRule(metadata: none, unit: integers) == .model(integers))
    #expect(ScalingRule(metadata: some, unit: integers) == .model(integers))
    #expect(ScalingRule(metadata: none, unit: divides) == .model(divides))
    #expect(ScalingRule(metadata: some, unit: divides) == .metadata(some))
    #expect(ScalingRule(metadata: none, unit: unknown) == .metadata(none))
    let scaled = ScalingNumbers(scale: [2], mean: [0])
    #expect(ScalingRule(metadata: scaled, unit: integers) == .metadata(scaled))
    #expect(ScalingRule(given: none, metadata: nil, unit: integers) == .given(none))
  }

  @Test func `a model that rescales samples gets them as they are`() throws {
    let scaling = try InputScaling(.model(unit(.divide, 255)), largest: [255, 65_535, nil])
    #expect(scaling.scale == [1, 1, 1] && scaling.offset == [0, 0, 0])
    #expect(scaling.rule.doubt == nil)
  }

  @Test func `a model of 0 to 1 gets each channel divided by the largest of its type`() throws {
    let scaling = try InputScaling(.model(unit(.subtract, 0.5)), largest: [255, 65_535, nil])
    #expect(scaling.scale == [1 / 255, 1 / 65_535, 1] && scaling.offset == [0, 0, 0])
    let unknown = try InputScaling(.type(unit(nil)), largest: [255, 65_535, nil])
    #expect(unknown.scale == scaling.scale && unknown.rule.doubt != nil)
  }

  @Test func `given numbers are of samples as they are, those of metadata of 0 to 1`() throws {
    let numbers = ScalingNumbers(mean: [0.5, 0.4, 0.3], deviation: [0.25])
    let given = try InputScaling(.given(numbers), largest: bytes)
    #expect(given.scale == [4, 4, 4] && given.offset == [-2, -1.6, -1.2])
    let metadata = try InputScaling(.metadata(numbers), largest: bytes)
    #expect(metadata.scale == [Float](repeating: 1 / 255 / 0.25, count: 3) && metadata.offset == given.offset)
  }

  @Test func `a mean or a deviation of metadata that no sample of 0 to 1 has is of samples as they are`() throws {
    for numbers in [ScalingNumbers(mean: [120, 110, 100], deviation: [60]), ScalingNumbers(deviation: [255])] {
      let scaling = try InputScaling(.metadata(numbers), largest: bytes)
      #expect(try scaling == InputScaling(.metadata(numbers), largest: [nil, nil, nil]))
      #expect(scaling.scale == [Float](repeating: 1 / numbers.deviation![0], count: 3))
    }
    #expect(!ScalingNumbers(scale: [1], mean: [120]).areOfSamples)
  }

  @Test func `numbers that do not go with the channels are refused`() throws {
    #expect(throws: ScalingError(.count(2, channels: 3), .mean)) {
      try InputScaling(.given(ScalingNumbers(mean: [1, 2])), largest: bytes)
    }
    #expect(throws: ScalingError(.deviation, .deviation)) {
      try InputScaling(.metadata(ScalingNumbers(deviation: [0])), largest: bytes)
    }
  }
}
