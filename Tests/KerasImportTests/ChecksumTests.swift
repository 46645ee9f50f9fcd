import KerasImport
import ModelFiles
import TestSupport
import Testing

struct ChecksumTests {
  /// The archive has weights that are read in one piece, small ones, and bytes between them that nobody reads.
  @Test func `a bit that changed anywhere in the weights of an archive is found`() throws {
    let whole = try bytes(packageRoot + "/Fixtures/demo/model.keras")
    try #require(whole.count > 200_000)
    let scratch = try Scratch()
    #expect(failure(try scratch.write(whole, as: "whole.keras")) == nil)
    var generator = SeededNumbers(7)
    for _ in 0..<60 {
      // Behind the configuration and before the directory of the archive.
      let place = generator.pick(whole.count / 4...whole.count - 1000)
      var copy = whole
      copy[place] ^= 1 << generator.pick(0...7)
      #expect(failure(try scratch.write(copy, as: "changed.keras")) != nil, "byte \(place)")
    }
  }
}
