import Engine
import Graphs
import Scenes
import Segmentation

/// How a scene is cut and put together: decided from the options, the network's geometry and the memory limit.
enum Stitching {
  case exact(ExactRun, Details)
  case windows(WindowRun, Details)

  struct Details {
    var mode: BlendMode
    var reason: String
    var rowsPerWrite: Int
  }

  init(_ options: Segment, model: SceneModel, metadata: ModelMetadata?, size: PixelSize) throws {
    let geometry = try graphErrors(options.model ?? LoadedModel.bundledName) { () throws(GraphError) in
      try localGeometry(model.graph)
    }
    let blockers = geometry.blockers.map(\.description).joined(separator: ", ")
    let mode = options.blend ?? (geometry.isLocal ? (options.overlap == nil ? .exact : .hann) : .hann)
    let budget = max(options.maxMemory.bytes - SegmentJob.processBytes, 0)
    var details = Details(mode: mode, reason: "", rowsPerWrite: min(options.window?.size.height ?? 512, size.height))
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
      let run = try Stitching.withinMemory(options) { () throws(SegmentationError) in
        try ExactRun(model, size: size, geometry: geometry, halo: wanted, maximumBytes: budget)
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
    let window = try Stitching.window(options, model, metadata, modulus, mode == .crop ? halo : nil)
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
    let run = try Stitching.withinMemory(options) { () throws(SegmentationError) in
      try WindowRun(model, grid: grid, kernel: kernel, maximumBytes: budget)
    }
    self = .windows(run, details)
  }

  /// Memory errors speak of the network's share only; this one says what the program takes beside it.
  private static func withinMemory<T>(
    _ options: Segment, _ body: () throws(SegmentationError) -> T
  ) throws(Failure) -> T {
    do { return try body() } catch {
      guard error.kind == .memory else { throw Failure(error, file: nil) }
      throw Failure(
        .limit, at: error.site,
        "\(mebibytes(options.maxMemory.bytes)) are not enough, of which the program and GDAL take about "
          + mebibytes(SegmentJob.processBytes), hint: error.hint.map { "beside them, \($0)" })
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

  var rowsPerWrite: Int { details.rowsPerWrite }

  /// How often every row of the scene is emitted.
  var passes: Int {
    switch self {
    case .exact(let run, _): run.panels.panels.count
    case .windows: 1
    }
  }

  /// Multiply-adds of the whole run.
  var multiplyAdds: Int {
    switch self {
    case .exact(let run, _): run.plan.multiplyAdds * run.panels.panels.count
    case .windows(let run, _): run.plan.multiplyAdds * run.grid.count
    }
  }

  private var predictedBytes: Int {
    switch self {
    case .exact(let run, _): run.predictedBytes
    case .windows(let run, _): run.predictedBytes ?? 0
    }
  }

  var summary: [String] {
    switch self {
    case .exact(let run, let details):
      let panels = run.panels.panels.count
      let cut =
        panels == 1
        ? "in full width, nothing computed twice"
        : "in \(panels) column panels, \(Double(Int(run.arithmeticFactor * 100)) / 100) times the arithmetic of one pass"
      return ["stitching: exact (\(details.reason)), \(cut)"]
    case .windows(let run, let details):
      return [
        "stitching: \(details.mode.rawValue) (\(details.reason)), \(run.grid.count) windows of \(run.grid.window), stride \(run.grid.stride)"
      ]
    }
  }

  /// What `--plan` prints.
  func planText(threads: Int, processBytes: Int) -> String {
    (summary + [
      "multiply-adds: \(Double(multiplyAdds / 10_000_000) / 100) G",
      "rings: \(mebibytes(plan.ringBytes)), packed weights: \(mebibytes(plan.weightBytes))",
      "memory: \(mebibytes(predictedBytes)), and about \(mebibytes(processBytes)) for the program and GDAL",
      "threads: \(threads)",
    ]).joined(separator: "\n")
  }

  func run(
    _ session: Session,
    readRow: (_ y: Int, _ row: UnsafeMutablePointer<Float>) throws -> Void,
    emit: (_ y: Int, _ columns: Range<Int>, _ scores: UnsafePointer<Float>) throws -> Void
  ) throws {
    switch self {
    case .exact(let run, _): try run.run(session, readRow: readRow, emit: emit)
    case .windows(let run, _): try run.run(session, readRow: readRow, emit: emit)
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
