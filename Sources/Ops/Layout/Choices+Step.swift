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
