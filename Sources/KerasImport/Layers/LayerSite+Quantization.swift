import Diagnostics
import Graphs
import ModelFiles
import Ops
import Tensors

extension LayerConfig {
  /// How the weights are quantized; modes that are not known here are refused before.
  fileprivate var quantization: String? { policies.lazy.compactMap(\.quantization).first }
}

/// The variables of a layer with a kernel and what its quantization adds to them.
func quantized(_ config: LayerConfig, _ variables: [LayerRule.Variable]) -> [LayerRule.Variable] {
  if config.quantization == "int8" { return variables + [.init(name: "kernel_scale", isTrainable: false)] }
  guard config.quantization == "float8" else { return variables }
  // What training in float8 needs: the kernel itself is float32.
  let extras = ["inputs", "kernel", "outputs_grad"].flatMap { ["\($0)_scale", "\($0)_amax_history"] }
  return variables + extras.map { .init(name: $0) }
}

extension LayerSite {
  /// The factors that an integer kernel was multiplied with, of unknown shape; nil for kernels that are not quantized.
  func quantizationScale(rank: Int) throws(ImportError) -> Value? {
    guard config.quantization == "int8" else { return nil }
    return try weight("kernel_scale", [Int?](repeating: nil, count: rank))
  }

  /// The factor of a layer's product, rounded as Keras rounds what it multiplies an int8 kernel with: each vector along
  /// the last axis to whole multiples of its own step. The value itself where the layer does not round.
  ///
  /// Source: `abs_max_quantize` of Keras 3.15, as `_int8_call` of `Dense` and `EinsumDense` calls it.
  func roundedInput(_ x: Value) throws(ImportError) -> Value {
    guard config.quantization == "int8", let quantizer = try InputQuantizer(config) else { return x }
    let magnitude = try add(Activate(.abs), [x], part: "magnitude")
    let reduction = Reduce(kind: .max, axes: [type(x).rank - 1], keepDims: true)
    let most = try add(reduction, [magnitude], part: "largest")
    let epsilon = constant([1], [quantizer.epsilon], part: "epsilon")
    let bounded = try add(Binary(.add), [most, epsilon], part: "bounded")
    let levels = constant([1], [quantizer.high], part: "levels")
    let scale = try add(Binary(.divide), [levels, bounded], part: "input_scale")
    let scaled = try add(Binary(.multiply), [x, scale], part: "scaled_input")
    let whole = try add(Unary(.round), [scaled], part: "whole")
    let clipped = try add(Activate(.clamp(min: quantizer.low, max: quantizer.high)), [whole], part: "int8")
    return try add(Binary(.divide), [clipped, scale], part: "rounded")
  }
}

/// How Keras rounds the inputs of a layer with an int8 kernel.
private struct InputQuantizer {
  /// The least and the largest whole number.
  var low: Float = -127, high: Float = 127
  /// Added to the largest magnitude, so that zeros have a step.
  var epsilon: Float = 1e-7

  /// Files before Keras 3.12 do not say; all that they can mean is the default. Nil where the inputs stay as they are.
  init?(_ config: LayerConfig) throws(ImportError) {
    guard let quantizer = config.value(["quantization_config"])?["config"]?["activation_quantizer"] else { return }
    if quantizer.isNull { return nil }
    let name = quantizer["class_name"]?.string ?? ""
    guard name == "AbsMaxQuantizer", let values = quantizer["config"],
      values["output_dtype"]?.string ?? "int8" == "int8"
    else { throw config.unsupported("its inputs are quantized by \(printable(name))") }
    if let range = values["value_range"] {
      guard let bounds = range.array?.compactMap(\.double), bounds.count == 2, (-128.0..<0).contains(bounds[0]),
        bounds[1] > 0, bounds[1] <= 127
      else { throw config.error("value_range", "two numbers within -128 ... 127, one of each sign") }
      (low, high) = (Float(bounds[0]), Float(bounds[1]))
    }
    if let number = values["epsilon"] {
      guard let number = number.double, (1e-30...1).contains(number) else {
        throw config.error("epsilon", "a number from 1e-30 to 1")
      }
      epsilon = Float(number)
    }
  }
}
