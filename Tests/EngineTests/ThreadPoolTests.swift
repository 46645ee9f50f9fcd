import Engine
import Testing

struct ThreadPoolTests {
  @Test(arguments: [1, 2, 3, 8]) func `every block runs once, on a thread of the pool`(threads: Int) {
    let pool = ThreadPool(threads: threads)
    defer { pool.stop() }
    let most = 1000
    // One row of counters per thread: no two threads write the same one.
    let counts = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: threads * most)
    defer { counts.deallocate() }
    for generation in 0..<400 {
      let blocks = [0, 1, 2, 7, most][generation % 5]
      counts.initialize(repeating: 0)
      pool.run(blocks: blocks) { block, thread in counts[thread * most + block] += 1 }
      let wrong = (0..<most).filter { block in
        let runs = (0..<threads).reduce(0) { $0 + Int(counts[$1 * most + block]) }
        return runs != (block < blocks ? 1 : 0)
      }
      #expect(wrong.isEmpty, "generation \(generation) of \(blocks) blocks")
    }
  }

  @Test func `what a job wrote is visible when it has ended`() {
    let pool = ThreadPool(threads: 3)
    defer { pool.stop() }
    let values = UnsafeMutableBufferPointer<Int>.allocate(capacity: 64)
    defer { values.deallocate() }
    values.initialize(repeating: 0)
    // More jobs than the pool's 16-bit generation counts.
    let jobs = 70_000
    for _ in 0..<jobs { pool.run(blocks: 2) { block, _ in values[block] += 1 } }
    #expect(values[0] == jobs && values[1] == jobs)
  }
}
