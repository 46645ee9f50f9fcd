import FoundationEssentials
import Graphs
import ModelFiles
import ONNXFormat
import Ops
import Tensors
import TestSupport
import Testing

/// A path in a directory of its own, which is gone at the end.
private final class ScratchModel {
  private let directory = "\(FileManager.default.temporaryDirectory.path)/seginfer-\(UUID().uuidString)"
  let path: String
  init() {
    path = directory + "/model.onnx"
    try? FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(atPath: directory) }
  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted() }
  func bytes(_ suffix: String = "") throws -> Data { try Data(contentsOf: URL(filePath: path + suffix)) }
}

/// An image of unknown size through one operator with a kernel of ones.
private func graph(_ op: any Op, kernel: Shape? = nil, channels: Int = 2, named name: String = "layer") throws -> Graph
{
  var graph = Graph()
  var inputs = [graph.input("image", TensorType(.float32, [nil, nil, nil, channels]))]
  if let kernel { inputs.append(graph.constant(seededTensor(kernel, seed: 3), name: "layer/kernel")) }
  graph.output(try graph.add(op, inputs, name: name), name: "out")
  return graph
}

/// The graph written and read back, both run by the plain definitions on an image of a size.
private func agrees(_ graph: Graph, height: Int, width: Int) throws -> Bool {
  let file = ScratchModel()
  try exportONNX(graph, to: file.path)
  let copy = try importONNX(path: file.path).graph
  let image = seededTensor([1, height, width, 2], seed: 7)
  let expected = try graph.evaluate(["image": image]), result = try copy.evaluate(["image": image])
  guard result[0].shape == expected[0].shape else { return false }
  return Comparison(result[0], against: expected[0], rtol: 1e-5, atol: 1e-5).beyond == 0
}

struct ExportTests {
  @Test func `the same graph makes the same bytes`() throws {
    let model = try graph(Conv2D(padding: .same), kernel: [3, 3, 2, 4])
    let (first, second) = (ScratchModel(), ScratchModel())
    try exportONNX(model, to: first.path)
    try exportONNX(model, to: second.path)
    #expect(try first.bytes() == second.bytes())
  }

  @Test(arguments: [(1, 1), (2, 1), (3, 2), (2, 3)], [3, 4, 5]) func `transposed convolutions agree at every size`(
    shape: (kernel: Int, stride: Int), height: Int
  ) throws {
    for padding in [Padding.same, .valid] {
      for added in [OutputPadding.automatic, .explicit(Pair(min(shape.stride, shape.kernel) - 1))] {
        let op = Conv2DTranspose(strides: Pair(shape.stride), padding: padding, outputPadding: added)
        let model = try graph(op, kernel: [shape.kernel, shape.kernel, 3, 2])
        #expect(try agrees(model, height: height, width: 6), "\(op.attributes)")
      }
    }
  }

  @Test(arguments: [1, 2, 3], [7, 8]) func `convolutions and pools with padding agree at every size`(
    stride: Int, height: Int
  ) throws {
    let strided = try graph(Conv2D(strides: Pair(stride), padding: .same), kernel: [3, 2, 2, 4])
    #expect(try agrees(strided, height: height, width: 9))
    #expect(try agrees(graph(MaxPool2D(size: 3, strides: Pair(stride), padding: .same)), height: height, width: 9))
    #expect(try agrees(graph(AveragePool2D(size: 3, strides: Pair(stride), padding: .same)), height: height, width: 9))
  }

