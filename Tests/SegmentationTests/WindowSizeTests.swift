import Graphs
import Ops
import Scenes
import Segmentation
import Tensors
import TestSupport
import Testing

struct WindowSizeTests {
  /// Scores from half of the size, weighed by the mean of the whole image.
  private func wholeImage() throws -> SceneModel {
    var net = Network(seed: 31)
    let low = try net.convolution(net.image, 6, "down", strides: 2)
    let mean = try net.graph.add(GlobalPool2D(kind: .average, keepDims: true), [low], name: "mean")
    let weighed = try net.graph.add(Binary(.multiply), [low, mean], name: "weighed")
    let up = try net.graph.add(Resize(method: .nearest, target: .scale(2)), [weighed], name: "up")
    return try SceneModel(net.classes(up), kernels: .underTest)
  }

  private func window(_ model: SceneModel, _ width: Int, _ height: Int, modulus: Int = 2) -> PixelSize {
    model.window(
      for: PixelSize(width: width, height: height), usual: PixelSize(512), modulus: PixelSize(modulus))
  }

  @Test func `a window is no larger than the scene, in whole strides`() throws {
    let model = try wholeImage()
    #expect(window(model, 100, 64) == PixelSize(width: 100, height: 64))
    #expect(window(model, 101, 2000) == PixelSize(width: 102, height: 512))
    #expect(window(model, 2000, 63, modulus: 8) == PixelSize(width: 512, height: 64))
    #expect(window(model, 2000, 2000) == PixelSize(512))
    #expect(window(model, 2000, 2000, modulus: 9) == PixelSize(513))
  }

  @Test func `a window that the network does not take grows until it does`() throws {
    // The convolution without padding needs 40 rows and columns.
    var net = Network(seed: 32)
    let size = Pair(40)
    let pooled = try net.graph.add(MaxPool2D(size: size, strides: 1, padding: .valid), [net.image], name: "pooled")
    let mean = try net.graph.add(GlobalPool2D(kind: .average, keepDims: true), [pooled], name: "mean")
    let model = try SceneModel(
      net.classes(net.graph.add(Binary(.add), [net.image, mean], name: "sum")), kernels: .underTest)
    #expect(!model.takes(PixelSize(39)) && model.takes(PixelSize(width: 40, height: 41)))
    #expect(window(model, 10, 64) == PixelSize(width: 40, height: 64))
    #expect(window(model, 10, 64, modulus: 32) == PixelSize(64))
  }

  @Test func `a declared size is the window`() throws {
    var model = try wholeImage()
    model = try SceneModel(
      model.graph.specialised(to: ["image": TensorType(.float32, [1, 96, 160, 3])]), kernels: .underTest)
    #expect(window(model, 10, 1000) == PixelSize(width: 160, height: 96))
  }
}
