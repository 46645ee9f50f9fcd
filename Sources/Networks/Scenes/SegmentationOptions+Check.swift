import Scenes

extension SegmentationOptions {
  /// Windows, overlaps and halos have at most so many pixels.
  private static let most = 1 << 20

  /// Throws where a value means nothing, whatever the network and the image.
  func check() throws(Fault) {
    func require(_ holds: Bool, _ setting: Fault.Setting, _ what: String) throws(Fault) {
      if !holds { throw Fault(.usage, setting: setting, what) }
    }
    let sizes = 1...Self.most, counts = 0...Self.most
    if let window {
      let fits = sizes.contains(window.width) && sizes.contains(window.height)
      try require(fits, .window, "\(window) is not within 1 to \(Self.most)")
    }
    switch overlap {
    case .pixels(let count): try require(counts.contains(count), .overlap, "\(count) pixels are not possible")
    case .percent(let share): try require((0..<100).contains(share), .overlap, "\(share) % is not within 0 to 100")
    case nil: break
    }
    if let halo { try require(counts.contains(halo), .halo, "\(halo) pixels are not possible") }
    if let threads { try require((1...1024).contains(threads), .threads, "\(threads) is not within 1 to 1024") }
    if let threshold { try require(threshold.isFinite, .threshold, "\(threshold) is no number") }
    if let maximumMemory {
      try require(maximumMemory.bytes > 0, .maximumMemory, "\(maximumMemory.bytes) bytes are none")
    }
    let numbers: [(Fault.Setting, [Float]?)] = [(.scale, scale), (.mean, mean), (.deviation, deviation)]
    for (setting, values) in numbers {
      try require((values ?? []).allSatisfy(\.isFinite), setting, "a value that is no number")
    }
  }
}
