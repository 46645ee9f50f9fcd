import Graphs
import Tensors

/// Gathers the finished rows of an output into a tensor, which takes over the memory.
struct OutputCollector {
  private let type: TensorType
  private var floats: [Float] = []
  /// The elements of other types.
  private var bytes: [UInt8] = []

  init(_ type: TensorType) { self.type = type }

  /// Makes room for the rows of a run.
  mutating func reset() {
    let count = type.shape!.count
    if type.dataType == .float32 {
      floats.removeAll(keepingCapacity: true)
      floats.reserveCapacity(count)
    } else {
      bytes.removeAll(keepingCapacity: true)
      bytes.reserveCapacity(count * type.dataType.byteCount)
    }
  }

  /// Rows come top to bottom, each once.
  mutating func take(_ rows: Range<Int>, from ring: RowRing, _ layout: RowLayout) {
    for y in rows {
      if type.dataType == .float32 {
        floats.append(contentsOf: UnsafeBufferPointer(start: ring.floats(y), count: layout.width * layout.channels))
      } else {
        bytes.append(contentsOf: UnsafeRawBufferPointer(start: ring.row(y), count: layout.rowBytes))
      }
    }
  }

  var tensor: Tensor {
    type.dataType == .float32
      ? Tensor(type.shape!, floats) : Tensor(type.shape!, type.dataType) { $0.copyBytes(from: bytes) }
  }
}
