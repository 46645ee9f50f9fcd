import Glibc
import Synchronization

/// A fixed set of threads that claim numbered blocks of one job at a time: each the next of its own share, so that what it reads is
/// likely to be in its core's cache from the job before, and when that is done the last of another's.
///
/// Which thread runs a block is left to chance; what a block computes is not.
package final class ThreadPool: @unchecked Sendable {  // `job` changes between jobs only, published by `shares`
  let threads: Int
  private var job: (_ block: Int, _ thread: Int) -> Void = { _, _ in }
  private var generation: UInt64 = 0
  private let shares: UnsafeMutablePointer<BlockShare>
  private let completed = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let stopping = Atomic<Bool>(false)
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var workers: [pthread_t] = []

  /// `threads` includes the caller's own; at least 1.
  package init(threads: Int) {
    self.threads = max(threads, 1)
    shares = .allocate(capacity: self.threads)
    for index in 0..<self.threads { (shares + index).initialize(to: BlockShare()) }
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wake, nil)
    for index in 1..<max(self.threads, 1) where index < self.threads {
      let start = Unmanaged.passRetained(WorkerStart(pool: self, index: index))
      var thread = pthread_t()
      let status = pthread_create(
        &thread, nil,
        { argument in
          let start = Unmanaged<WorkerStart>.fromOpaque(argument!).takeRetainedValue()
          start.pool.work(thread: start.index)
          return nil
        }, start.toOpaque())
      if status == 0 { workers.append(thread) } else { start.release() }
    }
  }

  /// Runs `body` for every block and returns when all are done. Not reentrant.
  package func run(blocks: Int, _ body: (_ block: Int, _ thread: Int) -> Void) {
    if workers.isEmpty || blocks == 1 {
      for block in 0..<blocks { body(block, 0) }
      return
    }
    precondition(blocks < 1 << 24)
    withoutActuallyEscaping(body) { body in
      job = body
      completed.store(0, ordering: .relaxed)
      generation += 1
      for index in 0..<threads {
        shares[index].fill(blocks * index / threads..<blocks * (index + 1) / threads, generation: generation)
      }
      if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
        pthread_mutex_lock(mutex)
        pthread_cond_broadcast(wake)
        pthread_mutex_unlock(mutex)
      }
      while let block = claim(thread: 0) { finish(block, thread: 0) }
      var spins = 0
      while completed.load(ordering: .acquiring) < blocks {
        spins += 1
        if spins & 1023 == 0 { sched_yield() }
      }
      job = { _, _ in }
    }
  }

  /// Ends the threads; the pool must not be used afterwards.
  package func stop() {
    stopping.store(true, ordering: .sequentiallyConsistent)
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(wake)
    pthread_mutex_unlock(mutex)
    for worker in workers { pthread_join(worker, nil) }
    workers = []
  }

  deinit {
    shares.deinitialize(count: threads)
    shares.deallocate()
    pthread_cond_destroy(wake)
    pthread_mutex_destroy(mutex)
    wake.deallocate()
    mutex.deallocate()
  }

  private var hasWork: Bool { (0..<threads).contains { !shares[$0].isEmpty } }

  private func claim(thread: Int) -> Int? {
    if let block = shares[thread].takeFirst() { return block }
    for distance in 1..<max(threads, 1) {
      if let block = shares[(thread + distance) % threads].takeLast() { return block }
    }
    return nil
  }

  private func finish(_ block: Int, thread: Int) {
    job(block, thread)
    completed.wrappingAdd(1, ordering: .releasing)
  }

  private func work(thread: Int) {
    let patience = 20_000
    var spins = 0
    while !stopping.load(ordering: .relaxed) {
      if let block = claim(thread: thread) {
        finish(block, thread: thread)
        spins = 0
      } else if spins < patience {
        spins += 1
      } else {
        sleep()
        spins = 0
      }
    }
  }

  private func sleep() {
    pthread_mutex_lock(mutex)
    sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
    while !hasWork && !stopping.load(ordering: .sequentiallyConsistent) { pthread_cond_wait(wake, mutex) }
    sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(mutex)
  }
}

private final class WorkerStart {
  let pool: ThreadPool
  let index: Int
  init(pool: ThreadPool, index: Int) { (self.pool, self.index) = (pool, index) }
}
