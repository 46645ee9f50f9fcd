import Foundation
import Glibc
import TestSupport
import Testing

/// Results that cannot be written, names that are none, and what the machine gives.
struct FileAndMachineTests {
  private let place: Workplace
  private static let segment = ["scene.tif", "-m", "model.keras"]

  init() throws { place = try Workplace() }

  /// Runs with stdout on a device that takes nothing.
  private func runFull(_ arguments: [String]) throws -> Finished {
    let shell = ["/bin/sh", "-c", "exec \"$@\" >/dev/full", "sh"]
    return try Program.run(arguments, in: place.url.path, watcher: shell)
  }

  @Test(arguments: [
    ["info"], ["info", "--json"], ["info", "--layers"], ["--help"], ["info", "--help"], ["--version"],
    ["bench", "model.keras", "--runs", "1", "--input-shape", "32,32,3"], segment + ["--plan"],
    ["convert", "model.keras", "o.onnx"],
  ]) func `a result that stdout does not take is an I/O error`(arguments: [String]) throws {
    let result = try runFull(arguments)
    #expect(result.status == 5, "\(result.errors)")
    #expect(result.errorLines.count == 1 && result.errors.contains("standard output"), "\(result.errors)")
  }

  @Test func `a name that is too long is refused before any work, with the endings of what comes with it`() throws {
    func name(_ count: Int, _ ending: String) -> String {
      String(repeating: "n", count: count - ending.utf8.count) + ending
    }
    for option in ["--preview", "--stats"] {
      try place.expectRefusal(Self.segment + ["-o", "o.tif", option, name(256, ".x")], 2, "256 bytes", "255")
    }
    try place.expectRefusal(Self.segment + ["-o", name(248, ".tif")], 2, "256 bytes")
    for option in ["--svg", "--dot"] { try place.expectRefusal(["info", option, name(256, ".x")], 2, "256 bytes") }
    try place.expectRefusal(["convert", "model.keras", name(256, ".onnx")], 2, "256 bytes")
    try place.expectRefusal(["bench", "--output", name(256, ".npy")], 2, "256 bytes")
    try place.expectRefusal(["run", "model.keras", "--output", name(256, ".npy")], 2, "256 bytes")
    let names = [name(247, ".tif"), name(255, ".json"), name(255, ".png")]
    let arguments = ["-o", names[0], "--stats", names[1], "--preview", names[2], "-q"]
    let result = try place.run(Self.segment + arguments)
    #expect(result.status == 0, "\(result.errors)")
    #expect(Set(place.names).isSuperset(of: names + [names[0] + ".aux.xml"]))
  }

  @Test func `no command writes over what it reads, or two results into one file`() throws {
    try place.expectRefusal(["info", "model.keras", "--svg", "model.keras"], 2, "also an input")
    try place.expectRefusal(["run", "model.keras", "--output", "model.keras"], 2, "also an input")
    try place.expectRefusal(["bench", "model.keras", "--output", "./model.keras"], 2, "also an input")
    try place.expectRefusal(["info", "--svg", "a", "--dot", "a"], 2, "two outputs")
    #expect(try place.run(["info", "--svg", "/dev/null", "--dot", "/dev/null"]).status == 0)
  }

  @Test func `an instruction set that is not there is wrong usage of every command`() throws {
    for arguments in [
      ["info"], ["convert", "model.keras", "o.onnx"], ["run", "model.keras", "--output", "y.npy"], ["bench"],
      ["verify", "."], Self.segment,
    ] {
      try place.expectRefusal(arguments, 2, "SEGINFER_ISA", "nonsense", environment: ["SEGINFER_ISA": "nonsense"])
    }
    #expect(try place.run(["--help"], environment: ["SEGINFER_ISA": "nonsense"]).status == 0)
  }

  @Test(.enabled(if: access("/usr/bin/taskset", X_OK) == 0, "taskset is not installed"))
  func `threads are those that the process may run on`() throws {
    let first = try Program.run(
      Self.segment + ["--plan"], in: place.url.path, watcher: ["/usr/bin/taskset", "-c", "0"])
    #expect(first.output.hasSuffix("threads: 1\n"), "\(first.output)\(first.errors)")
  }

  @Test func `a run says by which option it gets its input, and bench by which its size`() throws {
    try place.expectRefusal(["run", "model.keras", "--output", "y.npy"], 2, "--input")
  }

  @Test(arguments: [[1, 40, 48, 2], [1, 8, 8, 2], [1, 1, 1, 1], [2, 40, 48, 2], [1, 40, 48, 0]])
  func `an output that is the same for all images is no mask`(dims: [Int]) throws {
    let constant = TestModel.floats("c", dims)
    let model = TestModel(
      nodes: [TestModel.node("Relu", ["c"], ["y"])], initializers: [constant], inputs: [("x", [1, 0, 0, 3])])
    try place.write(model.bytes, "constant.onnx")
    try place.expectRefusal(["scene.tif", "-m", "constant.onnx", "-o", "o.tif"], 3, "does not depend on the image")
    #expect(try place.run(["info", "constant.onnx"]).status == 0)
    #expect(try place.run(["convert", "constant.onnx", "o.onnx"]).status == 0)
  }

  @Test(arguments: [3e8, 1e160, .infinity, .nan]) func `pixels of any size give a mask`(size: Double) throws {
    let text = """
      <VRTDataset rasterXSize="48" rasterYSize="40"><SRS>EPSG:32633</SRS><GeoTransform>0,\(size),0,0,0,-\(size)</GeoTransform>
      \((1...3).map { "<VRTRasterBand dataType=\"Byte\" band=\"\($0)\"><SimpleSource><SourceFilename relativeToVRT=\"1\">scene.tif</SourceFilename><SourceBand>\($0)</SourceBand></SimpleSource></VRTRasterBand>" }.joined())
      </VRTDataset>
      """
    try place.write(text.utf8, "large.vrt")
    let result = try place.run([
      "large.vrt", "-m", "model.keras", "-o", "o.tif", "--stats", "s.json", "--progress", "json",
    ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(try JSONSerialization.jsonObject(with: Data(#require(place.bytes("s.json")))) is [String: Any])
    for line in result.errors.split(separator: "\n") where line.hasPrefix("{") {
      #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any])
    }
  }
}
