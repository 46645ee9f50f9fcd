import Engine
package import Graphs
package import ModelFiles
import Scenes
package import Segmentation

/// How an image is cut and put together: decided from the options, the network's geometry and the memory limit.
package enum Stitching {
  case exact(ExactRun, Details)
  case windows(WindowRun, Details)

  package struct Details {
    package var blend: SegmentationOptions.Blend
    /// Why the image is cut so.
    package var reason: String
  }

  /// The way of cutting, and what it was decided by.
  package struct Decision {
    package let blend: SegmentationOptions.Blend
    package let geometry: SceneGeometry

    package init(_ options: SegmentationOptions, _ network: LabellingNetwork) throws(Fault) {
      geometry = try graphErrors(network.file) { () throws(GraphError) in try localGeometry(network.model.graph) }
      blend = options.blend ?? (geometry.isLocal && options.overlap == nil ? .exact : .hann)
    }
  }

  /// - Parameters:
  ///   - threads: those of the session that will run the plan.
  ///   - memory: what of the limit is left to the network's part, and the limit that a given part of it asks for.
  package init(
    _ decision: Decision, _ options: SegmentationOptions, model: SceneModel, metadata: ModelMetadata?, size: PixelSize,
    threads: Int, memory: MemoryShare
  ) throws(Fault) {
    guard decision.blend == .exact else {
      self = try .windowed(
        decision, options, model: model, metadata: metadata, size: size, threads: threads, memory: memory)
      return
    }
    let geometry = decision.geometry
    guard geometry.isLocal else {
      throw Fault(
        .unsupported, setting: .blend, at: "exact", "the model is not local: \(geometry.blockersText)",
        remedy: .blendWindows)
    }
    if let halo = options.halo, halo < geometry.largestHalo {
      throw Fault(
        .usage, setting: .halo, "\(halo) is less than the \(geometry.largestHalo) pixels that the model reaches",
        remedy: .automaticHaloOrCropping)
    }
    let reason = options.blend == nil ? "the model is local" : "as asked"
    let run = try memory.within { () throws(SegmentationError) in
      try ExactRun(
        model, size: size, geometry: geometry, halo: options.halo ?? 0, threads: threads, maximumBytes: memory.left)
    }
    self = .exact(run, Details(blend: .exact, reason: reason))
  }

  private static func windowed(
    _ decision: Decision, _ options: SegmentationOptions, model: SceneModel, metadata: ModelMetadata?, size: PixelSize,
    threads: Int, memory: MemoryShare
  ) throws(Fault) -> Stitching {
    let (blend, geometry) = (decision.blend, decision.geometry)
    let reason =
      options.blend == nil && !geometry.isLocal ? "the model is not local: \(geometry.blockersText)" : "as asked"
    // Blended scores are approximate: the network's strides are enough. Cropped ones are exact where the halo is.
    let modulus =
      blend == .hann
      ? PixelSize(width: geometry.columns.stride, height: geometry.rows.stride)
      : PixelSize(width: geometry.columns.modulus, height: geometry.rows.modulus)
    let halo = halo(options, geometry)
    let window = try window(options, model, metadata, scene: size, modulus, blend == .crop ? halo : nil)
    let grid = try scenes { () throws(ScenesError) in
      guard blend == .crop else {
        return try WindowGrid.blending(
          size: size, window: window, overlap: (options.overlap ?? .percent(50)).pixels(of: window), modulus: modulus)
      }
      let halo = halo ?? quarter(of: window)
      return try WindowGrid.cropping(
        size: size, window: window, rowHalo: halo.rows, columnHalo: halo.columns, modulus: modulus)
    }
    let run = try memory.within { () throws(SegmentationError) in
      try WindowRun(
        model, grid: grid, kernel: blend == .hann ? .hann : .constant, threads: threads, maximumBytes: memory.left)
    }
    return .windows(run, Details(blend: blend, reason: reason))
  }
}

extension SegmentationOptions.Overlap {
  func pixels(of window: PixelSize) -> PixelSize {
    switch self {
    case .pixels(let count): PixelSize(count)
    case .percent(let share):
      PixelSize(
        width: Int((Double(window.width) * share / 100).rounded()),
        height: Int((Double(window.height) * share / 100).rounded()))
    }
  }
}

extension SceneGeometry {
  fileprivate var blockersText: String { blockers.map(\.description).joined(separator: ", ") }

  /// The largest halo of any side of a tile whose core lies on multiples of the modulus.
  fileprivate var largestHalo: Int {
    max(
      max(rows.alignedHaloBefore, rows.alignedHaloAfter), max(columns.alignedHaloBefore, columns.alignedHaloAfter))
  }
}
