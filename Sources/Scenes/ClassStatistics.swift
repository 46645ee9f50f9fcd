/// How many pixels of a mask belong to each class, and what area they cover.
public struct ClassStatistics: Sendable, Hashable {
  /// Pixels per class.
  public internal(set) var counts: [Int]
  /// Pixels that were nodata in the scene.
  public internal(set) var masked = 0
  /// Pixels that became nodata because the network gave no finite scores.
  public internal(set) var nonFinite = 0
  /// Square metres that a pixel covers on the ground, where known.
  public let pixelArea: Double?

  public init(classes: Int, pixelArea: Double? = nil) {
    counts = [Int](repeating: 0, count: classes)
    self.pixelArea = pixelArea.flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
  }

  /// Pixels with a class.
  public var classified: Int { counts.reduce(0, +) }

  /// Pixels without one.
  public var nodata: Int { masked + nonFinite }

  /// The share of a class among the pixels with a class; 0 when there are none.
  public func share(_ id: Int) -> Double {
    let total = classified
    return total == 0 ? 0 : Double(counts[id]) / Double(total)
  }

  /// The area of a class in square metres; `nil` when the area of a pixel is unknown, or no number holds it.
  public func squareMetres(_ id: Int) -> Double? {
    pixelArea.map { $0 * Double(counts[id]) }.flatMap { $0.isFinite ? $0 : nil }
  }

  /// The area of a class in hectares; `nil` when the area of a pixel is unknown.
  public func hectares(_ id: Int) -> Double? { squareMetres(id).map { $0 / 1e4 } }

  /// The area of a class in square kilometres; `nil` when the area of a pixel is unknown.
  public func squareKilometres(_ id: Int) -> Double? { squareMetres(id).map { $0 / 1e6 } }

  /// Adds the counts of another part of the same scene.
  public mutating func add(_ other: ClassStatistics) {
    precondition(counts.count == other.counts.count)
    for id in counts.indices { counts[id] += other.counts[id] }
    masked += other.masked
    nonFinite += other.nonFinite
  }
}
