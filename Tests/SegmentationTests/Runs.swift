import Engine
import Graphs
import Scenes
import Segmentation
import Tensors
import TestSupport
import Testing

/// The scores of a scene as they were emitted, with a check that every pixel was, once, from top to bottom.
struct Emitted {
  private(set) var bits: [UInt32]
  private var times: [Int]
  private var lastRow: [Range<Int>: Int] = [:]
  private let size: PixelSize
  private let scores: Int

  init(_ size: PixelSize, scores: Int) {
    (self.size, self.scores) = (size, scores)
    bits = [UInt32](repeating: 0, count: size.width * size.height * scores)
    times = [Int](repeating: 0, count: size.width * size.height)
  }

  mutating func take(_ y: Int, _ columns: Range<Int>, _ values: UnsafePointer<Float>) {
    #expect(y == lastRow[columns].map { $0 + 1 } ?? 0, "columns \(columns)")
    lastRow[columns] = y
    for (i, x) in columns.enumerated() {
      times[y * size.width + x] += 1
      for c in 0..<scores { bits[(y * size.width + x) * scores + c] = values[i * scores + c].bitPattern }
    }
  }

  func expectComplete() { #expect(times.allSatisfy { $0 == 1 }) }
}

extension Plan {
  /// Channels of the first output.
  var scoresPerPixel: Int { outputTypes[0].type.dims[3] ?? 0 }
}

extension Scene {
  func read(_ y: Int, _ row: UnsafeMutablePointer<Float>) {
    for i in 0..<size.width * 3 { row[i] = pixels[y * size.width * 3 + i] }
  }

  /// Runs the scene exactly; the bit patterns of all scores.
  func scores(_ run: ExactRun, threads: Int = 2) throws -> [UInt32] {
    var emitted = Emitted(size, scores: run.scores)
    try run.run(Session(run.plan, threads: threads), readRow: read) { emitted.take($0, $1, $2) }
    emitted.expectComplete()
    return emitted.bits
  }

  /// Runs the scene in windows; the bit patterns of all scores.
  func scores(_ run: WindowRun) throws -> [UInt32] {
    var emitted = Emitted(size, scores: run.scores)
    try run.run(Session(run.plan, threads: 2), readRow: read) { emitted.take($0, $1, $2) }
    emitted.expectComplete()
    return emitted.bits
  }

  /// One pass over the scene padded by reflection, cut to the scene.
  func scoresOfOnePass(_ model: SceneModel, modulus: PixelSize) throws -> [UInt32] {
    let input = padded(to: modulus)
    let whole = PixelSize(width: input.shape[2], height: input.shape[1])
    let output = try Session(model.plan(whole), threads: 1).run([model.inputName: input])[0].bits
    return (0..<size.height).flatMap { y in
      output[y * whole.width * model.scores..<(y * whole.width + size.width) * model.scores]
    }
  }
}
