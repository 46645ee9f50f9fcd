import Engine
import Graphs
import Passes
import Tensors
import TestSupport
import Testing

struct StreamTests {
  private struct Stopped: Error, Equatable {
    var row: Int
  }

  /// Streams an image; the closures are told each row before it is handled and may throw.
  private func stream(
    _ session: Session, _ image: Tensor, onRead: (Int) throws -> Void = { _ in },
    onWrite: (Int) throws -> Void = { _ in }
  ) throws -> [UInt32] {
    let pixels = image.floats
    let (inputRow, outputRow) = (image.shape[2] * 3, image.shape[2] * 4)
    var result: [UInt32] = []
    try session.stream { (y, row) throws(any Error) in
      try onRead(y)
      for i in 0..<inputRow { row[i] = pixels[y * inputRow + i] }
    } write: { (y, row) throws(any Error) in
      try onWrite(y)
      for i in 0..<outputRow { result.append(row[i].bitPattern) }
    }
    return result
  }

  private func session(_ height: Int, _ width: Int) throws -> Session {
    try Session(planned(specialised(Passes.optimised(uNet(), kernels: .underTest).graph, height, width)), threads: 2)
  }

  @Test func `streamed rows are those of a run on whole tensors, each asked for and given once in order`() throws {
    let session = try session(38, 22)
    let scene = image(38, 22)
    var read: [Int] = []
    var written: [Int] = []
    let result = try stream(session, scene) {
      read.append($0)
    } onWrite: {
      written.append($0)
    }
    #expect(read == Array(0..<38))
    #expect(written == Array(0..<38))
    #expect(result == (try session.run(["image": scene])[0].bits))
  }

  @Test(arguments: [0, 5, 37]) func `what a closure throws ends the run, and the session runs again`(row: Int) throws {
    let session = try session(38, 22)
    let (first, second) = (image(38, 22), image(38, 22, seed: 8))
    let expected = try self.session(38, 22).run(["image": second])[0].bits

    var calls = 0
    let fromRead = #expect(throws: Stopped.self) {
      try stream(session, first) { y in
        calls += 1
        if y == row { throw Stopped(row: y) }
      }
    }
    #expect(fromRead == Stopped(row: row))
    #expect(calls == row + 1)
    #expect(try stream(session, second) == expected)

    let fromWrite = #expect(throws: Stopped.self) {
      try stream(session, first, onWrite: { y in if y == row { throw Stopped(row: y) } })
    }
    #expect(fromWrite == Stopped(row: row))
    #expect(try session.run(["image": second])[0].bits == expected)
  }
}
