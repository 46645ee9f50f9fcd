import Engine
import Graphs
import ModelFiles
public import Networks
import Passes
import Platform
package import Rasters
public import Scenes
import Segmentation

/// A run over a scene that is decided and has not begun.
public struct ScenePlan {
  /// The size of the scene and of its mask, in pixels.
  public let size: PixelSize
  /// What it will hold in memory, in bytes.
  public let memory: MemoryForecast
  /// How many threads will compute; reading and writing have one more each.
  public let threads: Int
  package let stitching: Stitching
  package let reader: RasterReader
  package let table: ClassTable
  let options: SceneOptions
  let scaling: InputScaling
  let classifier: RowClassifier
  let areas: PixelAreas?
  let pipeline: ScenePipeline
  let rowsPerWrite: Int
  let file: String
  /// The files that are read.
  let inputs: [String]
  let note: (Note) -> Void

  /// True where the mask equals one pass over the scene, to the bit.
  public var isExact: Bool { stitching.details.blend == .exact }
  /// Multiply-adds of the whole run.
  public var multiplyAdds: Int { stitching.multiplyAdds }
  /// Multiply-adds of the run divided by those of one pass over the scene.
  public var arithmeticFactor: Double { stitching.arithmeticFactor }

  /// Reads what the model and the scene say, and decides how to go about it. Of the network, only what the run needs is kept.
  ///
  /// - Parameters:
  ///   - network: what labels the scene; who keeps it holds its weights twice during a run.
  ///   - scene: what is labelled.
  ///   - options: what follows neither from the network nor from the scene.
  ///   - note: is told what is decided, as it is.
  ///
  /// Errors: a network or a scene that cannot be read so; options that contradict them; too little memory.
  public init(
    _ network: Network, _ scene: Scene, options: SceneOptions = SceneOptions(),
    note: @escaping (Note) -> Void = { _ in }
  ) throws(Fault) {
    let most = options.nodata > 0 ? Int(options.nodata) : RowClassifier.maximumClasses
    let labelling = try LabellingNetwork(
      network, options.segmentation, named: options.classes?.count, most: most, note: note)
    try self.init(labelling, scene, options, note)
  }

  /// The same where nobody keeps the network, so that its weights are let go as they are packed.
  package init(
    _ network: LabellingNetwork, _ scene: Scene, _ options: SceneOptions, _ note: @escaping (Note) -> Void
  ) throws(Fault) {
    let decision = try Stitching.Decision(options.segmentation, network)
    let model = try network.model(for: decision.blend)
    reader = try ScenePlan.reader(scene, options, channels: model.channels)
    size = PixelSize(width: reader.width, height: reader.height)
    scaling = try InputScaling(options.segmentation, network, largest: reader.bandTypes.map(\.maximum))
    reader.tell(options, note)
    note(.samples(scaling.text(reader.bandTypes.map { ($0.rawValue, $0.maximum) }), isGiven: scaling.isGiven))
    if let doubt = scaling.rule.doubt { note(.doubtfulSamples(SampleDoubt(doubt))) }
    classifier = try network.classifier(decision.blend, nodata: options.nodata)
    table = try network.classes.table(asked: options.classes.map { ($0, options.classesName) })
    pipeline = ScenePipeline(size: size, channels: model.channels, scores: model.scores)
    rowsPerWrite = min(options.window?.height ?? 512, size.height)
    areas = ScenePlan.areas(reader, note)
    let machine = Machine.current
    threads = options.threads ?? machine.threads
    var forecast = MemoryForecast(
      options.memoryBaseline?(), model, reader, format: options.maskFormat ?? .cog, pipeline: pipeline,
      rowsPerWrite: rowsPerWrite, statistics: ClassStatistics.areaBytes(areas, classes: classifier.classes),
      threads: threads)
    stitching = try Stitching(
      decision, options.segmentation, model: model, metadata: network.metadata, size: size, threads: threads,
      memory: forecast.share(of: options.maximumMemory?.bytes ?? machine.usualMemory))
    forecast.add(stitching.memory)
    memory = forecast
    note(.stitching(stitching.summary))
    (self.options, self.note, file) = (options, note, network.file)
    inputs = [scene.path] + scene.files + network.files
  }

  private static func reader(
    _ scene: Scene, _ options: SceneOptions, channels: Int
  ) throws(Fault) -> RasterReader {
    let reader = try rasters { () throws(RasterError) in
      try RasterReader(
        path: scene.path, bands: options.bands, channels: channels, validity: options.validity,
        isScaled: options.appliesBandScaling)
    }
    guard reader.bands.count == channels else {
      throw Fault(
        .usage, file: scene.path, "\(reader.bands.count) bands for a model of \(channels) channels",
        remedy: .chooseBands)
    }
    return reader
  }

  /// What the scene's pixels cover on the ground, where that is known.
  private static func areas(_ reader: RasterReader, _ note: (Note) -> Void) -> PixelAreas? {
    do throws(GroundMeasure.Missing) {
      let ground = try GroundMeasure(reader.georeference)
      let size = PixelSize(width: reader.width, height: reader.height)
      if let areas = PixelAreas(size: size, measure: ground.area) { return areas }
      note(.noAreas("PROJ cannot say where all of the scene's pixels lie"))
    } catch { note(.noAreas("\(error)")) }
    return nil
  }
}
