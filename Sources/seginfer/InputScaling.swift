import Graphs
import ModelFiles
import Ops
import Rasters

/// How samples become the numbers that the network sees: `value * scale + offset` per channel.
struct InputScaling {
  var scale: [Float]
  var offset: [Float]
  /// Which rule applied, for the log.
  var reason: String

  /// The first of: the options, the model's metadata, nothing when the graph rescales by itself, division by the type's maximum.
  init(
    scale: [Float]?, mean: [Float]?, std: [Float]?, metadata: ModelMetadata?, model: Graph, channels: Int,
    pixelType: PixelType
  ) throws(Failure) {
    func perChannel(_ values: [Float]?, _ fallback: Float, _ option: String) throws(Failure) -> [Float] {
      guard let values else { return [Float](repeating: fallback, count: channels) }
      guard values.count == 1 || values.count == channels else {
        throw Failure(.usage, at: option, "\(values.count) values for \(channels) channels")
      }
      return values.count == channels ? values : [Float](repeating: values[0], count: channels)
    }
    func affine(
      _ scale: [Float]?, _ mean: [Float]?, _ std: [Float]?, names: [String] = ["--scale", "--mean", "--std"]
    ) throws(Failure) -> ([Float], [Float]) {
      let factors = try perChannel(scale, 1, names[0])
      let means = try perChannel(mean, 0, names[1])
      let deviations = try perChannel(std, 1, names[2])
      guard deviations.allSatisfy(\.isNormal) else { throw Failure(.usage, at: names[2], "a deviation of 0") }
      return (zip(factors, deviations).map { $0 / $1 }, zip(means, deviations).map { -$0 / $1 })
    }
    if scale != nil || mean != nil || std != nil {
      (self.scale, offset) = try affine(scale, mean, std)
      reason = "as given by --scale, --mean and --std"
    } else if let metadata,
      metadata.scale != nil || metadata.standardization_mean != nil || metadata.standardization_std != nil
    {
      var factor = metadata.scale?.values
      if factor == nil, let maximum = pixelType.maximum { factor = [1 / maximum] }
      (self.scale, offset) = try affine(
        factor, metadata.standardization_mean, metadata.standardization_std,
        names: ["scale", "standardization_mean", "standardization_std"].map { "the model's metadata: \($0)" })
      reason = "as the model's metadata says"
    } else if let node = InputScaling.rescalingNode(model) {
      (self.scale, offset) = try affine(nil, nil, nil)
      reason = "as they are: the model rescales them itself (\(node))"
    } else if let maximum = pixelType.maximum {
      (self.scale, offset) = try affine([1 / maximum], nil, nil)
      reason =
        "divided by \(Int(maximum)), the largest \(pixelType.rawValue): neither the model nor its metadata says otherwise"
    } else {
      (self.scale, offset) = try affine(nil, nil, nil)
      reason = "as they are: floats, and nothing says otherwise"
    }
  }

  /// The node right after the input that rescales, if one does.
  static func rescalingNode(_ graph: Graph) -> String? {
    guard let input = graph.inputs.first else { return nil }
    for node in graph.nodes where node.inputs.contains(Value(input)) {
      if node.op is BatchNorm { return node.name }
      if let binary = node.op as? Binary, [.multiply, .divide, .subtract].contains(binary.function),
        node.inputs.contains(where: { graph.constant($0) != nil })
      {
        return node.name
      }
    }
    return nil
  }
}
