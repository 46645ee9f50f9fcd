package import Graphs
import Tensors

extension Logical {
  package func compile(_ site: CompileSite) -> any Step {
    guard let rows = BroadcastRows(site, work: 2) else { return evaluatingStep(self, site) }
    let function = function
    return rows.step(function.rawValue) { band, row, segment in
      let (a, b) = (
        rows.elements(0, as: UInt8.self, band, row, segment), rows.elements(1, as: UInt8.self, band, row, segment)
      )
      let channels = rows.output.channels
      let target = band.output.row(row).assumingMemoryBound(to: UInt8.self) + segment.lowerBound * channels
      let count = segment.count * channels
      switch function {
      case .and: for i in 0..<count { target[i] = a[i] & b[i] }
      case .or: for i in 0..<count { target[i] = a[i] | b[i] }
      case .xor: for i in 0..<count { target[i] = a[i] ^ b[i] }
      }
    }
  }
}
