import Diagnostics
import Engine
import Graphs
import Scenes
import Segmentation
import Tensors
import TestSupport
import Testing

struct WindowRunTests {
  private let size = PixelSize(width: 130, height: 97)

  /// Windows cropped to what the network's geometry allows.
  private func croppingGrid(_ geometry: SceneGeometry, window: PixelSize) throws -> WindowGrid {
    try WindowGrid.cropping(
      size: size, window: window,
      rowHalo: AxisHalo(before: geometry.rows.alignedHaloBefore, after: geometry.rows.alignedHaloAfter),
      columnHalo: AxisHalo(before: geometry.columns.alignedHaloBefore, after: geometry.columns.alignedHaloAfter),
      modulus: PixelSize(width: geometry.columns.modulus, height: geometry.rows.modulus))
  }

  @Test(arguments: Architecture.allCases, [PixelSize(96), PixelSize(width: 112, height: 96)])
  func `windows cropped by the network's halo give the scores of an exact run to the bit`(
    architecture: Architecture, window: PixelSize
  ) throws {
    let model = try architecture.model()
    let geometry = try localGeometry(model.graph)
    let grid = try croppingGrid(geometry, window: window)
    #expect(grid.rows.count > 1 && grid.columns.count > 1)
    let windows = try WindowRun(model, grid: grid, kernel: .constant, maximumBytes: .max)
    let exact = try ExactRun(model, size: size, geometry: geometry, maximumBytes: .max)
    let scene = Scene(size)
    #expect(try scene.scores(windows) == scene.scores(exact))
  }

  @Test func `windows cropped by less than the halo do not`() throws {
    let model = try Architecture.uNet.model()
    let grid = try WindowGrid.cropping(
      size: size, window: PixelSize(32), rowHalo: .none, columnHalo: .none, modulus: PixelSize(4))
    let windows = try WindowRun(model, grid: grid, kernel: .constant, maximumBytes: .max)
    let exact = try ExactRun(model, size: size, geometry: localGeometry(model.graph), maximumBytes: .max)
    #expect(try Scene(size).scores(windows) != Scene(size).scores(exact))
  }

  @Test(arguments: BlendKernel.allCases) func `blending changes nothing where all windows agree`(
    kernel: BlendKernel
  ) throws {
    let model = try SceneModel(pointwiseNetwork(), kernels: .underTest)
    let grid = try WindowGrid.blending(size: size, window: PixelSize(48), overlap: PixelSize(20))
    let windows = try WindowRun(model, grid: grid, kernel: kernel, maximumBytes: .max)
    let exact = try ExactRun(model, size: size, geometry: localGeometry(model.graph), maximumBytes: .max)
    let scene = Scene(size)
    #expect(try scene.scores(windows) == scene.scores(exact))
  }

  @Test func `too little memory is refused with a hint`() throws {
    let model = try SceneModel(uNet(), kernels: .underTest)
    let grid = try WindowGrid.blending(
      size: size, window: PixelSize(64), overlap: PixelSize(32), modulus: PixelSize(4))
    let run = try WindowRun(model, grid: grid, kernel: .hann, maximumBytes: .max)
    let needed = run.predictedBytes
    _ = try WindowRun(model, grid: grid, kernel: .hann, maximumBytes: needed)
    let error = #expect(throws: SegmentationError.self) {
      try WindowRun(model, grid: grid, kernel: .hann, maximumBytes: needed - 1)
    }
    #expect(error?.kind == .memory(needed: needed))
    #expect(error?.remedy == .smallerWindow)
  }
}
