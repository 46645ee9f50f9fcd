/// What of a raster says that a pixel has no data. A sample that is not finite never is data.
public struct ValiditySources: OptionSet, Sendable, Hashable {
  public let rawValue: Int

  public init(rawValue: Int) { self.rawValue = rawValue }

  /// Alpha bands, where they are 0; without it they are bands like any other.
  public static let alpha = ValiditySources(rawValue: 1)
  /// The mask band of the dataset or of the first chosen band.
  public static let mask = ValiditySources(rawValue: 2)
  /// The nodata values of the chosen bands.
  public static let nodata = ValiditySources(rawValue: 4)
  public static let all: ValiditySources = [.alpha, .mask, .nodata]
}
