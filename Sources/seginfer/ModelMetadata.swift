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

extension ModelMetadata {
  /// What the writer of an ONNX file put into it, each value as JSON: Deepness' keys. Nil where there is none of them.
  init?(properties: [String: String]) {
    func value<T: Decodable>(_ key: String, _ type: T.Type) -> T? {
      properties[key].flatMap { try? JSONDecoder().decode(type, from: Data($0.utf8)) }
    }
    class_names = value("class_names", [String].self)
    // Deepness numbers them: {"0": "background", ...}.
    if let numbered = value("class_names", [String: String].self) {
      let names = (0..<numbered.count).compactMap { numbered[String($0)] }
      if names.count == numbered.count { class_names = names }
    }
    class_colors = value("class_colors", [String].self)
    resolution = value("resolution", Double.self)
    tile_size = value("tile_size", Int.self)
    scale = value("scale", FloatOrList.self)
    standardization_mean = value("standardization_mean", [Float].self)
    standardization_std = value("standardization_std", [Float].self)
    let isEmpty = class_names == nil && resolution == nil && tile_size == nil && scale == nil
    if isEmpty && standardization_mean == nil && standardization_std == nil { return nil }
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
