import Diagnostics
import FoundationEssentials
import Glibc
import Graphs
import KerasImport
import ModelFiles
import Testing

/// Weights of Keras 3.10 in two files, in a directory of their own that tests may change.
private struct Shards {
  static let source = packageRoot + "/Fixtures/writers/keras3.10.0_sharded/"
  let scratch: Scratch
  let names: [String]

  init() throws {
    scratch = try Scratch()
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.source)
    names = files.filter { $0.hasSuffix(".h5") }.sorted()
    for name in names + ["model.json", "model.weights.json"] {
      _ = try scratch.write(try bytes(Self.source + name), as: name)
    }
  }

  var index: String { scratch.path + "/model.weights.json" }
  func path(_ place: Int) -> String { scratch.path + "/" + names[place] }

  /// Replaces a text in the index.
  func edit(_ old: String, _ new: String) throws {
    let text = String(decoding: try bytes(index), as: UTF8.self)
    #expect(text.contains(old))
    _ = try scratch.write(Array(text.replacing(old, with: new).utf8), as: "model.weights.json")
  }

  func write(index text: String) throws { _ = try scratch.write(Array(text.utf8), as: "model.weights.json") }

  func failure() -> ImportError? {
    KerasImportTests.failure(index, architecture: scratch.path + "/model.json")
  }

  /// The import must fail in one line that contains `text`.
  func expectFailure(_ kind: ImportError.Kind, _ site: String, _ text: String) {
    let error = failure()
    #expect(error == ImportError(kind, site, ""), "\(error.map(String.init(describing:)) ?? "imported")")
    #expect(error?.description.contains(text) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("\n") == false)
  }
}

struct ShardedWeightsTests {
  @Test func `a layer may lie in several files`() throws {
    let shards = try Shards()
    #expect(shards.names.count >= 2)
    let model = try importKeras(path: shards.index, architecture: shards.scratch.path + "/model.json")
    #expect(model.description.kind == .shardedWeights && model.description.weightsFile == shards.index)
    let reversed = try importKeras(path: shards.scratch.path + "/model.json", weights: shards.index)
    #expect("\(model.graph)" == "\(reversed.graph)")
    #expect(try sniff(path: shards.index) == .shardedWeights)
  }

  @Test func `weights alone want an architecture`() throws {
    let shards = try Shards()
    let error = try #require(failure(shards.index))
    #expect(error.kind == .unsupported && error.remedy?.advice?.contains("also name the architecture") == true)
  }

  @Test(arguments: [
    "../model_00000.weights.h5", "/etc/passwd", "folder/model_00000.weights.h5", "..", ".", "", "a\\\\b.h5",
    "model_00000.weights.h5\\u0000.h5", "./model_00000.weights.h5", "\\u001b[31m\\n../x",
  ])
  func `names that lead out of the directory are refused`(name: String) throws {
    let shards = try Shards()
    try shards.edit(shards.names[0], name)
    shards.expectFailure(.malformed, shards.index, "which is no name within the index's own directory")
  }

  @Test func `links are refused, wherever they lead`() throws {
    let shards = try Shards()
    let target = shards.scratch.path + "/target"
    try FileManager.default.moveItem(atPath: shards.path(0), toPath: target)
    symlink(target, shards.path(0))
    shards.expectFailure(.malformed, shards.path(0), "is a link")
    unlink(target)
    mkfifo(target, 0o600)
    shards.expectFailure(.malformed, shards.path(0), "is a link")
  }

  @Test func `files that are missing or none are refused`() throws {
    let shards = try Shards()
    unlink(shards.path(1))
    shards.expectFailure(.missingFile, shards.path(1), "the file belongs to the weights of")
    mkfifo(shards.path(1), 0o600)
    shards.expectFailure(.unreadable, shards.path(1), "is not a regular file")
    unlink(shards.path(1))
    mkdir(shards.path(1), 0o700)
    shards.expectFailure(.malformed, shards.path(1), "is a directory")
    rmdir(shards.path(1))
    _ = try shards.scratch.write(Array("version https://git-lfs.github.com/spec/v1\n".utf8), as: shards.names[1])
    shards.expectFailure(.malformed, shards.path(1), "git lfs pull")
  }

  @Test func `a group must lie where the index has it, once`() throws {
    let shards = try Shards()
    let whole = try bytes(shards.path(0))
    // What the second file held is gone, what the first holds is there twice.
    _ = try shards.scratch.write(whole, as: shards.names[1])
    #expect(shards.failure()?.kind == .malformed)
    #expect(shards.failure()?.site == shards.path(1))

    let twice = try Shards()
    _ = try twice.scratch.write(whole, as: "copy.h5")
    try twice.edit("\"\(twice.names[0])\"", "[\"\(twice.names[0])\", \"copy.h5\"]")
    twice.expectFailure(.malformed, twice.path(0), "as another file of these weights does")
  }

  @Test func `what the index places nowhere is refused`() throws {
    let shards = try Shards()
    try shards.edit("/layers/conv2d/vars", "/layers/other/vars")
    shards.expectFailure(.malformed, shards.path(0), "which \(shards.index) does not list")
    let listed = try Shards()
    try listed.edit("\"weight_map\": {", "\"weight_map\": {\"/layers/none/vars\": \"\(listed.names[0])\",")
    listed.expectFailure(.malformed, listed.path(0), "has no datasets in layers/none/vars")
  }

  @Test(arguments: [
    "[]", "\"a\"", "null", "{\"/layers/conv2d/vars\": 1}", "{\"/layers/conv2d/vars\": []}",
    "{\"/layers/conv2d/vars\": [\"model_00000.weights.h5\", 1]}", "{\"/a/vars\": \"b\", \"a/vars\": \"b\"}",
  ])
  func `an index that makes no sense is refused`(map: String) throws {
    let shards = try Shards()
    try shards.write(index: "{\"metadata\": {}, \"weight_map\": \(map)}")
    shards.expectFailure(.malformed, shards.index, "weight_map")
  }

  @Test func `an index may name only so many files`() throws {
    let shards = try Shards()
    let map = (0...1000).map { "\"/layers/conv2d_\($0)/vars\": \"\($0).h5\"" }.joined(separator: ", ")
    try shards.write(index: "{\"metadata\": {}, \"weight_map\": {\(map)}}")
    shards.expectFailure(.limit, shards.index, "at most 1000 are accepted")
  }

  @Test func `every damage to a file of the weights ends in an error or a model`() throws {
    let shards = try Shards()
    let whole = try bytes(shards.path(1))
    for count in stride(from: 0, to: whole.count - 1, by: max(1, whole.count / 40)) {
      _ = try shards.scratch.write(Array(whole[..<count]), as: shards.names[1])
      let error = try #require(shards.failure(), "cut to \(count) bytes")
      #expect(error.kind == .malformed, "cut to \(count) bytes: \(error)")
    }
  }

  @Test func `an index in memory has no files beside it`() throws {
    let image = try bytes(Shards.source + "model.weights.json")
    #expect(throws: ImportError.self) {
      try image.withUnsafeBytes { try importKeras(bytes: $0, name: "memory") }
    }
  }
}
