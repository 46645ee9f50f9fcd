import CONNX

/// Memory for the messages of one model that is written: everything lives until the arena does.
final class MessageArena {
  private var blocks: [UnsafeMutableRawPointer] = []

  deinit { for block in blocks { block.deallocate() } }

  /// Room for `count` values, to be initialised by the caller.
  func room<T: BitwiseCopyable>(_ type: T.Type, count: Int) -> UnsafeMutablePointer<T> {
    let bytes = max(1, count) * MemoryLayout<T>.stride
    let block = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: MemoryLayout<T>.alignment)
    blocks.append(block)
    return block.bindMemory(to: type, capacity: max(1, count))
  }

  /// A copy of values.
  func copy<T: BitwiseCopyable>(_ values: [T]) -> UnsafeMutablePointer<T> {
    let place = room(T.self, count: values.count)
    place.initialize(from: values, count: values.count)
    return place
  }

  /// A C string; a name must not hold NUL.
  func string(_ text: String) -> UnsafeMutablePointer<CChar> { copy(Array(text.utf8CString)) }

  /// Pointers to messages, as repeated fields hold them.
  func list<T: BitwiseCopyable>(_ messages: [T]) -> UnsafeMutablePointer<UnsafeMutablePointer<T>?> {
    copy(messages.map { Optional(copy([$0])) })
  }
}
