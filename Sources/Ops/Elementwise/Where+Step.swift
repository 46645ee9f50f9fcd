package import Graphs
import Tensors

extension Where {
  package func compile(_ site: CompileSite) -> any Step {
    guard let rows = BroadcastRows(site, work: 2) else { return evaluatingStep(self, site) }
    func step<E: BitwiseCopyable & SendableMetatype>(_ type: E.Type) -> any Step {
      rows.step("where") { band, row, segment in
        let condition = rows.elements(0, as: UInt8.self, band, row, segment)
        let (a, b) = (
          rows.elements(1, as: type, band, row, segment), rows.elements(2, as: type, band, row, segment)
        )
        let channels = rows.output.channels
        let target = band.output.row(row).assumingMemoryBound(to: type) + segment.lowerBound * channels
        for i in 0..<segment.count * channels { target[i] = condition[i] != 0 ? a[i] : b[i] }
      }
    }
    return switch rows.output.dataType.byteCount {
    case 1: step(UInt8.self)
    case 4: step(UInt32.self)
    default: step(UInt64.self)
    }
  }
}
