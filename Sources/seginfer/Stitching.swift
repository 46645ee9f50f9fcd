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
    let geometry = try graphErrors { () throws(GraphError) in try localGeometry(model.graph) }
    let blockers = geometry.blockers.map(\.description).joined(separator: ", ")
    let mode = options.blend ?? (geometry.isLocal ? (options.overlap == nil ? .exact : .hann) : .hann)
    let budget = options.maxMemory.bytes - SegmentJob.processBytes
    guard budget > 0 else {
      throw Failure(
        .limit, at: "--max-memory", "\(options.maxMemory.bytes >> 20)M is less than the program itself takes",
        hint: "give more than \(SegmentJob.processBytes >> 20)M; the next error says how much")
    }
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
      let run = try wrapping(nil) { () throws(SegmentationError) in
        try ExactRun(model, size: size, geometry: geometry, halo: wanted, maximumBytes: budget)
      }
      self = .exact(run, details)
      return
    }
    details.reason = options.blend == nil && !geometry.isLocal ? "the model is not local: \(blockers)" : "as asked"
    let modulus = PixelSize(width: geometry.columns.modulus, height: geometry.rows.modulus)
    let halo = Stitching.halo(options, geometry)
    let core = mode == .crop ? halo : nil
    let window = try Stitching.window(options, model, metadata, modulus, leavingCoreBeside: core)
    let grid: WindowGrid
    let kernel: BlendKernel
    if mode == .hann {
      let overlap = (options.overlap ?? .percent(50)).pixels(of: window)
      grid = try scenes { () throws(ScenesError) in
        try WindowGrid.blending(size: size, window: window, overlap: overlap, modulus: modulus)
      }
      kernel = .hann
    } else {
      let halo = halo ?? Stitching.quarter(window)
      grid = try scenes { () throws(ScenesError) in
        try WindowGrid.cropping(
          size: size, window: window, rowHalo: halo.rows, columnHalo: halo.columns, modulus: modulus)
      }
      kernel = .constant
    }
    let run = try wrapping(nil) { () throws(SegmentationError) in
      try WindowRun(model, grid: grid, kernel: kernel, maximumBytes: budget)
    }
    self = .windows(run, details)
  }

  /// The option, else the size the model declares or was trained at, else 512; whole strides of the network, and for `crop` large
  /// enough that half of it is core.
  private static func window(
    _ options: Segment, _ model: SceneModel, _ metadata: ModelMetadata?, _ modulus: PixelSize,
    leavingCoreBeside halo: (rows: AxisHalo, columns: AxisHalo)?
  ) throws(Failure) -> PixelSize {
    if let asked = options.window?.size {
      guard asked.width % modulus.width == 0, asked.height % modulus.height == 0 else {
        let next = (asked.width + modulus.width - 1) / modulus.width * modulus.width
        throw Failure(
          .usage, at: "--window", "\(asked) is not a multiple of the network's stride \(modulus.width)",
          hint: "\(next) is the next that is")
      }
      return asked
    }
    if let declared = model.declaredSize { return declared }
    let side = metadata?.tile_size ?? 512
    let width = max(side, (halo?.columns.sum ?? 0) * 2)
    let height = max(side, (halo?.rows.sum ?? 0) * 2)
    return PixelSize(
      width: (width + modulus.width - 1) / modulus.width * modulus.width,
      height: (height + modulus.height - 1) / modulus.height * modulus.height)
  }

  /// The halo asked for, else what the network reaches; `nil` where that is the whole image.
  private static func halo(_ options: Segment, _ geometry: SceneGeometry) -> (rows: AxisHalo, columns: AxisHalo)? {
    if case .pixels(let count) = options.halo {
      return (AxisHalo(before: count, after: count), AxisHalo(before: count, after: count))
    }
    guard geometry.isLocal else { return nil }
    return (
      AxisHalo(before: geometry.rows.alignedHaloBefore, after: geometry.rows.alignedHaloAfter),
      AxisHalo(before: geometry.columns.alignedHaloBefore, after: geometry.columns.alignedHaloAfter)
    )
  }

  /// A quarter of a window on each side: the compromise where no halo is exact.
  private static func quarter(_ window: PixelSize) -> (rows: AxisHalo, columns: AxisHalo) {
    (
      AxisHalo(before: window.height / 4, after: window.height / 4),
      AxisHalo(before: window.width / 4, after: window.width / 4)
    )
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
