import Glibc
import Synchronization

/// The temporary files of this process that a signal handler removes before it ends the process.
package enum UnfinishedFiles {
  /// Nodes are never freed, and paths neither: a handler may be reading them in another thread.
  private struct Node: ~Copyable {
    /// Address of a C string; 0 where the node is free.
    let path = Atomic<UInt>(0)
    let next: UnsafeMutablePointer<Node>?
  }

  private static let head = Atomic<UInt>(0)
  private static let lock = Mutex(())

  package static func add(_ path: String) {
    guard let text = strdup(path) else { return }
    lock.withLock { _ in
      let text = UInt(bitPattern: text)
      if let free = first(where: { $0 == 0 }) {
        free.pointee.path.store(text, ordering: .releasing)
        return
      }
      let node = UnsafeMutablePointer<Node>.allocate(capacity: 1)
      node.initialize(to: Node(next: UnsafeMutablePointer(bitPattern: head.load(ordering: .relaxed))))
      node.pointee.path.store(text, ordering: .relaxed)
      head.store(UInt(bitPattern: node), ordering: .releasing)
    }
  }

  package static func remove(_ path: String) {
    lock.withLock { _ in
      let node = first { text in
        UnsafePointer<CChar>(bitPattern: text).map { strcmp($0, path) == 0 } ?? false
      }
      node?.pointee.path.store(0, ordering: .releasing)
    }
  }

  private static func first(where isWanted: (UInt) -> Bool) -> UnsafeMutablePointer<Node>? {
    var next = UnsafeMutablePointer<Node>(bitPattern: head.load(ordering: .acquiring))
    while let node = next {
      if isWanted(node.pointee.path.load(ordering: .acquiring)) { return node }
      next = node.pointee.next
    }
    return nil
  }

  /// Removes the files from the disk. Calls only what a signal handler may call, once `add` or this has been called outside of one.
  package static func unlinkAll() {
    var next = UnsafeMutablePointer<Node>(bitPattern: head.load(ordering: .acquiring))
    while let node = next {
      if let path = UnsafePointer<CChar>(bitPattern: node.pointee.path.load(ordering: .acquiring)) { unlink(path) }
      next = node.pointee.next
    }
  }
}
