package import Engine
import Scenes
package import Segmentation

extension Stitching {
  package var details: Details {
    switch self {
    case .exact(_, let details), .windows(_, let details): details
    }
  }

  package var plan: Plan {
    switch self {
    case .exact(let run, _): run.plan
    case .windows(let run, _): run.plan
    }
  }

  /// The columns that are read each time the run goes through the scene.
  package var passes: [Range<Int>] {
    switch self {
    case .exact(let run, _): run.columnsRead
    case .windows(let run, _): [0..<run.grid.size.width]
    }
  }

  /// Multiply-adds of the whole run.
  package var multiplyAdds: Int {
    switch self {
    case .exact(let run, _): run.plan.multiplyAdds * run.panels.panels.count
    case .windows(let run, _): run.plan.multiplyAdds * run.grid.count
    }
  }

  package var memory: RunMemory {
    switch self {
    case .exact(let run, _): run.memory
    case .windows(let run, _): run.memory
    }
  }

  /// Multiply-adds of the run divided by those of one pass over the scene.
  package var arithmeticFactor: Double {
    switch self {
    case .exact(let run, _): run.arithmeticFactor
    case .windows(let run, _): run.grid.arithmeticFactor
    }
  }

  package var summary: String {
    switch self {
    case .exact(let run, let details):
      let panels = run.panels.panels.count
      let cut =
        panels == 1
        ? "in full width, nothing computed twice"
        : "in \(panels) column panels, \(decimal(run.arithmeticFactor, 2)) times the arithmetic of one pass"
      return "exact (\(details.reason)), \(cut)"
    case .windows(let run, let details):
      return
        "\(details.blend.rawValue) (\(details.reason)), \(run.grid.count) windows of \(run.grid.window), stride \(run.grid.stride), \(decimal(arithmeticFactor, 2)) times the arithmetic of one pass"
    }
  }

  /// See `ExactRun.run`; `poll` is called all along, and what it throws ends the run.
  package func run(
    _ session: Session,
    readRow: (_ y: Int, _ row: UnsafeMutablePointer<Float>) throws -> Void,
    emit: (_ y: Int, _ columns: Range<Int>, _ scores: UnsafePointer<Float>) throws -> Void,
    poll: () throws -> Void
  ) throws {
    switch self {
    case .exact(let run, _):
      try run.run(
        session,
        readRow: { y, row in
          try poll()
          try readRow(y, row)
        },
        emit: { y, columns, scores in
          try poll()
          try emit(y, columns, scores)
        })
    case .windows(let run, _): try run.run(session, readRow: readRow, emit: emit, poll: poll)
    }
  }
}
