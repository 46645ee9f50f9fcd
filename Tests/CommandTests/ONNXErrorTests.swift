import Foundation
import Glibc
import Tensors
import TestSupport
import Testing

private typealias M = TestModel

/// ONNX models that are refused, given to the program.
struct ONNXErrorTests {
  private let place: Workplace

  init() throws { place = try Workplace() }

  private static let relu = M.node("Relu", ["x"], ["y"], name: "suspect")

  /// A model of each kind of refusal, the exit code, and what the line of the error must hold.
  private static let refusals: [(name: String, status: Int32, words: [String], model: M)] = [
    ("a group in the message", 4, ["at byte"], M(nodes: [relu], inModel: { $0.raw([0xA3, 0x06]) })),
    ("opset 99", 3, ["opset 99", "version_converter"], M(opset: 99, nodes: [relu])),
    ("IR version 999", 3, ["IR version 999"], M(irVersion: 999, nodes: [relu])),
    (
      "another domain", 3, ["com.microsoft.Gelu (1)"], M(nodes: [M.node("Gelu", ["x"], ["y"], domain: "com.microsoft")])
    ),
    ("a branch", 3, ["If (1)"], M(nodes: [M.node("If", ["x"], ["y"])])),
    ("a cycle", 4, ["suspect", "cycle"], M(nodes: [M.node("Add", ["x", "y"], ["y"], name: "suspect")])),
    (
      "a name that nothing makes", 4, ["suspect", "nowhere"],
      M(nodes: [M.node("Relu", ["nowhere"], ["y"], name: "suspect")])
    ),
    (
      "a function that calls itself", 4, ["calls itself"],
      M(
        nodes: [M.node("f", ["x"], ["y"], domain: "local")],
        inModel: M.function("f", [M.node("f", ["a"], ["b"], domain: "local")]))
    ),
    (
      "functions without end", 7, ["more than"],
      M(
        nodes: [M.node("f0", ["x"], ["y"], domain: "local")],
        inModel: M.all(
          (0..<30).map { place in
            M.function(
              "f\(place)",
              [
                M.node("f\(place + 1)", ["a"], ["c"], domain: "local"),
                M.node("f\(place + 1)", ["c"], ["b"], domain: "local"),
              ])
          } + [M.function("f30", [M.node("Relu", ["a"], ["b"])])]))
    ),
    ("weights of odd length", 4, ["initializer w"], M.of("Add", ["w"], [], [M.floats("w", [3], count: 2)])),
    (
      "weights beyond memory", 7, ["initializer w", "bytes"],
      M.of("Add", ["w"], [], [M.floats("w", [1 << 20, 1 << 14], count: 0)])
    ),
    (
      "stride 0", 4, ["suspect", "MaxPool", "strides"],
      M.of("MaxPool", [], [M.ints("kernel_shape", [2, 2]), M.ints("strides", [0, 1])])
    ),
    ("an attribute that Relu lacks", 4, ["suspect", "Relu", "alpha"], M.of("Relu", [], [M.float("alpha", 1)])),
    (
      "statistics in double precision", 3, ["suspect", "LayerNormalization", "stash_type"],
      M.of("LayerNormalization", ["w"], [M.int("stash_type", 11)], [M.floats("w", [8])])
    ),
    ("a shape of two unknowns", 4, ["suspect", "Reshape"], M.of("Reshape", ["v"], [], [M.integers("v", [-1, -1])])),
    (
      "a fill of 10^12", 4, ["suspect", "ConstantOfShape"],
      M(
        nodes: [M.node("ConstantOfShape", ["v"], ["y"], name: "suspect")],
        initializers: [M.integers("v", [1_000_000_000_000])])
    ),
    (
      "a size that is divided by zero", 4, ["suspect", "Div", "8 and 0"],
      M(
        nodes: [
          M.node("Shape", ["x"], ["s"]), M.node("Div", ["s", "d"], ["v"], name: "suspect"),
          M.node("Reshape", ["x", "v"], ["y"]),
        ], initializers: [M.integers("d", [1, 1, 0, 1])])
    ),
    (
      "weights outside", 4, ["initializer w", "../outside.bin"],
      M.of("Add", ["w"], [], [M.external("w", [4], [("location", "../outside.bin")])], x: [4])
    ),
    (
      "weights that are missing", 5, ["nowhere.bin", "No such file"],
      M.of("Add", ["w"], [], [M.external("w", [4], [("location", "nowhere.bin")])], x: [4])
    ),
    (
      "weights in a FIFO", 4, ["initializer w", "pipe"],
      M.of("Add", ["w"], [], [M.external("w", [4], [("location", "pipe")])], x: [4])
    ),
    (
      "a wrong checksum", 4, ["initializer w", "checksum"],
      M.of("Add", ["w"], [], [M.external("w", [4], [("location", "scene.tif"), ("checksum", "00")])], x: [4])
    ),
  ]

