public import Networks
public import Rasters
public import Scenes

/// How a scene is labelled: what the network does (`SegmentationOptions`, whose members are members of this), and what is read and written.
@dynamicMemberLookup
public struct SceneOptions: Sendable {
  /// What the network does with the samples: how they are scaled, how the scene is cut, which class a pixel gets.
  public var segmentation = SegmentationOptions()
  /// The bands to read, in the order of the network's channels, counted from 1; `nil` for the first that are not alpha.
  public var bands: [Int]?
  /// True to read as data what the scene's alpha band, its mask or its nodata value hides.
  public var ignoresAlpha = false, ignoresMask = false, ignoresNodata = false
  /// True to apply the scale and the offset that the scene states for its bands, before all other scaling.
  public var appliesBandScaling = false
  /// The value of pixels without data.
  public var nodata: UInt8 = 255
  /// Names and colours of the classes; `nil` for the model's.
  public var classes: ClassTable?
  /// What `classes` is called in errors.
  package var classesName = "given"
  /// `nil` for what the mask's name means.
  public var maskFormat: MaskFormat?
  /// Creation options of GDAL's driver, `KEY=VALUE` each.
  public var creationOptions: [String] = []
  /// True to replace files that exist.
  public var overwrites = false
  /// What counts against `maximumMemory` beside the run itself, asked for when model and scene are open; `nil` for nothing.
  public var memoryBaseline: (@Sendable () -> MemoryBaseline)?

  /// The usual options, with a limit on what the run may hold; `nil` for the usual limit, see `SegmentationOptions.maximumMemory`.
  public init(maximumMemory: MemorySize? = nil) { segmentation.maximumMemory = maximumMemory }

  /// A member of `segmentation`, so that `options.window` is `options.segmentation.window`.
  public subscript<Value>(dynamicMember member: WritableKeyPath<SegmentationOptions, Value>) -> Value {
    get { segmentation[keyPath: member] }
    set { segmentation[keyPath: member] = newValue }
  }
}

/// What a process holds beside a run.
public struct MemoryBaseline: Sendable, Hashable {
  /// The most bytes that it has held so far.
  public var peak: Int
  /// The bytes that it holds now, the model's weights among them.
  public var held: Int

  /// Both in bytes.
  public init(peak: Int, held: Int) { (self.peak, self.held) = (peak, held) }
}

extension SceneOptions {
  var validity: ValiditySources {
    var sources = ValiditySources.all
    if ignoresAlpha { sources.remove(.alpha) }
    if ignoresMask { sources.remove(.mask) }
    if ignoresNodata { sources.remove(.nodata) }
    return sources
  }

  /// The format of a mask of this name: what was asked for, else what the name's extension means.
  ///
  /// Errors: a name that says nothing or contradicts what was asked for.
  public func format(of path: String) throws(Fault) -> MaskFormat {
    guard let format = MaskFormat(path: path) else {
      if let maskFormat { return maskFormat }
      throw Fault(
        .usage, file: path, "the name does not say the format of the mask",
        remedy: .extensionOrFormat(MaskFormat.extensions.map { "." + $0 }))
    }
    guard let asked = maskFormat else { return format }
    guard asked.extensions == format.extensions else {
      throw Fault(
        .usage, file: path, setting: .maskFormat,
        "\(asked.rawValue) contradicts the extension, which means \(format.rawValue)",
        remedy: .noFormatOrExtension(asked.extensions[0]))
    }
    return asked
  }
}

extension ClassTable {
  /// The preset of this name (`landcover.ai`, `capstone`), or a table from a file: JSON, CSV, or a colour map of QGIS.
  ///
  /// Errors: no preset and no file of this name, or a file that is no table of at most 256 classes.
  public init(named name: String) throws(Fault) {
    if let preset = ClassTable.preset(name) {
      self = preset
    } else {
      self = try rasters { () throws(RasterError) in try ClassTable(path: name) }
    }
  }
}
