import Foundation
import Tensors
import Testing

/// `run`, `verify`, `bench` and `info`.
struct TensorCommandTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.copy("keras/functional_unet", "case")
  }

  private func tensor(_ name: String) throws -> Tensor { try Tensor(npy: try #require(place.bytes(name))) }

  private func run(_ options: String...) throws {
    let arguments = ["run", "model.keras", "--input", "case/test_data_set_0/input_0.npy"] + options
    let result = try place.run(arguments)
    #expect(result.status == 0, "\(options): \(result.errors)")
    #expect(result.errors.isEmpty && result.output.isEmpty)
  }

  @Test func `kernels, plain definitions and the graph as imported agree`() throws {
    try run("--output", "fast.npy")
    try run("--output", "classes=imported.npy", "--no-optimize")
    try run("--output", "plain.npy", "--reference", "--no-optimize")
    let expected = try tensor("case/test_data_set_0/output_0.npy")
    for name in ["fast.npy", "imported.npy", "plain.npy"] {
      let result = try tensor(name)
      #expect(result.type == expected.type)
      let error = zip(result.floats, expected.floats).map { abs($0 - $1) }.max() ?? .infinity
      #expect(error < 1e-5, "\(name): \(error)")
    }
  }

  @Test func `the dump of the last layer is the output`() throws {
    try run("--output", "y.npy", "--dump", "classes=last.npy")
    #expect(try tensor("y.npy") == tensor("last.npy"))
  }

  @Test func `layers that were fused keep their values`() throws {
    for layer in ["enc0_relu", "enc1_pool", "conv2d", "dec1_conv", "dec0_up"] {
      try run("--dump", "\(layer)=fused.npy")
      try run("--dump", "\(layer)=imported.npy", "--no-optimize", "--reference")
      let (fused, imported) = (try tensor("fused.npy"), try tensor("imported.npy"))
      #expect(fused.type == imported.type)
      let scale = imported.floats.map(abs).max() ?? 0
      let error = zip(fused.floats, imported.floats).map { abs($0 - $1) }.max() ?? .infinity
      #expect(scale > 0 && error < 1e-5 * max(scale, 1), "\(layer): \(error) of \(scale)")
    }
  }

  @Test func `wrong tensors and names are refused`() throws {
    let input = "case/test_data_set_0/input_0.npy"
    let start = ["run", "model.keras", "--output"]
    try place.expectRefusal(start + ["y.npy"], 2, "image", "no value")
    try place.expectRefusal(start + ["y.npy", "--input", "nope.npy"], 5, "nope.npy")
    try place.expectRefusal(start + ["y.npy", "--input", input, "--input", input], 2, "--input")
    try place.expectRefusal(start + ["nope=y.npy", "--input", input], 2, "nope", "classes")
    try place.expectRefusal(start + ["missing/y.npy", "--input", input], 5, "missing/y.npy")
    try place.expectRefusal(start + ["y.npy", "--input", input, "--dump", "nope=d.npy"], 2, "nope")
    try place.write(Tensor(Shape([3]), [1, 2, 3]).npyBytes(), "flat.npy")
    try place.expectRefusal(start + ["y.npy", "--input", "flat.npy"], 2, "image")
    try place.write("no array".utf8, "text.npy")
    try place.expectRefusal(start + ["y.npy", "--input", "text.npy"], 4, "text.npy")
  }

  @Test func `verify passes on fixtures and fails on an altered one`() throws {
    let keras = Workplace.fixtures.appending(path: "keras").path
    let cases = try FileManager.default.contentsOfDirectory(atPath: keras).sorted().map { keras + "/" + $0 }
    #expect(cases.count > 10)
    let good = try place.run(["verify"] + cases)
    #expect(good.status == 0, "\(good.output)\(good.errors)")

    let path = "case/test_data_set_0/output_0.npy"
    var bytes = try #require(place.bytes(path))
    bytes.replaceSubrange((bytes.count - 4)..., with: [0, 0, 0x80, 0x41])
    try place.write(bytes, path)
    let bad = try place.run(["verify", "case"])
    #expect(bad.status == 1)
    #expect(bad.output.hasPrefix("DIFFERS \(path)"))
    #expect(bad.errorLines == ["error: 1 of 1 outputs differ"])
  }

  @Test func `of several arguments those that hold no case are passed over, those that are missing are not`() throws {
    try place.makeDirectory("empty")
    let mixed = try place.run(["verify", "case", "empty", "scene.tif"])
    #expect(mixed.status == 0)
    #expect(mixed.errors.contains("passed over: empty") && mixed.errors.contains("passed over: scene.tif"))
    try place.expectRefusal(["verify", "case", "nope"], 5, "nope")
    try place.expectRefusal(["verify", "empty", "scene.tif"], 2, "no test_data_set_*")
  }

  @Test func `verify names what is missing`() throws {
    try place.expectRefusal(["verify", "nope"], 5, "nope")
    try place.expectRefusal(["verify", "model.keras", "--data", "nope"], 5, "nope")
    try place.makeDirectory("empty")
    try place.expectRefusal(["verify", "empty"], 5, "empty", "model.")
  }

  @Test func `bench prints a line of JSON with the agreed keys`() throws {
    struct Report: Decodable {
      var load_s: Double, first_s: Double, times: [Double], threads: Int, isa: String, peak_rss_bytes: Int, gmac: Double
    }
    let result = try place.run(
      ["bench", "model.keras", "--json", "--runs", "3", "-t", "2", "--input-shape", "32,48,3"],
      environment: ["SEGINFER_ISA": "baseline"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.split(separator: "\n").count == 1)
    let report = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
    #expect(report.times.count == 3 && report.times.allSatisfy { $0 > 0 })
    #expect(report.load_s > 0 && report.first_s > 0 && report.gmac > 0 && report.peak_rss_bytes > 1 << 20)
    #expect(report.threads == 2 && report.isa == "baseline")
  }

  @Test func `a profile holds every layer against the roofline`() throws {
    struct Layer: Decodable {
      var name: String, kernel: String, seconds: Double, visits: Int, gmac: Double, bytes: Double, bound: String
      var share_of_peak: Double, share_of_bound: Double
    }
    struct Report: Decodable { var gmac: Double, peak_gflops: Double, memory_gb_per_s: Double, layers: [Layer] }
    let arguments = ["bench", "model.keras", "--profile", "--runs", "2", "-t", "1", "--input-shape", "32,48,3"]
    let result = try place.run(arguments + ["--json"])
    #expect(result.status == 0 && result.output.split(separator: "\n").count == 1, "\(result.errors)")
    let report = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
    #expect(report.peak_gflops > 0.1 && report.memory_gb_per_s > 0.01)
    #expect(abs(report.layers.reduce(0) { $0 + $1.gmac } - report.gmac) < 1e-9)
    for layer in report.layers {
      #expect(layer.seconds > 0 && layer.visits > 0 && layer.share_of_bound > 0, "\(layer)")
      #expect(["compute", "memory"].contains(layer.bound) && (layer.gmac > 0) == (layer.share_of_peak > 0), "\(layer)")
    }
    // A 3x3 convolution from 3 to 4 channels, whose weights are read on every visit.
    let first = try #require(report.layers.first)
    #expect(first.bytes >= Double(4 * (32 * 48 * (3 + 4) + first.visits * 3 * 3 * 3 * 4)), "\(first)")
    let table = try place.run(arguments).output
    #expect(report.layers.allSatisfy { table.contains("\($0.kernel) / \($0.name)") } && table.contains("measured peak"))
  }

  @Test func `the bundled model runs and is called what it is`() throws {
    let result = try place.run(["scene.tif", "-o", "o.tif"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("demonstration model"))
    #expect(try place.mask("o.tif").allSatisfy { $0 < 5 })
  }
}
