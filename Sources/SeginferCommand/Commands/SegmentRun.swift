import Glibc
import Networks
import Orthophotos
import Platform

/// One run of `segment`: model and scene in, mask out.
struct SegmentRun {
  private let command: Segment
  private let scene: Scene
  private let outputPath: String
  private let options: SceneOptions

  /// Checks what can be checked before any work.
  init(_ command: Segment) throws(Failure) {
    self.command = command
    do throws(Fault) {
      try requireAddressSpace(command.scene)
      if let output = command.output {
        outputPath = output
      } else {
        outputPath = command.plan ? "" : try Scene.mask(beside: command.scene, format: command.format?.format ?? .cog)
      }
      scene = try Scene(contentsOf: command.scene)
      var options = try command.sceneOptions
      if !command.plan { try options.check(command.products(mask: outputPath), inputs: command.inputs + scene.files) }
      if let output = command.output, !output.isEmpty { options.maskFormat = try options.format(of: output) }
      self.options = options
    } catch { throw Failure(error) }
  }

  func run() throws {
    let plan = try worded { () throws(Fault) in try self.plan() }
    if command.plan {
      try writeResult(plan.text)
      return
    }
    Interruption.watch()
    let style = command.progress ?? (command.common.quiet || isatty(STDERR_FILENO) == 0 ? .none : .bar)
    let line = ProgressLine(style: style)
    // Also before an error, whose line must not continue the bar's.
    defer { line.finish() }
    do {
      try (consume plan).run(
        writing: command.products(mask: outputPath), progress: { line.update($0) },
        isCancelled: { Interruption.isPending },
        finished: { product, result in
          line.finish()
          if case .mask = product { log(result) }
          try writeResult(product.path)
        })
    } catch let fault as Fault {
      throw Failure(fault)
    } catch is SceneCancelled {
      try Interruption.check()
    }
  }

  /// Nobody keeps the network: its weights are let go as they are packed.
  private func plan() throws(Fault) -> ScenePlan {
    let note = { (note: Note) in command.common.log(note.text) }
    let most = options.nodata > 0 ? Int(options.nodata) : 255
    let network = try LabellingNetwork(
      network(), options.segmentation, named: options.classes?.count, most: most, note: note)
    return try ScenePlan(network, scene, options, note)
  }

  private func network() throws(Fault) -> Network {
    guard let path = command.model else { return try Network.bundled(options: command.files.options()) }
    guard let name = command.outputName else {
      return try Network(contentsOf: path, options: command.files.options(outputs: .first(1)))
    }
    do { return try Network(contentsOf: path, options: command.files.options(outputs: .named([name]))) } catch {
      guard error.kind == .usage, error.site == "outputs" else { throw error }
      var fault = error
      (fault.setting, fault.site) = (.outputName, nil)
      throw fault
    }
  }

  private func log(_ result: SceneResult) {
    let (log, statistics) = (command.common.log, result.statistics)
    log(result.activity.line)
    log("memory: \(mebibytes(Allocator.peakResidentBytes())) at most")
    for id in 0..<result.classes.count where statistics.counts[id] > 0 {
      let area = statistics.hectares(id).map { ", \(decimal($0, 2)) ha" } ?? ""
      log("class \(id) \(result.classes.names[id]): \(decimal(statistics.share(id) * 100, 1)) %\(area)")
    }
    if statistics.nodata > 0 { log("no data: \(statistics.nodata) pixels") }
    if statistics.nonFinite > 0 {
      log(
        "warning: \(statistics.nonFinite) pixels had scores that are not finite, or numbers that no class has, "
          + "and became nodata")
    }
  }
}

extension Segment {
  /// What the libraries are told. Errors: a table of classes that cannot be read.
  fileprivate var sceneOptions: SceneOptions {
    get throws(Fault) {
      var options = SceneOptions(maximumMemory: MemorySize(bytes: maxMemory.bytes))
      (options.outputName, options.background, options.threshold) = (outputName, background?.value, threshold)
      (options.inputLayout, options.outputLayout) = (layouts.inputLayout, layouts.outputLayout)
      (options.upsampling, options.window, options.overlap) = (upsample, window?.size, overlap)
      (options.halo, options.blend, options.threads) = (halo?.pixels, blend, threads.count)
      (options.scale, options.mean, options.deviation) = (scale?.values, mean?.values, std?.values)
      (options.bands, options.appliesBandScaling, options.nodata) = (bands?.bands, unscale, nodata)
      (options.ignoresAlpha, options.ignoresMask, options.ignoresNodata) = (ignoreAlpha, ignoreMask, ignoreNodata)
      (options.maskFormat, options.creationOptions) = (format?.format, creationOptions)
      options.overwrites = overwrite
      if let classes { (options.classes, options.classesName) = (try ClassTable(named: classes), classes) }
      options.memoryBaseline = {
        MemoryBaseline(peak: Allocator.peakResidentBytes(), held: Allocator.residentBytes())
      }
      return options
    }
  }

  fileprivate func products(mask: String) -> [SceneProduct] {
    [.mask(mask)] + [stats.map { .statistics($0) }, preview.map { .preview($0) }].compactMap { $0 }
  }

  /// The files that are read, but for the scene's.
  fileprivate var inputs: [String?] { [scene, classes] + files.paths(model) }
}
