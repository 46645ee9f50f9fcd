import Diagnostics
import ModelFiles

/// The precision in which a layer says it computes, or keeps its weights.
struct DTypePolicy: Hashable {
  /// As Keras names it: `float32`, `mixed_float16`, `int8_from_float32`.
  var name: String

  /// `int8`, `int4`, ...: how the weights are quantized, without the sizes of groups.
  var quantization: String? {
    guard let end = name.firstRange(of: "_from_")?.lowerBound else { return nil }
    return name[..<end].split(separator: "/").first.map(String.init)
  }

  var isFloat32: Bool { name == "float32" }

  /// Policies whose layers compute in float32 or in something less precise, from float weights.
  private static let floats: Set<String> = [
    "float32", "float16", "bfloat16", "float64", "mixed_float16", "mixed_bfloat16", "_infer",
  ]

  /// Why a layer of this class and policy cannot be imported; nil when it can.
  func refusal(of className: String) -> String? {
    if let quantization, ["int8", "float8"].contains(quantization) {
      // Other layers have weights that are stored as they are, whatever their policy.
      let isQuantized = className.contains("Attention") || className == "Embedding"
      return isQuantized ? "its weights are quantized to \(quantization)" : nil
    }
    if let quantization { return "its weights are quantized to \(printable(quantization))" }
    return DTypePolicy.floats.contains(name) ? nil : "it computes in \(printable(name))"
  }
}

extension LayerConfig {
  /// The policies under `dtype`, in any of Keras' spellings; several where parts of a layer differ.
  var policies: [DTypePolicy] { value(["dtype"]).map(DTypePolicy.all) ?? [] }
}

extension DTypePolicy {
  /// A name, or an object of a policy class.
  fileprivate static func all(_ value: JSON) -> [DTypePolicy] {
    if let name = value.string { return [DTypePolicy(name: name)] }
    let config = value["config"]
    if let parts = config?["policy_map"]?.object {
      return ([config?["default_policy"]] + parts.keys.sorted().map { parts[$0] }).flatMap { $0.map(all) ?? [] }
    }
    if let mode = config?["mode"]?.string {
      return [DTypePolicy(name: mode + "_from_" + (config?["source_name"]?.string ?? "float32"))]
    }
    guard let name = config?["name"]?.string ?? value["class_name"]?.string else { return [] }
    return [DTypePolicy(name: name)]
  }
}
