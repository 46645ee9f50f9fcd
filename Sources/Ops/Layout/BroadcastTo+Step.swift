package import Graphs
import Tensors

extension BroadcastTo {
  package func compile(_ site: CompileSite) -> any Step {
    guard site.constants[0] == nil, let rows = BroadcastRows(site, work: 1) else { return evaluatingStep(self, site) }
    let elementBytes = rows.output.dataType.byteCount
    func step<E: BitwiseCopyable & SendableMetatype>(_ type: E.Type) -> any Step {
      rows.step("copy") { band, row, segment in
        let channels = rows.output.channels
        (band.output.row(row).assumingMemoryBound(to: type) + segment.lowerBound * channels).update(
          from: rows.elements(0, as: type, band, row, segment), count: segment.count * channels)
      }
    }
    return switch elementBytes {
    case 1: step(UInt8.self)
    case 4: step(UInt32.self)
    default: step(UInt64.self)
    }
  }
}
