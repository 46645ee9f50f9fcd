/// What of a raster says that a pixel has no data. A sample that is not finite never is data.
package struct ValiditySources: OptionSet, Sendable, Hashable {
  package let rawValue: Int

  package init(rawValue: Int) { self.rawValue = rawValue }

  /// Alpha bands, where they are 0; without it they are bands like any other.
  package static let alpha = ValiditySources(rawValue: 1)
  /// The mask band of the dataset or of the first chosen band.
  package static let mask = ValiditySources(rawValue: 2)
  /// The nodata values of the chosen bands.
  package static let nodata = ValiditySources(rawValue: 4)
  package static let all: ValiditySources = [.alpha, .mask, .nodata]
}
