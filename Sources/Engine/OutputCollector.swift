import Graphs
import Tensors

/// Gathers the finished rows of an output into a tensor.
struct OutputCollector {
  private let type: TensorType
  private var bytes: [UInt8] = []

  init(_ type: TensorType) {
    self.type = type
    bytes.reserveCapacity(type.shape!.count * type.dataType.byteCount)
  }

  /// Rows come top to bottom, each once.
  mutating func take(_ rows: Range<Int>, from ring: RowRing, _ layout: RowLayout) {
    for y in rows { bytes.append(contentsOf: UnsafeRawBufferPointer(start: ring.row(y), count: layout.rowBytes)) }
  }

  var tensor: Tensor { Tensor(type.shape!, type.dataType) { $0.copyBytes(from: bytes) } }
}
