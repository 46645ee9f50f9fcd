import Platform
import Tensors

/// Weights in a file beside the model's, each from a page boundary on, as ONNX's external data wants them.
struct ExternalWeights {
  /// The name of that file, in the model's directory.
  var location: String
  /// Where the bytes of each initializer lie.
  var places: [String: Range<Int>]

  /// Bytes that offsets are multiples of, so that readers can map them.
  static let alignment = 4096

  /// Tensors of fewer bytes stay in the model: shapes are read from there.
  static let smallest = 1024

  /// Lays out the tensors of a draft when their bytes exceed what a message may hold: `nil` when they do not.
  init?(_ draft: DraftModel, above limit: Int, location: String) {
    let sizes = draft.initializers.map(\.tensor.byteCount)
    guard sizes.reduce(0, +) > limit else { return nil }
    self.location = location
    places = [:]
    var offset = 0
    for (initializer, size) in zip(draft.initializers, sizes) where size >= ExternalWeights.smallest {
      places[initializer.name] = offset..<offset + size
      offset = (offset + size).roundedUp(to: ExternalWeights.alignment)
    }
  }

  func write(_ draft: DraftModel, to file: WrittenFile) throws(WriteError) {
    for initializer in draft.initializers {
      guard let place = places[initializer.name] else { continue }
      let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: place.count, alignment: 64)
      defer { bytes.deallocate() }
      initializer.tensor.write(into: bytes)
      try file.pad(to: place.lowerBound)
      try file.append(UnsafeRawBufferPointer(bytes))
    }
  }
}
