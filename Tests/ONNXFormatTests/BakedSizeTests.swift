import Graphs
import ModelFiles
import ONNXFormat
import Ops
import TestSupport
import Testing

/// `Resize` by sizes that an exporter wrote for the only size of the image that it saw.
struct BakedSizeTests {
  private func resize(of sizes: [Int], image: [Int]) throws -> Resize? {
    let resize = TestModel.node("Resize", ["x", "", "", "sizes"], ["y"]) { node in
      for (name, value) in [
        ("mode", "nearest"), ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor"),
      ] {
        TestModel.text(name, value)(&node)
      }
    }
    let model = TestModel(
      nodes: [resize], initializers: [TestModel.integers("sizes", sizes)], inputs: [("x", image)])
    let graph = try model.bytes.withUnsafeBytes { try importONNX(bytes: $0, name: "model.onnx") }.graph
    return graph.nodes.compactMap { $0.op as? Resize }.first
  }

  @Test func `multiples of the image fit images of other sizes`() throws {
    #expect(try resize(of: [1, 3, 16, 24], image: [1, 3, 8, 6])?.imageFactors == Pair(2, 4))
  }

  @Test func `other sizes stay, and those of a single pixel`() throws {
    #expect(try resize(of: [1, 3, 15, 12], image: [1, 3, 8, 6])?.imageSize == Pair(15, 12))
    #expect(try resize(of: [1, 3, 16, 12], image: [1, 3, 1, 6])?.imageSize == Pair(16, 12))
    #expect(try resize(of: [1, 3, 16, 12], image: [1, 3, 0, 0])?.imageSize == Pair(16, 12))
  }
}
