import Foundation
import Glibc
import Testing

private let malformed = Workplace.fixtures.path + "/malformed"

private struct Refusal: Decodable { var kind: String }

/// The models below Fixtures/malformed with the exit code of each.
private let refusals: [(path: String, status: Int32)] = {
  let status: [String: Int32] = [
    "malformed": 4, "unsupported": 3, "notAModel": 3, "limit": 7, "unreadable": 5, "imports": 0,
  ]
  var result: [(path: String, status: Int32)] = []
  for directory in ["configurations", "hdf5", "keras", "zip"] {
    guard let text = FileManager.default.contents(atPath: "\(malformed)/\(directory)/expected.json"),
      let expected = try? JSONDecoder().decode([String: Refusal].self, from: text)
    else { continue }
    // Of the many for HDF5, all of which the importer's own tests load, one of four.
    for (place, (name, refusal)) in expected.sorted(by: { $0.key < $1.key }).enumerated()
    where directory != "hdf5" || place % 4 == 0 {
      result.append(("\(directory)/\(name)", status[refusal.kind] ?? -1))
    }
  }
  return result
}()

/// Hostile models given to the program: one line on stderr, the right exit code, nothing written.
struct HostileModelTests {
  private let place: Workplace

  init() throws { place = try Workplace() }

  @Test func `there are hostile models of every kind`() {
    #expect(refusals.count > 330)
    #expect(Set(refusals.map(\.status)) == [0, 3, 4, 7])
  }

  /// Each by one of the commands that read a model, in turn.
  @Test(arguments: 0..<4) func `a hostile model ends a command in one line`(part: Int) throws {
    let names = place.names
    for (number, refusal) in refusals.enumerated() where number % 4 == part && refusal.status != 0 {
      let model = "\(malformed)/\(refusal.path)"
      let arguments = [
        ["info", model], ["segment", "scene.tif", "-m", model, "-o", "o.tif"], ["convert", model, "o.onnx"],
        ["bench", model, "--runs", "1"],
      ][number / 4 % 4]
      let result = try place.run(arguments)
      let told = Comment(rawValue: "\(arguments[0]) \(refusal.path): \(result.status) \(result.errors.prefix(600))")
      let lines = result.errors.split(separator: "\n")
      #expect(result.status == refusal.status, told)
      #expect(lines.count == 1 && lines.allSatisfy { $0.hasPrefix("error: \(model): ") }, told)
      #expect(result.output.isEmpty && result.seconds < 20, told)
    }
    #expect(place.names == names)
  }

  @Test func `a model that may not be read is an I/O error`() throws {
    try place.write([UInt8](repeating: 80, count: 100), "closed.keras")
    #expect(chmod(place.path("closed.keras"), 0) == 0)
    guard access(place.path("closed.keras"), R_OK) != 0 else {
      print("skipped: the mode of a file does not bind this user")
      return
    }
    let result = try place.run(["info", "closed.keras"])
    #expect(result.status == 5 && result.errorLines.count == 1 && result.errors.contains("Permission denied"))
  }

  @Test func `wrong usage is found before a model is looked at`() throws {
    #expect(mkfifo(place.path("pipe"), 0o600) == 0)
    for model in ["pipe", "nope.keras", "\(malformed)/keras/noise.keras"] {
      try place.expectRefusal(["scene.tif", "-m", model, "-o", "o.tif", "--no-such-flag"], 2)
      try place.expectRefusal(["scene.tif", "-m", model, "-o", "o.tif", "--window", "0"], 2)
    }
  }

  @Test func `one that writes to a FIFO in place of a model is not waited for`() throws {
    #expect(mkfifo(place.path("pipe"), 0o600) == 0)
    for arguments in [["info", "pipe"], ["convert", "pipe", "o.onnx"], ["bench", "pipe"]] {
      let result = try place.run(arguments)
      #expect(result.status == 5 && result.errorLines.count == 1 && result.seconds < 10, "\(result.errors)")
    }
    try place.makeDirectory("unpacked")
    try place.copy("keras/unpacked_directory/model/config.json", "unpacked/config.json")
    #expect(mkfifo(place.path("unpacked/model.weights.h5"), 0o600) == 0)
    let result = try place.run(["info", "unpacked"])
    #expect(result.status == 5 && result.errorLines.count == 1 && result.seconds < 10, "\(result.errors)")
  }
}
