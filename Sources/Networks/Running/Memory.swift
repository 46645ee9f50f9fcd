package import Engine
package import Graphs
package import Platform
import Tensors

extension Machine {
  /// As it was when the program first asked.
  package static let current = Machine.system()
}

/// Throws where a run would take more memory than the process can have: the system grants that, and kills what uses it.
package func requireMemory(_ bytes: Int, _ file: String) throws(Fault) {
  let (most, bound) = Machine.current.memory
  guard bytes > most else { return }
  let owner =
    switch bound {
    case .machine: "the machine has"
    case .group: "the control group that this process is in has"
    case .addressSpace: "the limit on its address space leaves this process"
    }
  throw Fault(.limit, file: file, at: "memory", "\(mebibytes(bytes)) are needed, \(owner) \(mebibytes(most))")
}

/// Throws where a limit on the address space leaves so little that libraries would end the process, or wait for threads that cannot start.
package func requireAddressSpace(_ file: String) throws(Fault) {
  let least = 80 << 20, (most, bound) = Machine.current.memory
  guard bound == .addressSpace, most < least else { return }
  throw Fault(
    .limit, file: file, at: "memory",
    "the limit on its address space leaves this process \(mebibytes(most)), at least \(mebibytes(least)) are needed",
    hint: "raise it with ulimit -v")
}

extension Plan {
  /// Bytes of a session's memory, and of the outputs that it hands out.
  package func sessionBytes(threads: Int) -> Int {
    sum([arenaBytes(threads: threads)] + outputTypes.map { $0.type.byteCount })
  }
}

extension Graph {
  /// Bytes of all values, which the plain definitions keep; none of those whose shape is not known.
  package var valueBytes: Int { sum(nodes.flatMap { $0.types.map(\.byteCount) }) }
}

extension Graph {
  /// Bytes of the outputs; none of those whose shape is not known.
  package var outputBytes: Int { sum(outputs.map { self[$0.value].byteCount }) }
}

extension TensorType {
  /// At most `Int.max`, which stands for any larger number.
  fileprivate var byteCount: Int {
    guard let shape, !shape.dims.contains(0) else { return 0 }
    return shape.dims.reduce(dataType.byteCount) { bytes, size in
      let (result, hasOverflow) = bytes.multipliedReportingOverflow(by: size)
      return hasOverflow ? .max : result
    }
  }
}

/// A sum that ends at the largest number.
private func sum(_ bytes: [Int]) -> Int {
  bytes.reduce(0) { total, next in
    let (result, hasOverflow) = total.addingReportingOverflow(next)
    return hasOverflow ? .max : result
  }
}
