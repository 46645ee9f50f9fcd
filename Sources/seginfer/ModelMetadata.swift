import ModelFiles
import Passes
import Rasters

extension MetadataReading {
  /// What is known of a model that was read: what a file beside it says counts before what an ONNX file says itself.
  static func of(_ path: String, _ model: ImportedModel) throws(Failure) -> MetadataReading {
    do throws(ImportError) {
      let beside = try MetadataReading(beside: path)
      var result = MetadataReading(properties: model.metadata.properties)
      result.metadata = beside.metadata.completed(by: result.metadata)
      result.notes = beside.notes + result.notes
      return result
    } catch { throw Failure(error, file: error.site) }
  }
}

extension RGB {
  init(hexadecimal color: UInt32) {
    self.init(UInt8(color >> 16 & 255), UInt8(color >> 8 & 255), UInt8(color & 255))
  }

  /// `#rrggbb`.
  var hexadecimal: String { (UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue)).hexadecimal }
}
