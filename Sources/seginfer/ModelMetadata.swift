import FoundationEssentials
import Rasters

/// What a sidecar file says about a model: Deepness' and our own keys, all optional.
struct ModelMetadata: Decodable {
  var name: String?
  var class_names: [String]?
  var class_colors: [String]?
  /// Centimetres in Deepness' files, metres in ours.
  var resolution: Double?
  var tile_size: Int?
  var scale: FloatOrList?
  var standardization_mean: [Float]?
  var standardization_std: [Float]?
  var trained_on: String?
  /// Present in an architecture file, which is no metadata.
  var config: AnyValue?

  /// What is known of a model that was read: the sidecar counts before what an ONNX file says itself.
  static func of(_ path: String, _ model: ImportedModel) throws(Failure) -> ModelMetadata? {
    try beside(path) ?? ModelMetadata(properties: model.metadata.properties)
  }

  /// The sidecar of a model, `MODEL.json` or `<stem>.json`.
  static func beside(_ path: String) throws(Failure) -> ModelMetadata? {
    let (directory, name) = stem(path)
    for candidate in [path + ".json", directory + name + ".json"] where candidate != path && Files.exists(candidate) {
      let metadata = try Files.decode(ModelMetadata.self, candidate)
      if metadata.config == nil { return metadata }
    }
    return nil
  }

  /// Names and colours; colours that are missing come from the categorical palette.
  func classes() throws(Failure) -> ClassTable? {
    guard let names = class_names else { return nil }
    var entries = ClassTable(names: names).entries
    for (index, text) in (class_colors ?? []).enumerated() where index < entries.count {
      guard text.count == 7, text.first == "#", text.dropFirst().allSatisfy(\.isHexDigit),
        let value = UInt32(text.dropFirst(), radix: 16)
      else {
        throw Failure(.malformed, at: "class_colors", "\(text) is not a colour of the form #rrggbb")
      }
      entries[index].color = RGB(UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255))
    }
    return ClassTable(entries)
  }
}

/// A number, or one per channel.
enum FloatOrList: Decodable {
  case one(Float), many([Float])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Float.self) {
      self = .one(value)
    } else {
      self = .many(try container.decode([Float].self))
    }
  }

  var values: [Float] {
    switch self {
    case .one(let value): [value]
    case .many(let values): values
    }
  }
}

/// Any JSON value, only noticed.
struct AnyValue: Decodable {
  init(from decoder: any Decoder) throws {}
}
