public import Networks
public import Rasters
public import Scenes

/// An orthophoto: any raster that GDAL reads, by any of its names.
public struct Scene: Sendable {
  /// The dataset's name, as the caller gave it.
  public let path: String
  /// Columns and rows, at the dataset's own resolution.
  public let size: PixelSize
  /// All bands, alpha included.
  public let bandCount: Int
  let name: DatasetName

  /// Opens a dataset for a look at its size. The network is used only when the name itself asks for it.
  ///
  /// Errors: nothing there, no raster, a damaged one, or one that needs what the machine lacks.
  public init(contentsOf path: String) throws(Fault) {
    let name = DatasetName(path)
    try rasters(name.check)
    try rasters { () throws(RasterError) in try CoordinateDatabase.check(path: path) }
    let facts = try Scene.facts(path)
    (self.path, self.name, bandCount) = (path, name, facts.bandCount)
    size = PixelSize(width: facts.width, height: facts.height)
  }

  /// A directory may be a raster to GDAL; one that is not is no damaged file.
  private static func facts(_ path: String) throws(Fault) -> RasterFacts {
    do { return try RasterFacts(path: path) } catch {
      guard error.kind == .malformed, Files.isDirectory(path) else { throw Fault(error) }
      throw Fault(.inputOutput, file: path, "is a directory, not a raster")
    }
  }

  /// The files that the dataset is known to consist of.
  package var files: [String] { name.files }

  /// `<stem>.seg.tif`, or of the ending of another format, beside a dataset, which is not opened.
  ///
  /// Errors: a dataset without a local file.
  public static func mask(beside path: String, format: MaskFormat = .cog) throws(Fault) -> String {
    let name = DatasetName(path)
    try rasters(name.check)
    guard let stem = name.stem else {
      throw Fault(
        .usage, file: path, "no local file from which the mask could have its name", remedy: .nameOutput)
    }
    return "\(stem.directory)\(stem.name).seg.\(format.extensions[0])"
  }
}
