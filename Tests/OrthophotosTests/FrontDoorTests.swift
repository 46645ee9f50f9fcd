import Foundation
import Networks
import Orthophotos
import Rasters
import TestSupport
import Testing

private let packageRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().path

/// The samples of a raster of bytes, pixel by pixel.
private func rasterBytes(_ path: String) throws -> [UInt8] {
  let reader = try RasterReader(path: path)
  let (width, count) = (reader.width, reader.bands.count)
  let (ones, zeros) = ([Float](repeating: 1, count: count), [Float](repeating: 0, count: count))
  var samples = [Float](repeating: 0, count: width * reader.height * count)
  var valid = [UInt8](repeating: 0, count: width * reader.height)
  try samples.withUnsafeMutableBufferPointer { samples in
    try valid.withUnsafeMutableBufferPointer { valid in
      try reader.readRows(
        0..<reader.height, columns: 0..<width, scale: ones, offset: zeros, into: samples.baseAddress!,
        valid: valid.baseAddress!)
    }
  }
  return samples.map { UInt8($0) }
}

/// The products as another program uses them: what is public and nothing else.
struct FrontDoorTests {
  private let scratch: Scratch
  private let model = packageRoot + "/Fixtures/demo/model.keras"
  private let photo = packageRoot + "/Fixtures/demo/scene.tif"

  init() throws { scratch = try Scratch() }

  @Test func `a network is loaded, described and run, and a scene becomes a mask`() throws {
    let network = try Network(contentsOf: model)
    #expect(network.description.summary().contains("exact tiles: yes"))
    let image = Tensor([1, 64, 96, 3], repeating: 0.5)
    let scores = try network.predict(["image": image])
    #expect(scores[0].shape == [1, 64, 96, 5])

    let scene = try Scene(contentsOf: photo)
    let plan = try ScenePlan(network, scene, options: SceneOptions(maximumMemory: .gibibytes(2)))
    #expect(plan.isExact && plan.memory.total < 2 << 30 && plan.multiplyAdds > 0)
    let (mask, figures) = (scratch.path("mask.tif"), scratch.path("statistics.json"))
    var fractions: [Double] = []
    let result = try plan.run(writing: [.mask(mask), .statistics(figures)]) { fractions.append($0.fraction) }
    #expect(fractions.last == 1 && fractions == fractions.sorted())
    #expect(result.classes.names.count == 5)
    #expect(try #require(result.statistics.hectares(1)) > 0)
    #expect(FileManager.default.fileExists(atPath: mask) && FileManager.default.fileExists(atPath: figures))
  }

  @Test func `what is there is not replaced, and a fault says what helps`() throws {
    let mask = scratch.path("mask.tif")
    try Data("mine".utf8).write(to: URL(filePath: mask))
    let plan = try ScenePlan(Network.bundled(), Scene(contentsOf: photo))
    let fault = #expect(throws: Fault.self) { try plan.run(writing: [.mask(mask)]) }
    #expect(fault?.kind == .usage && fault?.file == mask)
    #expect(try Data(contentsOf: URL(filePath: mask)) == Data("mine".utf8))
  }

  @Test func `products are looked at before any work: none is an input, another product or in the way`() throws {
    let scene = scratch.path("scene.tif"), mask = scratch.path("mask.tif")
    let copy = try Data(contentsOf: URL(filePath: photo))
    try copy.write(to: URL(filePath: scene))
    let wrong: [[SceneProduct]] = [
      [.mask(mask), .statistics(scene)], [.mask(mask), .statistics(mask)],
      [.mask(mask), .statistics(mask + ".aux.xml")],
      [.mask(mask), .preview(scratch.path("nowhere/p.png"))], [.mask(mask), .statistics("")], [.statistics(mask)],
      [.mask(mask), .mask(scratch.path("other.tif"))], [.mask(mask), .statistics(scratch.url.path + "/a\0b")],
    ]
    let network = try Network.bundled()
    for products in wrong {
      let plan = try ScenePlan(network, Scene(contentsOf: scene))
      let fault = #expect(throws: Fault.self, "\(products)") { try plan.run(writing: products) }
      #expect(fault?.kind == .usage, "\(products)")
      #expect(scratch.names == ["scene.tif"], "\(products)")
    }
    #expect(try Data(contentsOf: URL(filePath: scene)) == copy)
  }

