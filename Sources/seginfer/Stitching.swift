import Diagnostics
import Engine
import Graphs
import ModelFiles
import Scenes
import Segmentation

/// How a scene is cut and put together: decided from the options, the network's geometry and the memory limit.
enum Stitching {
  case exact(ExactRun, Details)
  case windows(WindowRun, Details)

  struct Details {
    var mode: BlendMode
    var reason: String
  }

  /// The mode, and what it was decided by.
  struct Decision {
    let mode: BlendMode
    let geometry: SceneGeometry

    init(_ options: Segment, _ model: SceneModel) throws {
      geometry = try graphErrors(options.model ?? LoadedModel.bundledName) { () throws(GraphError) in
        try localGeometry(model.graph)
      }
      mode = options.blend ?? (geometry.isLocal && options.overlap == nil ? .exact : .hann)
    }
  }

  init(
    _ decision: Decision, _ options: Segment, model: SceneModel, metadata: ModelMetadata?, size: PixelSize,
    memory: MemoryPlan
  ) throws {
    let (mode, geometry) = (decision.mode, decision.geometry)
    let blockers = geometry.blockers.map(\.description).joined(separator: ", ")
    let (threads, budget) = (options.threads.count, memory.left(of: options.maxMemory.bytes))
    var details = Details(mode: mode, reason: "")
    if mode == .exact {
      guard geometry.isLocal else {
        throw Failure(
          .unsupported, at: "--blend exact", "the model is not local: \(blockers)", hint: "use --blend hann")
      }
      if case .pixels(let halo) = options.halo, halo < geometry.largestHalo {
        throw Failure(
          .usage, at: "--halo", "\(halo) is less than the \(geometry.largestHalo) pixels that the model reaches",
          hint: "use --halo auto, or --blend crop for an approximation")
      }
      var wanted = 0
      if case .pixels(let halo) = options.halo { wanted = halo }
      details.reason = options.blend == nil ? "the model is local" : "as asked"
      let run = try Stitching.withinMemory(options, memory) { () throws(SegmentationError) in
        try ExactRun(
          model, size: size, geometry: geometry, halo: wanted, threads: threads, maximumBytes: budget)
      }
      self = .exact(run, details)
      return
    }
    details.reason = options.blend == nil && !geometry.isLocal ? "the model is not local: \(blockers)" : "as asked"
    // Blended scores are approximate: the network's strides are enough. Cropped ones are exact where the halo is.
    let modulus =
      mode == .hann
      ? PixelSize(width: geometry.columns.stride, height: geometry.rows.stride)
      : PixelSize(width: geometry.columns.modulus, height: geometry.rows.modulus)
    let halo = Stitching.halo(options, geometry)
    let window = try Stitching.window(
      options, model, metadata, scene: size, modulus, mode == .crop ? halo : nil)
    let grid: WindowGrid
    let kernel: BlendKernel
    if mode == .hann {
      let overlap = (options.overlap ?? .percent(50)).pixels(of: window)
      grid = try scenes { () throws(ScenesError) in
        try WindowGrid.blending(size: size, window: window, overlap: overlap, modulus: modulus)
      }
      kernel = .hann
    } else {
      let halo = halo ?? Stitching.quarter(of: window)
      grid = try scenes { () throws(ScenesError) in
        try WindowGrid.cropping(
          size: size, window: window, rowHalo: halo.rows, columnHalo: halo.columns, modulus: modulus)
      }
      kernel = .constant
    }
    let run = try Stitching.withinMemory(options, memory) { () throws(SegmentationError) in
      try WindowRun(model, grid: grid, kernel: kernel, threads: threads, maximumBytes: budget)
    }
    self = .windows(run, details)
  }

  /// Memory errors speak of the network's share; this one names a limit for the whole process.
  private static func withinMemory<T>(
    _ options: Segment, _ memory: MemoryPlan, _ body: () throws(SegmentationError) -> T
  ) throws(Failure) -> T {
    do { return try body() } catch {
      guard case .memory(let needed) = error.kind else { throw Failure(error, file: nil) }
      let least = memory.smallestLimit(needed).map { "the smallest that works here is \($0 >> 20)M" }
      throw Failure(
        .limit, at: "--max-memory", "\(mebibytes(options.maxMemory.bytes)) are not enough",
        hint: [least, error.remedy?.text].compactMap { $0 }.joined(separator: ", or "))
    }
  }

  var details: Details {
    switch self {
    case .exact(_, let details), .windows(_, let details): details
    }
  }

  var plan: Plan {
    switch self {
    case .exact(let run, _): run.plan
    case .windows(let run, _): run.plan
    }
  }

  /// The columns that are read each time the run goes through the scene.
  var passes: [Range<Int>] {
    switch self {
    case .exact(let run, _): run.columnsRead
    case .windows(let run, _): [0..<run.grid.size.width]
    }
  }

  /// Multiply-adds of the whole run.
  var multiplyAdds: Int {
    switch self {
    case .exact(let run, _): run.plan.multiplyAdds * run.panels.panels.count
    case .windows(let run, _): run.plan.multiplyAdds * run.grid.count
    }
  }

  private var memory: RunMemory {
    switch self {
    case .exact(let run, _): run.memory
    case .windows(let run, _): run.memory
    }
  }

  /// Multiply-adds of the run divided by those of one pass over the scene.
  private var arithmeticFactor: Double {
    switch self {
    case .exact(let run, _): run.arithmeticFactor
    case .windows(let run, _): run.grid.arithmeticFactor
    }
  }

  var summary: [String] {
    switch self {
    case .exact(let run, let details):
      let panels = run.panels.panels.count
      let cut =
        panels == 1
        ? "in full width, nothing computed twice"
        : "in \(panels) column panels, \(decimal(run.arithmeticFactor, 2)) times the arithmetic of one pass"
      return ["stitching: exact (\(details.reason)), \(cut)"]
    case .windows(let run, let details):
      return [
        "stitching: \(details.mode.rawValue) (\(details.reason)), \(run.grid.count) windows of \(run.grid.window), stride \(run.grid.stride), \(decimal(arithmeticFactor, 2)) times the arithmetic of one pass"
      ]
    }
  }

  /// What `--plan` prints.
  func planText(threads: Int, _ memory: MemoryPlan) -> String {
    let multiplied = "\(decimal(Double(multiplyAdds) / 1e9, 2)) G, \(decimal(arithmeticFactor, 3)) times one pass"
    return (summary + ["multiply-adds: \(multiplied)"] + memory.text(self.memory) + ["threads: \(threads)"])
      .joined(separator: "\n")
  }

  /// See `ExactRun.run`; `poll` is called all along, and what it throws ends the run.
  func run(
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

extension SceneGeometry {
  /// The largest halo of any side of a tile whose core lies on multiples of the modulus.
  var largestHalo: Int {
    max(
      max(rows.alignedHaloBefore, rows.alignedHaloAfter), max(columns.alignedHaloBefore, columns.alignedHaloAfter))
  }
}
