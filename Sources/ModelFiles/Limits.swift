/// Limits on what any model file may declare.
package enum Limits {
  package static let fileBytes = 4 << 30
  /// Layers or nodes.
  package static let layers = 100_000
  package static let rank = 8
  package static let dimension = Int(Int32.max)
  package static let weightBytes = 8 << 30
}
