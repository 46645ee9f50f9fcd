/// What is known of a dataset before its bands are chosen.
package struct RasterFacts: Sendable, Hashable {
  package let width: Int
  package let height: Int
  /// All bands, alpha included.
  package let bandCount: Int

  /// - Throws: `.notFound`, `.malformed`, `.unsupported`.
  package init(path: String) throws(RasterError) {
    let dataset = try Dataset(reading: path)
    (width, height, bandCount) = (dataset.width, dataset.height, dataset.bandCount)
  }
}
