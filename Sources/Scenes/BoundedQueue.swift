#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A ring of slots that one thread fills and another empties, in order: whoever is ahead waits.
///
/// Who had to wait goes on when half of the slots are ready for it, so that the two do not wake each other for every element.
/// Slots are made once and used again, in place, so that nothing is allocated while elements pass. Either side may end the queue with an
/// error, which both sides then throw at once; elements that are still in it are dropped.
package final class BoundedQueue<Slot>: @unchecked Sendable {  // a slot has one side at a time, the rest has `mutex`
  package let capacity: Int
  private let slots: UnsafeMutableBufferPointer<Slot>
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  /// Elements put and taken so far.
  private var (filled, emptied) = (0, 0)
  private var isFinished = false
  private var failure: (any Error)?
  private var (putWait, takeWait) = (Duration.zero, Duration.zero)

  /// `capacity` is at least 1; `make` makes a slot.
  package init(capacity: Int, _ make: () -> Slot) {
    precondition(capacity > 0)
    self.capacity = capacity
    slots = .allocate(capacity: capacity)
    for index in slots.indices { slots.initializeElement(at: index, to: make()) }
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
    slots.deinitialize()
    slots.deallocate()
  }

  /// Waits for a free slot and fills it. What `fill` throws passes through and puts nothing.
  ///
  /// Errors: those of `fill`, and what `fail` was told.
  package func put(_ fill: (inout Slot) throws -> Void) throws {
    let index = try withLock {
      if filled - emptied == capacity { putWait += wait { filled - emptied <= capacity / 2 } }
      if let failure { throw failure }
      precondition(!isFinished, "the queue is finished")
      return filled % capacity
    }
    try fill(&slots[index])
    withLock {
      filled += 1
      if filled - emptied == (capacity + 1) / 2 { pthread_cond_signal(changed) }
    }
  }

  /// Waits for the next element and uses it; `nil` when the queue is finished and empty. What `use` throws passes through, and the
  /// element stays.
  ///
  /// Errors: those of `use`, and what `fail` was told.
  package func take<Result>(_ use: (inout Slot) throws -> Result) throws -> Result? {
    let index: Int? = try withLock {
      if filled == emptied { takeWait += wait { filled - emptied >= (capacity + 1) / 2 || isFinished } }
      if let failure { throw failure }
      return filled > emptied ? emptied % capacity : nil
    }
    guard let index else { return nil }
    let result = try use(&slots[index])
    withLock {
      emptied += 1
      if filled - emptied == capacity / 2 { pthread_cond_signal(changed) }
    }
    return result
  }

  /// Says that nothing more will be put.
  package func finish() {
    withLock {
      isFinished = true
      pthread_cond_signal(changed)
    }
  }

  /// Ends the queue for both sides; the first error told is the one they throw.
  package func fail(_ error: any Error) {
    withLock {
      if failure == nil { failure = error }
      pthread_cond_broadcast(changed)
    }
  }

  /// Time that `put` has waited for a free slot, and `take` for an element.
  package var waited: (put: Duration, take: Duration) { withLock { (putWait, takeWait) } }

  /// Waits, with the lock held, until a condition holds or the queue has failed; returns for how long.
  private func wait(until isReady: () -> Bool) -> Duration {
    let start = ContinuousClock.now
    while !isReady() && failure == nil { pthread_cond_wait(changed, mutex) }
    return ContinuousClock.now - start
  }

  private func withLock<Result>(_ body: () throws -> Result) rethrows -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body()
  }
}
