import FoundationEssentials
import Graphs
import ModelFiles
import ONNXFormat
import Passes
import Tensors
import TestSupport
import Testing

/// The cases whose graphs have operators that ONNX of operator set 17 has no form for.
private let withoutForm = ["operations/arithmetic", "operations/arithmetic_h5"]

/// Writes a graph as ONNX into a file that is gone afterwards, and reads it back.
private func written(_ graph: Graph, isChannelsFirst: Bool = false, inlineLimit: Int? = nil) throws -> Graph {
  let path = "\(FileManager.default.temporaryDirectory.path)/seginfer-export-\(UUID().uuidString).onnx"
  defer { for file in [path, path + ".data"] { try? FileManager.default.removeItem(atPath: file) } }
  var options = ExportOptions()
  options.isChannelsFirst = isChannelsFirst
  if let inlineLimit { options.inlineLimit = inlineLimit }
  try exportONNX(graph, to: path, options)
  return try importONNX(path: path).graph
}

/// The disagreements of a graph's outputs with a data set whose inputs come in the order of the graph's.
private func disagreements(of graph: Graph, with original: Graph, _ data: ReferenceCase.DataSet) throws -> [String] {
  let feed = try data.feed(original)
  var renamed: [String: Tensor] = [:]
  for (index, other) in zip(original.inputs, graph.inputs) {
    renamed[graph.nodes[other].name] = feed[original.nodes[index].name]
  }
  let results = try run(graph, renamed), expected = try data.outputs()
  #expect(results.count == expected.count)
  return zip(results, expected).compactMap { disagreement($0, $1) }
}

private let kerasDirectories = fixtureDirectories.filter { directory in
  !names(in: directory).contains { $0.hasSuffix(".onnx") }
}

struct ExportConformanceTests {
  @Test(arguments: kerasDirectories) func `a model written as ONNX and read back computes what Keras computed`(
    directory: String
  ) throws {
    let reference = try ReferenceCase(directory: directory)
    let graph = try reference.load()
    let isRefused = withoutForm.contains(reference.testDescription)
    let copy: Graph
    do { copy = try written(graph) } catch let error as ImportError {
      #expect(isRefused && error.kind == .unsupported, "\(error)")
      return
    }
    #expect(!isRefused)
    #expect(copy.outputs.map { copy[$0.value] } == graph.outputs.map { graph[$0.value] })
    for data in reference.dataSets {
      let found = try disagreements(of: copy, with: graph, data)
      #expect(found.isEmpty, "\(found)")
    }
  }

  @Test(arguments: ["families/unet", "families/deeplabv3plus", "families/strided_odd"])
  func `a simplified model has no normalisation and no padding of its own, and computes the same`(name: String) throws {
    let reference = try ReferenceCase(directory: "\(packageRoot)/Fixtures/\(name)")
    let graph = try reference.load()
    let copy = try written(simplified(graph).graph)
    let words = Set(copy.nodes.map { type(of: $0.op).name })
    #expect(words.isDisjoint(with: ["batch_norm", "pad2d"]), "\(words)")
    for data in reference.dataSets {
      let found = try disagreements(of: copy, with: graph, data)
      #expect(found.isEmpty, "\(found)")
    }
  }

  @Test(arguments: ["families/unet", "keras/functional_unet"])
  func `a model that was written and read back ends as the same optimised operators`(name: String) throws {
    let graph = try ReferenceCase(directory: "\(packageRoot)/Fixtures/\(name)").load()
    // Padding is said by a rule in one, by numbers in the other.
    func operators(_ graph: Graph) throws -> [String] {
      try Passes.optimised(graph, kernels: .underTest).graph.nodes.filter { !($0.op is Constant) }.map {
        type(of: $0.op).name
      }.sorted()
    }
    #expect(try operators(written(graph)) == operators(graph))
  }

  @Test func `channels-first inputs and outputs are the transposed ones`() throws {
    let graph = try ReferenceCase(directory: "\(packageRoot)/Fixtures/families/unet").load()
    let copy = try written(graph, isChannelsFirst: true)
    func turned(_ type: TensorType) -> [Int?] { [0, 3, 1, 2].map { type.dims[$0] } }
    #expect(copy.nodes[copy.inputs[0]].types[0].dims == turned(graph.nodes[graph.inputs[0]].types[0]))
    #expect(copy[copy.outputs[0].value].dims == turned(graph[graph.outputs[0].value]))
  }

  @Test func `weights beyond the limit go into a file beside the model`() throws {
    let reference = try ReferenceCase(directory: "\(packageRoot)/Fixtures/families/unet")
    let graph = try reference.load()
    let copy = try written(graph, inlineLimit: 4096)
    for data in reference.dataSets {
      let found = try disagreements(of: copy, with: graph, data)
      #expect(found.isEmpty, "\(found)")
    }
  }
}