  @Test func `every activation agrees`() throws {
    let all: [Activation] = [
      .linear, .relu, .clamp(min: -0.5, max: 0.5), .clamp(min: 0.1, max: .infinity), .leakyRelu(0.2), .elu(0.7), .selu,
      .celu(0.7), .sigmoid, .tanh, .hardSigmoid(alpha: 0.2, beta: 0.5), .hardSwish, .silu, .gelu, .geluTanh, .softplus,
      .softsign, .exp, .abs, .neg, .square, .mish, .erf, .thresholdedRelu(theta: 0.3), .thresholdedRelu(theta: -0.3),
      .reluGeneral(maxValue: 0.6, negativeSlope: 0.1, threshold: 0.2), .logSigmoid, .squareplus(4), .tanhShrink,
      .softShrink(0.3), .hardShrink(0.3), .sparsePlus,
    ]
    for activation in all { #expect(try agrees(graph(Activate(activation)), height: 5, width: 6), "\(activation)") }
  }

  @Test(arguments: ResizeRule.Method.allCases) func `resampling agrees`(method: ResizeRule.Method) throws {
    #expect(try agrees(graph(Resize(method: method, target: .scale(Pair(2, 3)))), height: 4, width: 5))
    #expect(try agrees(graph(Resize(method: method, target: .size(Pair(7, 3)))), height: 4, width: 5))
  }

  @Test(arguments: ResizeRule.Coordinates.allCases.filter { $0 != .crop }) func `resizing by other rules agrees`(
    coordinates: ResizeRule.Coordinates
  ) throws {
    for method in ResizeRule.Method.allCases {
      for rounding in ResizeRule.Rounding.allCases where rounding != .simple {
        // For nearest elements alone; by its name in ONNX it is another system elsewhere.
        if coordinates == .tensorFlowHalfPixel, method != .nearest { continue }
        let rule = ResizeRule(method: method, coordinates: coordinates, rounding: rounding, cubic: -0.6)
        let scaled = Resize([.init(1, .scale(2)), .init(2, .scale(1.5))], rule: rule)
        let sized = Resize([.init(1, .size(7)), .init(2, .size(3))], rule: rule)
        for op in [scaled, sized] { #expect(try agrees(graph(op), height: 4, width: 6), "\(op) \(rounding)") }
      }
    }
  }

  @Test func `names of layers are kept, and made fit`() throws {
    let file = ScratchModel()
    try exportONNX(graph(Activate(.relu), named: "block 1/re\u{7}lu"), to: file.path)
    #expect(try importONNX(path: file.path).graph.outputs.map(\.name) == ["out"])
    try exportONNX(graph(MaxPool2D(size: 2, strides: 2, padding: .valid), named: "pool"), to: file.path)
    #expect(try importONNX(path: file.path).description.layers.contains { $0.className == "MaxPool" })
  }

  @Test func `metadata is written in its order`() throws {
    let file = ScratchModel()
    var options = ExportOptions()
    options.metadata = [("class_names", "{\"0\": \"water\"}"), ("a", "1")]
    try exportONNX(graph(Activate(.relu)), to: file.path, options)
    let properties = try importONNX(path: file.path).description.properties
    #expect(properties == ["class_names": "{\"0\": \"water\"}", "a": "1"])
  }

  @Test func `large weights lie at page boundaries of a second file`() throws {
    let file = ScratchModel()
    var options = ExportOptions()
    options.inlineLimit = 1000
    try exportONNX(graph(Conv2D(padding: .same), kernel: [3, 3, 2, 64]), to: file.path, options)
    #expect(try file.bytes(".data").count == 3 * 3 * 2 * 64 * 4)
    #expect(try file.bytes().count < 1000)
    #expect(file.names == ["model.onnx", "model.onnx.data"])
  }

  @Test func `a model and its weights can be read before they have their names`() throws {
    let file = ScratchModel()
    for name in ["", ".data"] { try Data("old".utf8).write(to: URL(filePath: file.path + name)) }
    var options = ExportOptions()
    options.inlineLimit = 1000
    let network = try graph(Conv2D(padding: .same), kernel: [3, 3, 2, 64])
    do {
      let model = try WrittenModel(network, to: file.path, options)
      let read = try importONNX(path: model.partialPath, places: model.partialNames)
      #expect(read.graph.inputs.count == 1 && file.names.count == 4)
      for name in ["", ".data"] { #expect(try file.bytes(name) == Data("old".utf8)) }
    }
    #expect(file.names == ["model.onnx", "model.onnx.data"], "what is given up is removed")
    try WrittenModel(network, to: file.path, options).finish()
    _ = try importONNX(path: file.path)
    #expect(file.names == ["model.onnx", "model.onnx.data"])
  }

  @Test func `operators without a form are refused together, and no file is left`() throws {
    var model = Graph()
    let image = model.input("image", TensorType(.float32, [1, 4, 4, 2]))
    let first = try model.add(CumulativeSum(axis: 1), [image], name: "first")
    model.output(try model.add(CumulativeSum(axis: 2), [first], name: "second"), name: "out")
    let file = ScratchModel()
    let error = #expect(throws: ImportError.self) { try exportONNX(model, to: file.path) }
    #expect(error?.kind == .unsupported)
    #expect(error?.what.contains("first") == true && error?.what.contains("second") == true)
    #expect(file.names.isEmpty)
  }

  @Test func `a directory that is not there is named`() throws {
    let error = #expect(throws: ImportError.self) {
      try exportONNX(graph(Activate(.relu)), to: "/nowhere/model.onnx")
    }
    #expect(error?.kind == .unreadable)
  }
}
