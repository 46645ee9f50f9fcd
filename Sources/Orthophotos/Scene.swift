public import Networks
public import Rasters
public import Scenes

/// An orthophoto: any raster that GDAL reads, by any of its names.
public struct Scene: Sendable {
  /// The dataset's name, as the caller gave it.
  public let path: String
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
    let facts = try rasters { () throws(RasterError) in try RasterFacts(path: path) }
    (self.path, self.name, bandCount) = (path, name, facts.bandCount)
    size = PixelSize(width: facts.width, height: facts.height)
  }

  /// The files that the dataset is known to consist of.
  package var files: [String] { name.files }

  /// `<stem>.seg.tif`, or of the ending of another format, beside the scene.
  ///
  /// Errors: a dataset without a local file.
  public func defaultMask(_ format: MaskFormat = .cog) throws(Fault) -> String {
    guard let stem = name.stem else {
      throw Fault(
        .usage, file: path, "no local file from which the mask could have its name", remedy: .nameOutput)
    }
    return "\(stem.directory)\(stem.name).seg.\(format.extensions[0])"
  }
}
