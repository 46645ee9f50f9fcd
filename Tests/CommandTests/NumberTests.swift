import TestSupport
import Testing

/// Networks that give class numbers by a rule of their own.
struct NumberTests {
  private let place: Workplace

  /// `numbers.onnx` gives 1 + the place of each pixel's last largest sample, pixel by pixel.
  init() throws {
    place = try Workplace()
    let largest = TestModel.all([
      TestModel.int("axis", 1), TestModel.int("keepdims", 1), TestModel.int("select_last_index", 1),
    ])
    let model = TestModel(
      nodes: [
        TestModel.node("ArgMax", ["x"], ["i"], largest),
        TestModel.node("Cast", ["i"], ["f"], TestModel.int("to", 1)), TestModel.node("Add", ["f", "one"], ["y"]),
      ], initializers: [TestModel.numbers("one", [1])], inputs: [("x", [1, 3, 0, 0])])
    try place.write(model.bytes, "numbers.onnx")
  }

  private func mask(_ options: String...) throws -> [UInt8] {
    let result = try place.run(["scene.tif", "-m", "numbers.onnx", "-o", "o.tif", "--overwrite"] + options)
    #expect(result.status == 0, "\(options): \(result.errors)")
    return try place.mask("o.tif")
  }

  @Test func `windows vote, and agree where each pixel stands alone`() throws {
    let exact = try mask()
    #expect(Set(exact) == [1, 2, 3])
    #expect(try mask("--blend", "hann", "--window", "16", "--overlap", "50%") == exact)
    #expect(try mask("--blend", "crop", "--window", "16", "--halo", "4") == exact)
  }

  @Test func `numbers have as many classes as can occur, or have names`() throws {
    let told = try place.run(["info", "numbers.onnx"]).output
    #expect(told.contains("the number that the network itself gives"))
    try place.expectRefusal(
      ["scene.tif", "-m", "numbers.onnx", "-o", "o.tif", "--threshold", "0.5"], 2, "--threshold",
      "decides on the classes itself")
    try place.expectRefusal(
      ["scene.tif", "-m", "numbers.onnx", "-o", "o.tif", "--background", "none"], 2, "--background")
    // Two names are too few for numbers up to 3.
    try place.write(#"{"class_names": ["a", "b"]}"#.utf8, "numbers.json")
    try place.expectRefusal(["scene.tif", "-m", "numbers.onnx", "-o", "o.tif"], 2, "2 class names", "4 classes")
    try place.write(#"{"class_names": ["a", "b", "c", "d", "e", "f"]}"#.utf8, "numbers.json")
    #expect(try mask().allSatisfy { (1...3).contains($0) })
  }
}
