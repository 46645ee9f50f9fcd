import Rasters
import Tensors
import Testing

/// Networks that end in other ways than with a score per class and pixel: the mask is held against what `run` computes of the network.
struct HeadTests {
  private static let (width, height) = (48, 40)
  private let place: Workplace

  init() throws {
    place = try Workplace()
    for name in ["quarter", "border", "logit", "flat", "argmax", "outputs"] {
      try place.copy("onnx/head_\(name)/model.onnx", "\(name).onnx")
    }
  }

  /// The mask, and what was told about the output.
  private func mask(_ model: String, _ options: String...) throws -> (classes: [UInt8], told: [String]) {
    let result = try place.run(["scene.tif", "-m", "\(model).onnx", "-o", "o.tif", "--overwrite"] + options)
    #expect(result.status == 0, "\(model) \(options): \(result.errors)")
    let told = result.errors.split(separator: "\n").map(String.init).filter { $0.hasPrefix("output: ") }
    return (try place.mask("o.tif"), told)
  }

  /// The scene as the network gets it, planes of rows, with pixels before and behind it by reflection.
  private func image(before: Int = 0, after: Int = 0) throws -> Tensor {
    let (width, height) = (HeadTests.width, HeadTests.height)
    let reader = try RasterReader(path: place.path("scene.tif"), bands: [1, 2, 3])
    var samples = [Float](repeating: 0, count: width * height * 3)
    var valid = [UInt8](repeating: 0, count: width * height)
    try samples.withUnsafeMutableBufferPointer { samples in
      try valid.withUnsafeMutableBufferPointer { valid in
        try reader.readRows(
          0..<height, columns: 0..<width, scale: [1 / 255, 1 / 255, 1 / 255], offset: [0, 0, 0],
          into: #require(samples.baseAddress), valid: #require(valid.baseAddress))
      }
    }
    func reflected(_ place: Int, _ count: Int) -> Int { place < 0 ? -place : min(place, 2 * count - 2 - place) }
    let (rows, columns) = (-before..<height + after, -before..<width + after)
    var elements: [Float] = []
    for band in 0..<3 {
      for y in rows {
        for x in columns { elements.append(samples[(reflected(y, height) * width + reflected(x, width)) * 3 + band]) }
      }
    }
    return Tensor([1, 3, rows.count, columns.count], elements)
  }

  /// An output of the network for an image.
  private func output(_ model: String, _ image: Tensor, named name: String? = nil) throws -> Tensor {
    try place.write(image.npyBytes(), "x.npy")
    let target = name.map { "\($0)=y.npy" } ?? "y.npy"
    let result = try place.run(["run", "\(model).onnx", "--input", "x.npy", "--output", target])
    #expect(result.status == 0, "\(result.errors)")
    return try Tensor(npy: #require(place.bytes("y.npy")))
  }

  /// For each pixel of the scene the largest of the scores that a function gives of planes of an output.
  private func largest(_ scores: Tensor, _ score: (_ plane: Int, _ y: Int, _ x: Int) -> Double) -> [UInt8] {
    (0..<HeadTests.height * HeadTests.width).map { pixel in
      let (y, x) = pixel.quotientAndRemainder(dividingBy: HeadTests.width)
      let all = (0..<scores.shape[1]).map { score($0, y, x) }
      return UInt8(all.indices.max { all[$0] < all[$1] } ?? 0)
    }
  }

  /// Between the centres of the pixels of a plane, repeated beyond the outermost.
  private func bilinear(_ scores: Tensor, _ plane: Int, _ y: Double, _ x: Double) -> Double {
    let (rows, columns) = (scores.shape[2], scores.shape[3])
    func at(_ y: Double, _ x: Double) -> Double {
      let (row, column) = (min(max(Int(y), 0), rows - 1), min(max(Int(x), 0), columns - 1))
      return Double(scores.floats[(plane * rows + row) * columns + column])
    }
    let (top, left) = (y.rounded(.down), x.rounded(.down))
    let (down, right) = (y - top, x - left)
    let upper = at(top, left) * (1 - right) + at(top, left + 1) * right
    return upper * (1 - down) + (at(top + 1, left) * (1 - right) + at(top + 1, left + 1) * right) * down
  }

  @Test func `scores at a quarter of the size are enlarged as asked`() throws {
    let scores = try output("quarter", image())
    #expect(scores.shape == [1, 3, 10, 12])
    let (smooth, told) = try mask("quarter")
    let expected = largest(scores) { bilinear(scores, $0, (Double($1) + 0.5) / 4 - 0.5, (Double($2) + 0.5) / 4 - 0.5) }
    #expect(Set(expected).count > 1 && smooth == expected)
    #expect(told == ["output: a score for 4x4 pixels, enlarged by bilinear interpolation"])
    let blocks = largest(scores) { plane, y, x in Double(scores.floats[(plane * 10 + y / 4) * 12 + x / 4]) }
    #expect(try blocks != expected && mask("quarter", "--upsample", "nearest").classes == blocks)
    try place.expectRefusal(["scene.tif", "-m", "argmax.onnx", "--upsample", "nearest"], 2, "--upsample")
  }

  @Test func `a border that is lacking is made of the reflected scene`() throws {
    let scores = try output("border", image(before: 6, after: 8))
    #expect(scores.shape == [1, 3, 42, 50])
    let (classes, told) = try mask("border")
    let expected = largest(scores) { plane, y, x in Double(scores.floats[(plane * 42 + y) * 50 + x]) }
    #expect(Set(expected).count > 1 && classes == expected)
    #expect(told == ["output: lacks a border of 12x12 pixels, the scene is continued by reflection"])
  }

  @Test func `a threshold is one of probabilities, for logits too`() throws {
    let logits = try output("logit", image()).floats
    let (classes, told) = try mask("logit")
    #expect(Set(classes) == [0, 1] && classes == logits.map { $0 > 0 ? 1 : 0 })
    #expect(told == ["output: logits, their sigmoid is the score"])
    let strict = logits.map { $0 > 0.8472979 ? UInt8(1) : 0 }
    #expect(try strict != classes && mask("logit", "--threshold", "0.7").classes == strict)
  }

  @Test func `scores without an axis for channels are probabilities of one class, and local`() throws {
    let scores = try output("flat", image())
    #expect(scores.shape == [1, 40, 48])
    let (classes, told) = try mask("flat", "--threshold", "0.45", "--blend", "exact")
    #expect(Set(classes) == [0, 1] && classes == scores.floats.map { $0 > 0.45 ? 1 : 0 })
    #expect(told.isEmpty)
  }

  @Test func `classes that the network itself decides are the mask`() throws {
    let numbers = try output("argmax", image())
    guard case .int64(let expected) = numbers.elements else { throw TensorKind(numbers.type) }
    #expect(try mask("argmax").classes == expected.map { UInt8($0) })
    #expect(Set(expected).count > 1)
  }

  @Test func `any of several outputs is taken, each with its own size and layout`() throws {
    let first = try output("outputs", image(), named: "softmax7")
    let expected = (0..<1920).map { pixel in
      let scores = first.floats[pixel * 3..<pixel * 3 + 3]
      return scores.indices.max { scores[$0] < scores[$1] }.map { UInt8($0 - pixel * 3) }
    }
    #expect(first.shape == [1, 40, 48, 3])
    #expect(try mask("outputs").classes == expected)
    let second = try output("outputs", image(), named: "conv6")
    let blocks = largest(second) { plane, y, x in Double(second.floats[(plane * 20 + y / 2) * 24 + x / 2]) }
    #expect(try mask("outputs", "--output-name", "conv6", "--upsample", "nearest").classes == blocks)
    try place.expectRefusal(
      ["scene.tif", "-m", "outputs.onnx", "--output-name", "conv7"], 2, "--output-name", "softmax7, conv6")
  }

  @Test(arguments: ["quarter", "border", "logit", "flat", "argmax", "outputs"])
  func `one window over the scene gives the exact mask`(model: String) throws {
    let (blended, told) = try mask(model, "--blend", "hann", "--window", "48,40")
    #expect(try blended == mask(model).classes)
    let isBlended = told.contains("output: logits, their softmax is blended")
    #expect(isBlended == ["quarter", "border", "argmax"].contains(model))
  }
}

private struct TensorKind: Error {
  let type: TensorType
  init(_ type: TensorType) { self.type = type }
}
