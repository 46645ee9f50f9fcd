import Diagnostics
import FoundationEssentials
import Graphs
import KerasImport
import ModelFiles
import Ops
import Tensors
import Testing

private let malformed = packageRoot + "/Fixtures/malformed/"
private let containers = packageRoot + "/Fixtures/containers/"

/// What a file must end with, as the script says that wrote it.
private struct Refusal: Decodable {
  var kind: String
  var site: String?
  var says: [String]

  static func all(_ directory: String) -> [String: Refusal] {
    (try? JSONDecoder().decode([String: Refusal].self, from: Data(bytes(malformed + directory + "/expected.json"))))
      ?? [:]
  }
}

private let archives = Refusal.all("zip")
private let weights = Refusal.all("hdf5")

private func names(_ directory: String) -> [String] {
  ((try? FileManager.default.contentsOfDirectory(atPath: containers + directory)) ?? []).sorted()
}

private func expectRefusal(_ path: String, _ expected: Refusal?) throws {
  let expected = try #require(expected)
  let error = try #require(failure(path), "it was imported")
  #expect("\(error.kind)" == expected.kind, "\(error)")
  if let site = expected.site { #expect(error.site == site, "\(error)") }
  for words in expected.says { #expect(error.description.contains(words), "\(error)") }
  #expect(!error.what.isEmpty && !error.description.contains("\n"))
}

/// The weights of a model, and what it makes of some image.
private struct Meaning: Equatable {
  var constants: [String: Tensor] = [:]
  var outputs: [Tensor]

  init(_ path: String) throws {
    let graph = try importKeras(path: path).graph
    for node in graph.nodes { if let constant = node.op as? Constant { constants[node.name] = constant.tensor } }
    let input = graph.nodes[try #require(graph.inputs.first)]
    let shape = Shape(input.types[0].dims.map { $0 ?? 1 })
    let image = Tensor(shape, (0..<shape.count).map { Float($0 * 7 % 31) / 16 - 1 })
    outputs = try graph.evaluate([input.name: image])
  }
}

struct HostileFilesTests {
  @Test(arguments: archives.keys.sorted()) func `an archive that is not what it says is refused`(name: String) throws {
    try expectRefusal("\(malformed)zip/\(name)", archives[name])
  }

  @Test(arguments: weights.keys.sorted()) func `damaged or hostile weights are refused where they are bad`(
    name: String
  ) throws { try expectRefusal("\(malformed)hdf5/\(name)", weights[name]) }

  @Test func `there are as many as the scripts write`() {
    #expect(archives.count >= 95)
    #expect(weights.count >= 350)
    #expect(names("zip").count >= 22)
    #expect(names("hdf5").count >= 118)
  }

  @Test(arguments: names("zip")) func `an archive by any honest writer holds the same model`(name: String) throws {
    let good = try Meaning(malformed + "keras/good.keras")
    let isSame = try Meaning("\(containers)zip/\(name)") == good
    #expect(isSame)
    #expect(try sniff(path: "\(containers)zip/\(name)") == .kerasArchive)
  }

  @Test(arguments: names("hdf5")) func `weights are the same however HDF5 keeps them`(name: String) throws {
    let good = try Meaning(containers + "hdf5/default.keras")
    #expect(good.constants.count == 2 && good.outputs.first?.shape == [1, 4, 5, 32])
    let isSame = try Meaning("\(containers)hdf5/\(name)") == good
    #expect(isSame)
  }
}
