import Scenes
import Synchronization
import Testing

struct BoundedQueueTests {
  private struct Stopped: Error, Equatable { var number = 0 }

  /// What one side threw, seen by the other after it was joined.
  private final class Outcome: Sendable {
    let error = Mutex<Stopped?>(nil)
    let count = Atomic<Int>(0)
  }

  private struct NoThread: Error {}

  /// Puts 0, 1, 2... on a thread of its own.
  private func producer(
    _ queue: BoundedQueue<Int>, _ count: Int, _ outcome: Outcome, failingAt stop: Int? = nil
  ) throws -> Worker {
    let worker = Worker {
      do {
        for number in 0..<count {
          try queue.put { slot in
            if number == stop { throw Stopped(number: number) }
            slot = number
          }
          outcome.count.add(1, ordering: .relaxed)
        }
        queue.finish()
      } catch {
        outcome.error.withLock { $0 = error as? Stopped }
        queue.fail(error)
      }
    }
    guard let worker else { throw NoThread() }
    return worker
  }

  @Test(arguments: [1, 2, 3, 7, 64], [0, 1, 2, 5, 1000])
  func `elements come out once, in order, and never more than the capacity are inside`(
    capacity: Int, count: Int
  ) throws {
    let queue = BoundedQueue(capacity: capacity) { -1 }
    let outcome = Outcome()
    let worker = try producer(queue, count, outcome)
    var taken: [Int] = []
    while let number = try queue.take({ $0 }) {
      // The element that is being put is not counted, that being taken is.
      let inside = outcome.count.load(ordering: .relaxed) - taken.count
      #expect(inside <= capacity + 1)
      taken.append(number)
    }
    #expect(try queue.take { $0 } == nil)
    worker.join()
    #expect(taken == Array(0..<count))
  }

  @Test func `a full queue keeps its producer waiting until half of it is free`() throws {
    let queue = BoundedQueue(capacity: 4) { -1 }
    let outcome = Outcome()
    let worker = try producer(queue, 5, outcome)
    while outcome.count.load(ordering: .relaxed) < 4 {}
    for expected in 0..<2 { #expect(try queue.take { $0 } == expected) }
    worker.join()
    #expect(outcome.count.load(ordering: .relaxed) == 5)
    #expect(try [queue.take { $0 }, queue.take { $0 }, queue.take { $0 }, queue.take { $0 }] == [2, 3, 4, nil])
  }

  @Test(arguments: [1, 4], [0, 1, 17]) func `what the producer throws reaches the consumer`(
    capacity: Int, stop: Int
  ) throws {
    let queue = BoundedQueue(capacity: capacity) { -1 }
    let worker = try producer(queue, 100, Outcome(), failingAt: stop)
    var taken = 0
    #expect(throws: Stopped(number: stop)) {
      while let number = try queue.take({ $0 }) {
        #expect(number == taken)
        taken += 1
      }
    }
    worker.join()
    #expect(taken <= stop)
    #expect(throws: Stopped(number: stop)) { try queue.put { $0 = 0 } }
  }

  @Test(arguments: [1, 4]) func `a consumer that gives up ends the producer, and the first error stays`(
    capacity: Int
  ) throws {
    let queue = BoundedQueue(capacity: capacity) { -1 }
    let outcome = Outcome()
    let worker = try producer(queue, .max, outcome)
    for expected in 0..<9 { #expect(try queue.take { $0 } == expected) }
    queue.fail(Stopped(number: 9))
    queue.fail(Stopped(number: 10))
    worker.join()
    #expect(outcome.error.withLock { $0 } == Stopped(number: 9))
    #expect(throws: Stopped(number: 9)) { try queue.take { $0 } }
  }

  @Test func `an element whose use throws stays`() throws {
    let queue = BoundedQueue(capacity: 2) { -1 }
    try queue.put { $0 = 5 }
    queue.finish()
    #expect(throws: Stopped()) { try queue.take { _ in throw Stopped() } }
    #expect(try queue.take { $0 } == 5)
    #expect(try queue.take { $0 } == nil)
  }

  @Test func `slots are used again without being made again`() throws {
    var made = 0
    let queue = BoundedQueue(capacity: 2) {
      made += 1
      return [Int](repeating: 0, count: 4)
    }
    for number in 0..<20 {
      try queue.put { $0[0] += number }
      _ = try queue.take { #expect($0[0] == stride(from: number & 1, through: number, by: 2).reduce(0, +)) }
    }
    #expect(made == 2)
  }
}
