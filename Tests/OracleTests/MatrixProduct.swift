import COpenBLAS
import Engine
import Graphs
import Kernels
import Ops
import Tensors
import TestSupport
import Testing

/// A product of a `rows` x `depth` and a `depth` x `columns` matrix, the same for the engine and for OpenBLAS.
struct MatrixProduct: Sendable, CustomTestStringConvertible {
  /// By which operator the engine computes it.
  enum Form: CaseIterable { case dense, matMul, convolution }

  let rows: Int, depth: Int, columns: Int
  let left: Tensor, right: Tensor

  init(rows: Int, depth: Int, columns: Int) {
    (self.rows, self.depth, self.columns) = (rows, depth, columns)
    var random = RandomTensors(seed: UInt64(rows * 1_000_003 + depth * 1009 + columns))
    left = random.tensor([rows, depth])
    right = random.weights([depth, columns], fanIn: depth)
  }

  var testDescription: String { "\(rows)x\(depth) by \(depth)x\(columns)" }
  var multiplyAdds: Int { rows * depth * columns }

  /// The product by OpenBLAS, on one thread, into an array of its size.
  func multiply(into result: inout [Float]) {
    let (m, n, k) = (Int32(rows), Int32(columns), Int32(depth))
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, left.floats, k, right.floats, n, 0, &result, n)
  }

  /// A session of one thread that computes the product, and its feed.
  func session(_ form: Form, _ kernels: KernelSet) throws -> (Session, [String: Tensor]) {
    var graph = Graph()
    // The rows of the left matrix are pixels of an image of one row or more, as the convolution reads them.
    let height = form == .convolution && rows % 8 == 0 ? 8 : 1
    let shape: Shape = form == .convolution ? [1, height, rows / height, depth] : left.shape
    var feed = ["left": left.reshaped(shape)]
    let x = graph.input("left", TensorType(.float32, shape))
    let result: Value
    switch form {
    case .dense:
      let op = Dense()
      result = try graph.add(op, [x, graph.constant(right, name: "right")], name: "product")
    case .matMul:
      let op = MatMul()
      feed["right"] = right
      result = try graph.add(op, [x, graph.input("right", right.type)], name: "product")
    case .convolution:
      let op = Conv2D()
      let kernel = graph.constant(right.reshaped([1, 1, depth, columns]), name: "right")
      result = try graph.add(op, [x, kernel], name: "product")
    }
    graph.output(result, name: "product")
    return (try Session(Plan(graph, kernels: kernels), threads: 1), feed)
  }
}
