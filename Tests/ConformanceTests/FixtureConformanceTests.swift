import Graphs
import Tensors
import Testing

struct FixtureConformanceTests {
  @Test func `there are cases of every group`() {
    let groups = Set(fixtureDirectories.map { String($0.split(separator: "/").dropLast().last ?? "") })
    #expect(groups.isSuperset(of: ["keras", "families"]))
    #expect(fixtureDirectories.count >= 32)
  }

  @Test(arguments: fixtureDirectories) func `the engine computes what the reference implementation computed`(
    directory: String
  ) throws {
    let reference = try ReferenceCase(directory: directory)
    let graph = try reference.load()
    #expect(!reference.dataSets.isEmpty)
    for data in reference.dataSets {
      let found = try disagreements(graph, data)
      #expect(found.isEmpty, "\(found)")
    }
  }

  @Test(arguments: fixtureDirectories.filter { ((try? ReferenceCase(directory: $0).layers) ?? []).count > 0 })
  func `every layer computes what it computed in the reference implementation`(directory: String) throws {
    let reference = try ReferenceCase(directory: directory)
    let graph = try reference.load()
    let outputs = try reference.layers.map { layer in
      Graph.Output(name: layer.name, value: try #require(graph.layer(layer.name), "no layer \(layer.name)"))
    }
    for data in reference.dataSets {
      let results = try run(graph.selectingOutputs(outputs), data.feed(graph))
      for (layer, result) in zip(reference.layers, results) {
        let found = disagreement(result, try tensor("\(data.directory)/\(layer.file)"))
        #expect(found == nil, "\(layer.name): \(found ?? "")")
      }
    }
  }

  @Test func `three families have references for every layer`() throws {
    for family in ["unet", "simple", "deeplabv3plus"] {
      let reference = try ReferenceCase(directory: packageRoot + "/Fixtures/families/" + family)
      #expect(reference.layers.count >= 7)
    }
  }
}
