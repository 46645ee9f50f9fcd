package import Graphs
import Tensors

extension Compare {
  package func compile(_ site: CompileSite) -> any Step {
    guard let rows = BroadcastRows(site, work: 2) else { return evaluatingStep(self, site) }
    let relation = relation
    func step<E: BitwiseCopyable & Comparable & SendableMetatype>(_ type: E.Type) -> any Step {
      rows.step(relation.rawValue) { band, row, segment in
        let a = rows.elements(0, as: type, band, row, segment), b = rows.elements(1, as: type, band, row, segment)
        let channels = rows.output.channels
        let target = band.output.row(row).assumingMemoryBound(to: UInt8.self) + segment.lowerBound * channels
        let count = segment.count * channels
        switch relation {
        case .equal: join(a, b, target, count) { $0 == $1 }
        case .notEqual: join(a, b, target, count) { $0 != $1 }
        case .less: join(a, b, target, count) { $0 < $1 }
        case .lessOrEqual: join(a, b, target, count) { $0 <= $1 }
        case .greater: join(a, b, target, count) { $0 > $1 }
        case .greaterOrEqual: join(a, b, target, count) { $0 >= $1 }
        }
      }
    }
    return switch site.inputTypes[0].dataType {
    case .float32: step(Float.self)
    case .float64: step(Double.self)
    case .int64: step(Int64.self)
    case .int32: step(Int32.self)
    case .int8: step(Int8.self)
    case .uint8, .bool: step(UInt8.self)
    }
  }
}

@inline(__always) private func join<E>(
  _ a: UnsafePointer<E>, _ b: UnsafePointer<E>, _ target: UnsafeMutablePointer<UInt8>, _ count: Int,
  _ holds: (E, E) -> Bool
) {
  for i in 0..<count { target[i] = holds(a[i], b[i]) ? 1 : 0 }
}
