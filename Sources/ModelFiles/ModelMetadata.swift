/// What is known of a model beside its network: its classes, how samples become numbers, what it was made for. Every value says who
/// declared it.
package struct ModelMetadata: Sendable, Hashable {
  package var name: Declared<String>?
  /// Such as `Segmentor`.
  package var type: Declared<String>?
  package var classes: Declared<DeclaredClasses>?
  /// Metres that a pixel covers.
  package var resolution: Declared<Double>?
  /// Pixels of a side of the images that the model was trained with.
  package var tileSize: Declared<Int>?
  /// How much of tiles overlaps, in per cent.
  package var tileOverlap: Declared<Double>?
  package var scaling: Declared<SampleScaling>?
  /// The probability that a class needs.
  package var threshold: Declared<Float>?
  /// The size of the regions that are to be removed; nothing removes them here.
  package var smallSegment: Declared<Int>?
  package var trainedOn: Declared<String>?

  package init() {}

  package var isEmpty: Bool { self == ModelMetadata() }

  /// Completed by what other metadata declare and these do not.
  package func completed(by other: ModelMetadata) -> ModelMetadata {
    var result = self
    result.name = name ?? other.name
    result.type = type ?? other.type
    result.classes = classes ?? other.classes
    result.resolution = resolution ?? other.resolution
    result.tileSize = tileSize ?? other.tileSize
    result.tileOverlap = tileOverlap ?? other.tileOverlap
    result.scaling = scaling ?? other.scaling
    result.threshold = threshold ?? other.threshold
    result.smallSegment = smallSegment ?? other.smallSegment
    result.trainedOn = trainedOn ?? other.trainedOn
    return result
  }
}

/// A value, and who declared it.
package struct Declared<Value: Sendable & Hashable>: Sendable, Hashable {
  package var value: Value
  package var origin: MetadataOrigin

  package init(_ value: Value, _ origin: MetadataOrigin) { (self.value, self.origin) = (value, origin) }
}

/// Where metadata come from.
package enum MetadataOrigin: Sendable, Hashable, CustomStringConvertible {
  /// A file beside the model.
  case file(String)
  /// The model's own file.
  case model

  package var description: String {
    switch self {
    case .file(let path): path
    case .model: "the model's metadata"
    }
  }
}

/// How samples become what a network sees: `(sample * scale - mean) / deviation`, with one value or one per channel.
package struct SampleScaling: Sendable, Hashable {
  /// Without it, samples of integers are divided by the largest of their type.
  package var scale: [Float]?
  package var mean: [Float]?
  package var deviation: [Float]?

  package init(scale: [Float]? = nil, mean: [Float]? = nil, deviation: [Float]? = nil) {
    (self.scale, self.mean, self.deviation) = (scale, mean, deviation)
  }
}
