import Segmentation

/// What a memory limit leaves to a network.
package struct MemoryShare {
  /// Bytes for the network's part; 0 when nothing.
  package let left: Int
  /// The limit that would leave so many bytes to the network's part; `nil` when it is beyond any.
  private let smallestLimit: (_ needed: Int) -> Int?
  private let limit: Int

  /// `limit` is that of the whole run.
  package init(left: Int, of limit: Int, smallestLimit: @escaping (_ needed: Int) -> Int?) {
    (self.left, self.limit, self.smallestLimit) = (left, limit, smallestLimit)
  }

  /// Memory errors speak of the network's share; this one names a limit for the whole run.
  func within<T>(_ body: () throws(SegmentationError) -> T) throws(Fault) -> T {
    do { return try body() } catch {
      guard case .memory(let needed) = error.kind else { throw Fault(error, file: nil) }
      throw Fault(
        .limit, setting: .maximumMemory, "\(mebibytes(limit)) are not enough",
        remedy: .anyOf([smallestLimit(needed).map { .allowMemory(bytes: $0) }, error.remedy].compactMap { $0 }))
    }
  }
}
