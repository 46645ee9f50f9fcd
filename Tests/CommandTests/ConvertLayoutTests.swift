import Foundation
import Tensors
import Testing

/// `convert --layout` of models of either layout: images lie as asked, and the numbers are those that the case's runtime recorded.
struct ConvertLayoutTests {
  /// A case, and whether its images have their channels last.
  static let cases: [(name: String, isLast: Bool)] = [
    ("onnx/unet_nchw", false), ("onnx/torch_script_unet", false), ("onnx/head_logit", false),
    ("onnx/head_quarter", false), ("keras/functional_unet", true),
  ]

  @Test(arguments: cases, ["nchw", "nhwc"])
  func `images lie as asked, with the same values`(_ model: (name: String, isLast: Bool), _ layout: String) throws {
    let place = try Workplace()
    let file = model.name.hasPrefix("keras") ? "m.keras" : "m.onnx"
    try place.copy("\(model.name)/model.\((file as NSString).pathExtension)", file)
    func recorded(_ name: String) throws -> Tensor {
      let url = Workplace.fixtures.appending(path: "\(model.name)/test_data_set_0/\(name)_0.npy")
      return try turned(Tensor(npy: Array(Data(contentsOf: url))), from: model.isLast, to: layout == "nhwc")
    }
    let image = try recorded("input"), wanted = try recorded("output")
    let converted = try place.run(["convert", file, "turned.onnx", "--layout", layout])
    #expect(converted.status == 0, "\(converted.errors)")
    try place.write(image.npyBytes(), "x.npy")
    let result = try place.run([
      "run", "turned.onnx", "--input", "x.npy", "--output", "y.npy", "--reference", "--no-optimize",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let got = try Tensor(npy: try #require(place.bytes("y.npy")))
    #expect(got.shape == wanted.shape)
    let error = zip(got.floats, wanted.floats).map { ($0 - $1).magnitude }.max() ?? .infinity
    #expect(error <= 1e-4 * max(wanted.floats.map(\.magnitude).max() ?? 0, 1), "\(error)")
  }

  @Test func `a file that lies as asked already keeps the sizes that it declares`() throws {
    let place = try Workplace()
    try place.copy("onnx/torch_script_unet/model.onnx", "m.onnx")
    let before = try sizes(place, "m.onnx")
    #expect(before.hasPrefix("f32[1x3x"))
    #expect(try place.run(["convert", "m.onnx", "same.onnx", "--layout", "nchw"]).status == 0)
    #expect(try sizes(place, "same.onnx") == before)
    #expect(try place.run(["convert", "m.onnx", "last.onnx", "--layout", "nhwc"]).status == 0)
    #expect(try place.run(["convert", "last.onnx", "back.onnx", "--layout", "nchw"]).status == 0)
    #expect(try sizes(place, "last.onnx").hasSuffix("x3]"))
    #expect(try sizes(place, "back.onnx") == before)
  }

  /// The first type that `info` prints, which is the input's.
  private func sizes(_ place: Workplace, _ model: String) throws -> String {
    let output = try place.run(["info", model]).output
    let start = try #require(output.range(of: "f32["))
    let end = try #require(output[start.lowerBound...].firstIndex(of: "]"))
    return String(output[start.lowerBound...end])
  }

  /// An image with its channels last or first.
  private func turned(_ image: Tensor, from isLast: Bool, to wanted: Bool) -> Tensor {
    guard isLast != wanted, image.shape.rank == 4 else { return image }
    let dims = image.shape.dims, floats = image.floats
    let order = wanted ? [0, 2, 3, 1] : [0, 3, 1, 2]
    let result = order.map { dims[$0] }
    let steps = [dims[1] * dims[2] * dims[3], dims[2] * dims[3], dims[3], 1]
    var turned: [Float] = []
    for a in 0..<result[0] {
      for b in 0..<result[1] {
        for c in 0..<result[2] {
          for d in 0..<result[3] {
            turned.append(floats[a * steps[order[0]] + b * steps[order[1]] + c * steps[order[2]] + d * steps[order[3]]])
          }
        }
      }
    }
    return Tensor(Shape(result), turned)
  }
}
