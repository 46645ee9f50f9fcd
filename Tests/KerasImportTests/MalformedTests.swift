import Diagnostics
import FoundationEssentials
import KerasImport
import ModelFiles
import TestSupport
import Testing

private let directory = packageRoot + "/Fixtures/malformed/keras"

private struct Expected: Decodable {
  var kind: String
  var site: String?
}

private let expected: [String: Expected] =
  (try? JSONDecoder().decode([String: Expected].self, from: Data(bytes(directory + "/expected.json")))) ?? [:]

struct MalformedTests {
  @Test(arguments: expected.keys.sorted()) func `a bad file is refused where it is bad`(name: String) throws {
    let expected = try #require(expected[name])
    let path = "\(directory)/\(name)"
    let error = try #require(failure(path), "it was imported")
    #expect("\(error.kind)" == expected.kind, "\(error)")
    #expect(error.site == expected.site ?? printable(path), "\(error)")
    #expect(!error.what.isEmpty && !error.description.contains("\n"))
  }

  @Test func `there are malformed files of every kind`() {
    #expect(expected.count >= 90)
    #expect(Set(expected.values.map(\.kind)) == ["malformed", "unsupported", "notAModel", "limit"])
  }

  @Test(arguments: ["good.keras", "good.h5", "good_hard_link_cycle.keras"])
  func `the files from which bad ones are made are good`(name: String) {
    #expect(failure("\(directory)/\(name)") == nil)
  }

  @Test func `custom layers are listed all at once`() throws {
    let error = try #require(failure(directory + "/custom_ten.keras"))
    for index in 0..<10 { #expect(error.what.contains("my>C\(index)")) }
  }

  @Test func `truncated archives never import`() throws {
    let whole = try bytes(directory + "/good.keras")
    let scratch = try Scratch()
    for count in stride(from: 0, to: whole.count - 1, by: 97) {
      let path = try scratch.write(Array(whole[..<count]), as: "cut.keras")
      #expect(failure(path) != nil, "cut to \(count) bytes")
    }
  }

  @Test func `damaged HDF5 files end in an error or a model, never in a crash`() throws {
    let whole = try bytes(directory + "/good.h5")
    let scratch = try Scratch()
    var generator = SeededNumbers(42)
    var failures = 0
    let count = Int(ProcessInfo.processInfo.environment["SEGINFER_FUZZ"] ?? "") ?? 100
    for _ in 0..<count {
      var copy = whole
      for _ in 0..<8 { copy[Int(generator.next() % UInt64(copy.count))] = UInt8(truncatingIfNeeded: generator.next()) }
      if failure(try scratch.write(copy, as: "damaged.h5")) != nil { failures += 1 }
    }
    #expect(failures > 0)
  }

  @Test func `missing files, directories and devices are told apart`() throws {
    let scratch = try Scratch()
    #expect(failure(scratch.path + "/none.keras") == ImportError(.missingFile, scratch.path + "/none.keras", ""))
    #expect(failure(scratch.path)?.kind == .notAModel)
    #expect(failure("/dev/zero") == ImportError(.unreadable, "/dev/zero", ""))
  }
}
