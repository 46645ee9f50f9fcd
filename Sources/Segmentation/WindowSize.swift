import Graphs
package import Scenes
import Tensors

extension SceneModel {
  /// True where the network takes images of this size and labels all their pixels.
  package func takes(_ size: PixelSize) -> Bool {
    guard let sized = try? graph.specialised(to: [inputName: imageType(size)]) else { return false }
    return sized[sized.outputs[0].value].dims.prefix(3) == [1, size.height, size.width]
  }

  func imageType(_ size: PixelSize) -> TensorType {
    TensorType(.float32, [1, size.height, size.width, channels])
  }

  /// The window in which the network sees a scene where nobody chose one: the size that the model declares; else `usual`, but no larger
  /// than the scene, so that a network that looks at the whole image sees no more reflections than it must. Both are rounded up to
  /// the modulus; where the network does not take a window that was made smaller, the next larger one that it takes.
  package func window(for scene: PixelSize, usual: PixelSize, modulus: PixelSize) -> PixelSize {
    if let declaredSize { return declaredSize }
    let most = PixelSize(
      width: roundUp(usual.width, to: modulus.width), height: roundUp(usual.height, to: modulus.height))
    for step in 0..<SceneModel.mostSteps {
      for (columns, rows) in step == 0 ? [(0, 0)] : [(step, 0), (0, step), (step, step)] {
        let window = PixelSize(
          width: min(most.width, roundUp(scene.width, to: modulus.width) + columns * modulus.width),
          height: min(most.height, roundUp(scene.height, to: modulus.height) + rows * modulus.height))
        if window == most || takes(window) { return window }
      }
    }
    return most
  }

  /// Steps by the modulus that are tried along each axis before the usual window.
  private static let mostSteps = 64
}
