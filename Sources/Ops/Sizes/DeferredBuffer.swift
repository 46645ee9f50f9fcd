import Kernels
import Synchronization

/// Floats that are written when they are first needed: until then neither they nor what they are made from take memory twice.
final class DeferredBuffer: Sendable {
  typealias Fill = @Sendable (UnsafeMutablePointer<Float>) -> Void

  private let memory: AlignedBuffer
  private let pending: Mutex<Fill?>

  /// `count` floats that `fill` writes; they are 0 before.
  init(count: Int, fill: @escaping Fill) {
    memory = AlignedBuffer(count: count)
    pending = Mutex(fill)
  }

  /// Writes the floats, once, and lets go of what they are made from.
  func load() {
    pending.withLock { fill in
      fill?(memory.base)
      fill = nil
    }
  }

  /// Valid after `load`.
  var base: UnsafePointer<Float> { UnsafePointer(memory.base) }

  var byteCount: Int { memory.byteCount }
}