  @Test func `values that mean nothing are refused in words that name no option`() throws {
    let network = try Network.bundled()
    let image = Tensor([1, 32, 32, 3], repeating: 0.5)
    let wrong: [(inout SegmentationOptions) -> Void] = [
      { $0.overlap = .percent(.nan) }, { $0.overlap = .pixels(-1) }, { $0.halo = -16 }, { $0.halo = .max },
      { $0.window = PixelSize(.max) }, { $0.window = PixelSize(0) }, { $0.threads = .max }, { $0.threads = 0 },
      { $0.threshold = .nan }, { $0.mean = [.nan] }, { $0.scale = [.infinity] },
      { $0.maximumMemory = .gibibytes(-1) }, { $0.maximumMemory = .mebibytes(1) }, { $0.outputName = "none" },
    ]
    for (place, change) in wrong.enumerated() {
      var options = SegmentationOptions()
      change(&options)
      let fault = #expect(throws: Fault.self, "\(place)") { try network.segment(image, options: options) }
      let text = fault?.description ?? ""
      #expect(!text.isEmpty && !text.contains("--") && !text.contains("Remedy"), "\(text)")
    }
    #expect(MemorySize.gibibytes(1 << 40).bytes == .max)
  }

  @Test func `what is decided about an image in memory is told`() throws {
    var told: [String] = []
    _ = try Network.bundled().segment(Tensor([1, 32, 32, 3], repeating: 0.5)) { told.append("\($0)") }
    for word in ["samples", "stitching", "bundledModel"] { #expect(told.contains { $0.hasPrefix(word) }, "\(told)") }
  }

  @Test func `a model is not replaced by its conversion, nor is another file`() throws {
    let (source, target) = (scratch.path("model.keras"), scratch.path("model.onnx"))
    try FileManager.default.copyItem(atPath: model, toPath: source)
    #expect(throws: Fault.self) { try Network.convert(source, to: source) }
    #expect(FileManager.default.contentsEqual(atPath: source, andPath: model))
    try Network.convert(source, to: target)
    #expect(throws: Fault.self) { try Network.convert(source, to: target) }
    var settings = ExportSettings()
    settings.overwrites = true
    try Network.convert(source, to: target, settings: settings)
  }

  @Test func `a run that its caller ends leaves nothing behind`() throws {
    let plan = try ScenePlan(Network.bundled(), Scene(contentsOf: photo))
    #expect(throws: SceneCancelled.self) {
      try plan.run(writing: [.mask(scratch.path("mask.tif"))], isCancelled: { true })
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path).isEmpty)
  }

  @Test(arguments: [SegmentationOptions.Blend.exact, .hann])
  func `an image in memory has the classes of the same image in a file`(blend: SegmentationOptions.Blend) throws {
    let network = try Network.bundled()
    var options = SceneOptions()
    (options.blend, options.window) = (blend, PixelSize(128))
    let scene = try Scene(contentsOf: photo)
    let statistics = try ScenePlan(network, scene, options: options).run(writing: [.mask(scratch.path("mask.tif"))])
      .statistics
    let pixels = try rasterBytes(photo)
    let image = Tensor([1, scene.size.height, scene.size.width, 3], .uint8(pixels))
    let labelled = try network.segment(image, options: options.segmentation)
    #expect(labelled.size == scene.size && labelled.statistics.counts == statistics.counts)
    #expect(try rasterBytes(scratch.path("mask.tif")) == labelled.classes)
  }

  @Test func `scores of an image are those of one pass, whatever the memory`() throws {
    let network = try Network.bundled()
    // An image that needs no padding.
    let modulus = network.description.modulus
    let (height, width) = (2 * modulus.rows, 3 * modulus.columns)
    var noise = Noise(seed: 7)
    let image = Tensor([1, height, width, 3], (0..<height * width * 3).map { _ in noise.next() })
    let whole = try network.predict([network.inputNames[0]: image])[0]
    var options = SegmentationOptions()
    // The network's metadata say that it takes bytes; `predict` scales nothing.
    options.scale = [1]
    for threads in [1, 2] {
      options.threads = threads
      let isSame = try network.scores(image, options: options) == whole
      #expect(isSame, "\(height)x\(width), \(threads) threads")
    }
    #expect(throws: Fault.self) { try network.scores(Tensor([1, height, width, 4], repeating: 0)) }
  }
}
