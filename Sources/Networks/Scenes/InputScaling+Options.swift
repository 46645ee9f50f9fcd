import ModelFiles
import Passes
package import Segmentation

extension InputScaling {
  /// The scaling of an image, by the options, the model's metadata, the model and the sample types, in this order.
  ///
  /// `largest` has for each channel the largest sample of its type, nil where that is a float.
  package init(
    _ options: SegmentationOptions, _ network: LabellingNetwork, largest: [Float?]
  ) throws(Fault) {
    let given = ScalingNumbers(scale: options.scale, mean: options.mean, deviation: options.deviation)
    let rule = ScalingRule(given: given, metadata: network.metadata?.scalingNumbers, unit: network.unit)
    do { self = try InputScaling(rule, largest: largest) } catch {
      if case .metadata = rule {
        let names: [ScalingNumbers.Name: String] = [
          .scale: "scale", .mean: "standardization_mean", .deviation: "standardization_std",
        ]
        throw Fault(.usage, at: "the model's metadata: \(names[error.site] ?? "")", error.what)
      }
      let settings: [ScalingNumbers.Name: Fault.Setting] = [.scale: .scale, .mean: .mean, .deviation: .deviation]
      throw Fault(error, setting: settings[error.site])
    }
  }
}
