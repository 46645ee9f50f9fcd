import Graphs
import ModelFiles
import Scenes
import Segmentation

/// How large a window is, and how much of its border is dropped.
extension Stitching {
  typealias Halo = (rows: AxisHalo, columns: AxisHalo)

  /// The option, else the size the model declares or was trained at, else 512, and with a halo to crop at least twice that;
  /// whole strides of the network, and no more of them than the scene has.
  static func window(
    _ options: SegmentationOptions, _ model: SceneModel, _ metadata: ModelMetadata?, scene: PixelSize,
    _ modulus: PixelSize,
    _ halo: Halo?
  ) throws(Fault) -> PixelSize {
    func rounded(_ length: Int, _ modulus: Int) -> Int { (length + modulus - 1) / modulus * modulus }
    if let asked = options.window {
      let next = PixelSize(width: rounded(asked.width, modulus.width), height: rounded(asked.height, modulus.height))
      guard next == asked else {
        throw Fault(
          .usage, setting: .window, "\(asked) is not a multiple of the network's modulus \(modulus)",
          remedy: .advice("\(next) is the next that is"))
      }
      if let declared = model.declaredSize, asked != declared, model.takes(declared), !model.takes(asked) {
        throw Fault(
          .usage, setting: .window, "the network cannot run at \(asked)",
          remedy: .advice("\(declared) is the size that it takes"))
      }
      return asked
    }
    let side = metadata?.tileSize?.value ?? 512
    let usual = PixelSize(
      width: max(side, 2 * (halo?.columns.sum ?? 0)), height: max(side, 2 * (halo?.rows.sum ?? 0)))
    return model.window(for: scene, usual: usual, modulus: modulus)
  }

  /// The option, else what the network reaches; `nil` when neither is known.
  static func halo(_ options: SegmentationOptions, _ geometry: SceneGeometry) -> Halo? {
    if let count = options.halo {
      return (AxisHalo(before: count, after: count), AxisHalo(before: count, after: count))
    }
    guard geometry.isLocal else { return nil }
    return (
      AxisHalo(before: geometry.rows.alignedHaloBefore, after: geometry.rows.alignedHaloAfter),
      AxisHalo(before: geometry.columns.alignedHaloBefore, after: geometry.columns.alignedHaloAfter)
    )
  }

  /// A quarter of the window on every side.
  static func quarter(of window: PixelSize) -> Halo {
    (
      AxisHalo(before: window.height / 4, after: window.height / 4),
      AxisHalo(before: window.width / 4, after: window.width / 4)
    )
  }
}
