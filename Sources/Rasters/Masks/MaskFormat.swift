import Diagnostics
import CGDAL

/// The file formats of masks.
public enum MaskFormat: String, Sendable, Hashable, CaseIterable {
  /// A cloud-optimised GeoTIFF with overviews.
  case cog = "COG"
  /// A tiled GeoTIFF without overviews.
  case gtiff = "GTiff"
  /// A PNG picture with a palette; position and class names go into a sidecar `.aux.xml`.
  case png = "PNG"

  /// What names of such files end in, the first one by default.
  public var extensions: [String] {
    switch self {
    case .cog, .gtiff: ["tif", "tiff"]
    case .png: ["png"]
    }
  }

  /// The extensions of all formats.
  package static var extensions: [String] { MaskFormat.cog.extensions + MaskFormat.png.extensions }

  /// The format that a file's extension means, in any case; `nil` for an extension of none, or without one.
  public init?(path: String) {
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    guard let dot = name.dropFirst().lastIndex(of: ".") else { return nil }
    let suffix = name[name.index(after: dot)...].lowercased()
    guard let format = MaskFormat.allCases.first(where: { $0.extensions.contains(suffix) }) else { return nil }
    self = format
  }

  private func defaults(threads: Int) -> [(name: String, value: String)] {
    let count = ("NUM_THREADS", String(threads))
    return switch self {
    case .cog:
      [count, ("COMPRESS", "DEFLATE"), ("BLOCKSIZE", "512"), ("OVERVIEW_RESAMPLING", "MODE"), ("BIGTIFF", "IF_SAFER")]
    case .gtiff:
      [
        count, ("COMPRESS", "DEFLATE"), ("TILED", "YES"), ("BLOCKXSIZE", "512"), ("BLOCKYSIZE", "512"),
        ("BIGTIFF", "IF_SAFER"),
      ]
    case .png: []
    }
  }

  /// The defaults, overridden and extended by what the user gave.
  ///
  /// - Parameter threads: how many compress blocks and build overviews.
  /// - Throws: `.invalidOption` for options that the format does not have and for those that would change class values
  ///   or the grid.
  func creationOptions(_ given: [String], threads: Int = 1, file: String) throws(RasterError) -> [String] {
    var options: [String: String] = [:]
    for (name, value) in defaults(threads: threads) { options[name] = value }
    for item in given {
      guard let equals = item.firstIndex(of: "="), equals != item.startIndex else {
        throw RasterError(
          .invalidOption, file, "creation option \"\(printable(item))\"", remedy: .advice("write it as NAME=VALUE"))
      }
      options[item[..<equals].uppercased()] = String(item[item.index(after: equals)...])
    }
    for (name, value) in options.sorted(by: { $0.key < $1.key }) {
      if let reason = Self.refusal(name, value.uppercased(), options) {
        throw RasterError(
          .invalidOption, file, "creation option \(name)=\(printable(value)) \(reason)",
          remedy: .advice(name.hasSuffix("COMPRESS") ? "use DEFLATE, LZW or ZSTD" : "leave it out"))
      }
    }
    let list = options.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }
    GDAL.start()
    guard let driver = GDALGetDriverByName(rawValue) else {
      throw RasterError(.unsupported, file, "this GDAL cannot write \(rawValue)", remedy: .chooseOtherFormat)
    }
    // What goes wrong when the driver makes up its list of options, such as tiling schemes without PROJ's database, is no matter of these.
    _ = GDALGetDriverCreationOptionList(driver)
    CPLErrorReset()
    // A value out of its list is only warned of, and ignored later.
    let isValid = withStringList(list) { GDALValidateCreationOptions(driver, $0) } != 0
    if !isValid || CPLGetLastErrorType().rawValue >= CE_Warning.rawValue {
      throw RasterError(.invalidOption, file, "creation options refused (\(GDAL.lastMessage))")
    }
    if let refusal = trial(list) { throw RasterError(.invalidOption, file, "creation options refused (\(refusal))") }
    return list
  }

  /// Why GDAL fails to build a tiny file with these options, `nil` when it does not. Its option check lets values pass,
  /// such as block sizes, that would make it fail after all the work.
  private func trial(_ options: [String]) -> String? {
    do throws(RasterError) {
      let sample = try Dataset(
        creating: "", driver: "MEM", width: 16, height: 16, bands: 1, type: .uint8, options: [])
      let file = try OutputFile("/vsimem/trial", overwrite: true)
      defer { file.removeTemporaries() }
      try sample.copy(to: file.partial, driver: rawValue, options: options)
      return nil
    } catch {
      return error.what
    }
  }

  private static func isOn(_ value: String) -> Bool { !["NO", "OFF", "FALSE", "0"].contains(value) }

  /// Why an option must not be used for a raster of class numbers.
  private static func refusal(_ name: String, _ value: String, _ options: [String: String]) -> String? {
    switch name {
    case "COMPRESS", "OVERVIEW_COMPRESS":
      if value == "JPEG" || value == "WEBP" { return "is lossy and would change classes" }
      if value.hasPrefix("LERC"), Double(options["MAX_Z_ERROR"] ?? "0") != 0 {
        return "with MAX_Z_ERROR is lossy and would change classes"
      }
      if value == "JXL", options["JXL_LOSSLESS"]?.uppercased() == "NO" { return "without JXL_LOSSLESS is lossy" }
      return nil
    case "DISCARD_LSB", "NBITS", "PIXELTYPE": return "would change classes"
    // The driver names it after the temporary that it writes.
    case "WORLDFILE" where isOn(value), "TFW" where isOn(value):
      return "writes a file beside the mask, which has its georeference without one"
    case "TILING_SCHEME" where value != "CUSTOM": return "would change the grid"
    case "TARGET_SRS", "RES", "EXTENT": return "would change the grid"
    default: return nil
    }
  }
}
