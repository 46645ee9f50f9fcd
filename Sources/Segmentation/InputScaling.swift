package import Diagnostics
package import Passes

/// Numbers by which samples are scaled: `(sample * scale - mean) / deviation`, each for all channels or one for each.
package struct ScalingNumbers: Sendable, Hashable {
  package enum Name: Sendable, Hashable { case scale, mean, deviation }

  package var scale: [Float]?, mean: [Float]?, deviation: [Float]?

  package init(scale: [Float]? = nil, mean: [Float]? = nil, deviation: [Float]? = nil) {
    (self.scale, self.mean, self.deviation) = (scale, mean, deviation)
  }

  package var isEmpty: Bool { scale == nil && mean == nil && deviation == nil }
}

extension ScalingNumbers {
  fileprivate func areDenied(by unit: InputUnit) -> Bool {
    guard scale == nil, unit.kind == .samples, !unit.isDoubtful else { return false }
    let areIdentity = (mean ?? [0]).allSatisfy { $0 == 0 } && (deviation ?? [1]).allSatisfy { $0 == 1 }
    return unit.takesIntegers || areIdentity
  }
}

/// Who says how samples become the numbers that a network sees.
package enum ScalingRule: Sendable, Hashable {
  /// Whoever asks for the run.
  case given(ScalingNumbers)
  /// What was published with the model. A mean and a deviation without a scale are of samples divided by the largest of their type, unless
  /// one is beyond what such samples can have.
  case metadata(ScalingNumbers)
  /// The network itself, by what its first operators do to samples.
  case model(InputUnit)
  /// Nobody: integers are divided by the largest of their type, floats stay.
  case type(InputUnit)

  /// The first of these that says anything. A mean and a deviation for samples within 0 ... 1 say nothing about a network that takes whole
  /// numbers, nor, where they are 0 and 1, about one that rescales samples itself.
  package init(given: ScalingNumbers = ScalingNumbers(), metadata: ScalingNumbers?, unit: InputUnit) {
    if !given.isEmpty {
      self = .given(given)
    } else if let metadata, !metadata.isEmpty, !metadata.areDenied(by: unit) {
      self = .metadata(metadata)
    } else {
      self = unit.kind == .unsure ? .type(unit) : .model(unit)
    }
  }

  /// What is not known for certain, so that whoever knows the model should say it.
  package var doubt: InputUnit? {
    switch self {
    case .given, .metadata: nil
    case .model(let unit): unit.isDoubtful ? unit : nil
    case .type(let unit): unit.takesImage ? unit : nil
    }
  }
}

/// How samples become the numbers that a network sees: `sample * scale + offset` for each channel.
package struct InputScaling: Sendable, Hashable {
  package var scale: [Float]
  package var offset: [Float]
  package var rule: ScalingRule

  /// `largest` has for each channel of the network the largest sample of its type, nil where that is a float.
  ///
  /// Errors: another number of values than one or one for each channel; a factor or a deviation of 0.
  package init(_ rule: ScalingRule, largest: [Float?]) throws(ScalingError) {
    self.rule = rule
    let toUnit = largest.map { $0.map { 1 / $0 } ?? 1 }
    switch rule {
    case .given(let numbers): (scale, offset) = try numbers.affine(channels: largest.count)
    case .metadata(var numbers):
      if !numbers.areOfSamples { numbers.scale = numbers.scale ?? toUnit }
      (scale, offset) = try numbers.affine(channels: largest.count)
    case .model(let unit) where unit.kind == .samples:
      (scale, offset) = (largest.map { _ in 1 }, largest.map { _ in 0 })
    case .model, .type: (scale, offset) = (toUnit, largest.map { _ in 0 })
    }
  }
}

/// Numbers that do not go with a network's channels.
package struct ScalingError: SiteError {
  package enum Kind: Sendable, Hashable {
    /// So many numbers for so many channels.
    case count(Int, channels: Int)
    /// A deviation is 0, or so small or large that its reciprocal is no number.
    case deviation
    /// A factor is 0, infinite or no number: nothing of the image would be left.
    case factor
  }

  package var kind: Kind
  package var site: ScalingNumbers.Name

  package var remedy: Remedy? { nil }

  package init(_ kind: Kind, _ site: ScalingNumbers.Name) { (self.kind, self.site) = (kind, site) }

  package var what: String {
    switch kind {
    case .count(let count, let channels): "\(count) values for \(channels) channels"
    case .deviation: "a deviation of 0"
    case .factor: "a factor of 0 leaves nothing of the image"
    }
  }
}

extension ScalingNumbers {
  /// True for a mean or a deviation above 2 without a scale: of samples as they are.
  package var areOfSamples: Bool {
    scale == nil && ((mean ?? []) + (deviation ?? [])).contains { abs($0) > 2 }
  }

  fileprivate func affine(channels: Int) throws(ScalingError) -> (scale: [Float], offset: [Float]) {
    func perChannel(_ values: [Float]?, _ fallback: Float, _ name: Name) throws(ScalingError) -> [Float] {
      guard let values else { return [Float](repeating: fallback, count: channels) }
      guard values.count == 1 || values.count == channels else {
        throw ScalingError(.count(values.count, channels: channels), name)
      }
      return values.count == channels ? values : [Float](repeating: values[0], count: channels)
    }
    let factors = try perChannel(scale, 1, .scale)
    let means = try perChannel(mean, 0, .mean)
    let deviations = try perChannel(deviation, 1, .deviation)
    guard factors.allSatisfy({ $0.isFinite && $0 != 0 }) else { throw ScalingError(.factor, .scale) }
    guard deviations.allSatisfy(\.isNormal) else { throw ScalingError(.deviation, .deviation) }
    return (zip(factors, deviations).map { $0 / $1 }, zip(means, deviations).map { -$0 / $1 })
  }
}