  @Test(arguments: refusals.indices) func `a model that is refused ends every command in one line`(index: Int) throws {
    let (_, status, words, model) = Self.refusals[index]
    try place.write(model.bytes, "model.onnx")
    #expect(mkfifo(place.path("pipe"), 0o600) == 0)
    let names = place.names
    for arguments in [
      ["info", "model.onnx"], ["convert", "model.onnx", "o.onnx"], ["scene.tif", "-m", "model.onnx", "-o", "o.tif"],
      ["bench", "model.onnx", "--runs", "1"],
    ] {
      let result = try place.run(arguments)
      let told = Comment(rawValue: "\(arguments): \(result.status)\n\(result.errors.prefix(600))")
      let lines = result.errors.split(separator: "\n")
      #expect(result.status == status && result.output.isEmpty && result.seconds < 20, told)
      #expect(lines.count == 1 && lines[0].hasPrefix("error: model.onnx: "), told)
      for word in words { #expect(result.errors.contains(word), told) }
      #expect(place.names == names, told)
    }
  }

  private func write(_ shape: Shape, _ name: String) throws {
    try place.write(Tensor(shape, repeating: 0).npyBytes(), name)
  }

  @Test func `a size that depends on pixels is unsupported when it is needed`() throws {
    let model = M(
      nodes: [
        M.node("Cast", ["x"], ["whole"], M.int("to", 7)), M.node("Reshape", ["whole", "minus"], ["v"]),
        M.node("Reshape", ["x", "v"], ["y"], name: "suspect"),
      ], initializers: [M.integers("minus", [-1])], inputs: [("x", [1, 1, 2, 2])])
    try place.write(model.bytes, "model.onnx")
    try write([1, 1, 2, 2], "x.npy")
    let run = ["run", "model.onnx", "--input", "x.npy", "--output", "o.npy"]
    for arguments in [run, ["bench", "model.onnx", "--runs", "1"]] {
      try place.expectRefusal(arguments, 3, "model.onnx: suspect: ", "not fully known")
    }
    try place.expectRefusal(run + ["--reference"], 3, "model.onnx: suspect: ", "depends on the data")
    try place.expectRefusal(["scene.tif", "-m", "model.onnx", "-o", "o.tif"], 3, "model.onnx")
  }

  @Test(arguments: [0, 64]) func `an output larger than the machine's memory is a limit, before it is computed`(
    size: Int
  ) throws {
    let model = M(
      nodes: [M.node("Resize", ["x", "", "k"], ["y"], name: "suspect")],
      initializers: [M.numbers("k", [1, 1, 4096, 4096])], inputs: [("x", [1, 3, size, size])])
    try place.write(model.bytes, "model.onnx")
    try write([1, 3, 64, 64], "x.npy")
    // 3 x 262144 x 262144 floats are 786432 MiB.
    let run = ["run", "model.onnx", "--input", "x.npy", "--output", "o.npy"]
    for options in [[], ["--no-optimize"], ["--reference"]] {
      try place.expectRefusal(run + options, 7, "model.onnx: memory: ", "MiB are needed, the machine has")
    }
    try place.expectRefusal(["bench", "model.onnx", "--runs", "1"], 7, "MiB are needed, the machine has")
    let info = try place.run(["info", "model.onnx"])
    #expect(info.status == 0 && info.errors.isEmpty, "\(info.errors)")
    let segment = ["scene.tif", "-m", "model.onnx", "-o", "o.tif"]
    try place.expectRefusal(segment, 3, size == 0 ? "2097152x2097152" : "262144x262144")
  }

  @Test func `an image that is too large only within the network is a limit as well`() throws {
    let window = [M.ints("kernel_shape", [4096, 4096]), M.ints("strides", [4096, 4096])]
    let model = M(
      nodes: [
        M.node("Resize", ["x", "", "k"], ["large"]), M.node("AveragePool", ["large"], ["y"], M.all(window)),
      ], initializers: [M.numbers("k", [1, 1, 4096, 4096])], inputs: [("x", [1, 3, 0, 0])])
    try place.write(model.bytes, "model.onnx")
    try place.expectRefusal(
      ["scene.tif", "-m", "model.onnx", "-o", "o.tif", "--max-memory", "2G"], 7, "2048 MiB are not enough",
      "the smallest that works here is")
  }
}
