import Glibc
import Synchronization

/// The temporary files of this process that a signal handler removes before it ends the process.
package enum UnfinishedFiles {
  /// Nodes are never freed, nor used again: a handler may be reading them in another thread.
  private struct Node: ~Copyable {
    let path: UnsafeMutablePointer<CChar>
    let isUnfinished = Atomic<Bool>(true)
    let next: UnsafeMutablePointer<Node>?
  }

  private static let head = Atomic<UInt>(0)
  private static let lock = Mutex(())

  package static func add(_ path: String) {
    guard let path = strdup(path) else { return }
    lock.withLock { _ in
      let node = UnsafeMutablePointer<Node>.allocate(capacity: 1)
      node.initialize(
        to: Node(path: path, next: UnsafeMutablePointer(bitPattern: head.load(ordering: .relaxed))))
      head.store(UInt(bitPattern: node), ordering: .releasing)
    }
  }

  package static func remove(_ path: String) {
    lock.withLock { _ in
      forEach { node in
        if strcmp(node.pointee.path, path) == 0 { node.pointee.isUnfinished.store(false, ordering: .releasing) }
      }
    }
  }

  private static func forEach(_ body: (UnsafeMutablePointer<Node>) -> Void) {
    var next = UnsafeMutablePointer<Node>(bitPattern: head.load(ordering: .acquiring))
    while let node = next {
      body(node)
      next = node.pointee.next
    }
  }

  /// Removes the files from the disk. Calls only what a signal handler may call, once `add` or this has been called outside of one.
  package static func unlinkAll() {
    forEach { node in
      if node.pointee.isUnfinished.load(ordering: .acquiring) { unlink(node.pointee.path) }
    }
  }
}
