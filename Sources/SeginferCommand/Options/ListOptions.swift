import ArgumentParser

/// Comma-separated numbers.
struct FloatList: ExpressibleByArgument {
  var values: [Float]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Float($0) }
    let values = parts.compactMap { $0 }.filter(\.isFinite)
    guard values.count == parts.count, !values.isEmpty else { return nil }
    self.values = values
  }
}

/// Comma-separated whole numbers from 1.
struct BandList: ExpressibleByArgument {
  var bands: [Int]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    let bands = parts.compactMap { $0 }.filter { $0 >= 1 }
    guard bands.count == parts.count, !bands.isEmpty else { return nil }
    self.bands = bands
  }
}

/// The sizes of an image's axes in the order in which the model declares them: three numbers, or four with the batch.
struct ImageShape: ExpressibleByArgument {
  var sizes: [Int]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    sizes = parts.compactMap { $0 }
    guard sizes.count == parts.count, (3...4).contains(sizes.count), sizes.allSatisfy({ (1...1 << 20).contains($0) })
    else { return nil }
  }
}
