import Tensors

/// What the leading operators of a network come to at one place where others read it.
struct ChainEnd: Hashable {
  var channels: [InputUnit.Channel] = []
  var traces: SampleTraces
  /// Channels of the image.
  var imageChannels: Int

  /// Samples of this value and more are not of 0 ... 1, whatever was subtracted.
  private static let leastOfSamples = 2.0
  /// A range with this end is one of samples; smaller ones may be of images that are standardised already.
  private static let leastRangeOfSamples = 16.0
  private static let tolerance = 1e-3

  init(_ end: SampleTensor, image channels: Int) {
    (traces, imageChannels) = (end.traces, channels)
    var seen: Set<SampleForm> = []
    for case var form? in end.forms {
      // Pixels do not count.
      form.element = nil
      guard seen.insert(form).inserted else { continue }
      self.channels.append(
        .init(
          source: form.channel, mean: -form.shift / form.scale, deviation: 1 / abs(form.scale),
          isNegated: form.scale < 0))
    }
  }

  var nodes: Set<Int> { traces.nodes }

  private func all(_ condition: (InputUnit.Channel) -> Bool) -> Bool { channels.allSatisfy(condition) }

  private var isIdentity: Bool {
    all { abs($0.mean) < Self.tolerance && abs($0.deviation - 1) < Self.tolerance && !$0.isNegated }
  }

  /// True where samples themselves are limited to a range far beyond 1, or made whole.
  private var isLimitedToSamples: Bool {
    traces.areWhole || (traces.greatest ?? 0) >= Self.leastRangeOfSamples
  }

  private var isLimitedToUnit: Bool {
    (0.5...1.5).contains(traces.greatest ?? 0) && (-0.1...0.5).contains(traces.least ?? 0)
  }

  var kind: InputUnit.Kind {
    guard all({ $0.mean.isFinite && $0.deviation.isFinite }) else { return .unsure }
    if isLimitedToSamples || !all({ abs($0.mean) <= Self.leastOfSamples && $0.deviation <= Self.leastOfSamples }) {
      return .samples
    }
    if isIdentity { return isLimitedToUnit ? .unitInterval : .unsure }
    // What is added to samples of 0 ... 1 does not centre them: it may begin another function, such as log(1 + x).
    guard all({ (-0.05...1 + 1e-6).contains($0.mean) && $0.deviation <= 1 + 1e-6 }) else { return .unsure }
    return traces.areStatistics && !areStatisticsOfUnit ? .unsure : .unitInterval
  }

  /// No numbers within 0 ... 1 have a mean beyond it or a deviation above 1/2.
  private var areStatisticsOfUnit: Bool {
    all { (-0.05...1.05).contains($0.mean) && $0.deviation <= 0.55 }
  }

  /// A mean and deviation of some data set, other for each channel. A deviation as small as 1/255 makes bytes.
  var isStandardisation: Bool {
    !traces.areStatistics && !isLimitedToUnit && Set(channels.map { [$0.mean, $0.deviation] }).count > 1
      && all { $0.deviation > 0.02 }
  }
}

extension ChainEnd {
  /// What is done to samples, such as `subtracts 103.94, 116.78, 123.68 in BGR`.
  var evidence: String {
    if isIdentity { return evidenceOfRange ?? "nothing in it rescales them" }
    let means = channels.map(\.mean), deviations = channels.map(\.deviation)
    var parts: [String] = []
    if traces.areStatistics {
      parts.append(
        "has seen samples of mean \(Self.list(means)) and deviation \(Self.list(deviations)) in training")
    } else {
      let isShifted = means.contains { abs($0) > 1e-9 }
      if isShifted {
        parts.append(
          means.allSatisfy { $0 <= 0 } ? "adds \(Self.list(means.map { -$0 }))" : "subtracts \(Self.list(means))")
      }
      if deviations.contains(where: { abs($0 - 1) > 1e-6 }) {
        let areFactors = !isShifted && deviations.allSatisfy { $0 < 0.5 }
        parts.append(
          areFactors
            ? "multiplies by \(Self.list(deviations.map { 1 / $0 }))" : "divides by \(Self.list(deviations))")
      }
      if channels.contains(where: \.isNegated) { parts.append("turns the sign") }
    }
    return parts.joined(separator: ", ") + order
  }

  private var evidenceOfRange: String? {
    if let greatest = traces.greatest, isLimitedToSamples || isLimitedToUnit {
      return "keeps them within \(Self.text(traces.least ?? 0)) ... \(Self.text(greatest))"
    }
    return traces.areWhole ? "makes whole numbers of them" : nil
  }

  /// In which order the network takes the channels, where it is not the image's.
  private var order: String {
    let sources = channels.map(\.source)
    if imageChannels == 1 || sources == Array(0..<imageChannels) { return "" }
    if sources == [2, 1, 0] && imageChannels == 3 { return " in BGR" }
    guard sources.count == Set(sources).count, sources.count <= 16 else { return "" }
    if sources == [nil] { return " of their mean" }
    return " of channels " + sources.map { $0.map { "\($0 + 1)" } ?? "mixed" }.joined(separator: ", ")
  }

  /// Each number once where all are the same, and their range where they are many.
  private static func list(_ numbers: [Double]) -> String {
    let texts = numbers.map(text)
    guard let first = texts.first, let least = numbers.min(), let greatest = numbers.max() else { return "" }
    if Set(texts).count == 1 { return first }
    return texts.count <= 4 ? texts.joined(separator: ", ") : "\(text(least)) ... \(text(greatest))"
  }

  /// Five significant digits.
  private static func text(_ number: Double) -> String {
    if number == 0 { return "0" }
    guard (1e-30...1e30).contains(abs(number)) else { return "\(number)" }
    var unit = 1.0
    while abs(number) * unit < 1e4 { unit *= 10 }
    while abs(number) * unit >= 1e5 { unit /= 10 }
    let rounded = (number * unit).rounded() / unit
    return rounded == rounded.rounded() && abs(rounded) < 1e9 ? "\(Int(rounded))" : "\(rounded)"
  }
}
