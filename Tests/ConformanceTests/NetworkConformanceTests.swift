import FoundationEssentials
import Graphs
import KerasImport
import ModelFiles
import Testing

/// Networks of public libraries with what Keras computes, as `tools/check_networks` makes them.
private let folder = ProcessInfo.processInfo.environment["SEGINFER_NETWORKS"]

private let networks: [String] = {
  guard let folder else { return [] }
  return names(in: folder).map { "\(folder)/\($0)" }
    .filter { FileManager.default.fileExists(atPath: $0 + "/case.json") }
}()

@Suite(.enabled(if: folder != nil, "SEGINFER_NETWORKS names no folder of tools/check_networks: skipped"))
struct NetworkConformanceTests {
  @Test func `there are networks`() { #expect(!networks.isEmpty) }

  @Test(arguments: networks) func `the engine computes what Keras computed`(directory: String) throws {
    let reference = try ReferenceCase(directory: directory)
    let graph: Graph
    do { graph = try reference.load() } catch let error as ImportError where error.kind == .unsupported {
      print("\(reference): skipped, not supported: \(error)")
      return
    }
    #expect(!reference.dataSets.isEmpty)
    for data in reference.dataSets {
      let found = try disagreements(graph, data)
      #expect(found.isEmpty, "\(found)")
    }
  }
}
