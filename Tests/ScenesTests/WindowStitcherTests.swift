import Scenes
import Testing

private let sizes = [
  PixelSize(1), PixelSize(width: 1, height: 19), PixelSize(width: 23, height: 1), PixelSize(width: 17, height: 13),
  PixelSize(width: 5, height: 31), PixelSize(width: 16, height: 24), PixelSize(width: 8, height: 8),
]

@Suite struct WindowStitcherTests {
  @Test(arguments: sizes, [0, 2, 3, 4, 6])
  func `a constant predictor gives the constant and an identity gives the image`(size: PixelSize, overlap: Int) throws {
    let scene = Image.random(size, channels: 2, seed: 11)
    for kernel in BlendKernel.allCases {
      let grid = try WindowGrid.blending(size: size, window: PixelSize(8), overlap: PixelSize(overlap))
      let stitcher = WindowStitcher(grid: grid, kernel: kernel, channels: 2, classes: 2)

      let identity = stitcher.run(over: scene) { $0 }
      #expect(identity.image.bits == scene.bits)
      #expect(identity.rowsRead == Array(0..<size.height))
      #expect(identity.rowsEmitted == Array(0..<size.height))
      #expect(identity.windows == grid.count)

      let constant = stitcher.run(over: scene) { Image($0.size, channels: 2, repeating: 0.1) }
      #expect(constant.image.bits == Image(size, channels: 2, repeating: 0.1).bits)
    }
  }

  @Test func `overlapping scores are averaged by their weights`() throws {
    // The k-th window answers k: each pixel shows the weighted mean of the windows that cover it.
    let size = PixelSize(width: 13, height: 11)
    let grid = try WindowGrid.blending(
      size: size, window: PixelSize(width: 6, height: 4), overlap: PixelSize(width: 4, height: 1))
    for kernel in BlendKernel.allCases {
      var (sums, products) = (Image(size, channels: 1), Image(size, channels: 1))
      for (i, rows) in grid.rows.enumerated() {
        for (j, columns) in grid.columns.enumerated() {
          for (y, wy) in zip(rows.core, kernel.weights(for: rows, size: size.height)) {
            for (x, wx) in zip(columns.core, kernel.weights(for: columns, size: size.width)) {
              sums[y, x, 0] += wy * wx
              products[y, x, 0] += wy * wx * Float(i * grid.columns.count + j)
            }
          }
        }
      }
      var window: Float = -1
      let stitcher = WindowStitcher(grid: grid, kernel: kernel, channels: 3, classes: 1)
      let result = stitcher.run(over: Image(size, channels: 3)) { input in
        window += 1
        return Image(input.size, channels: 1, repeating: window)
      }
      for i in sums.values.indices {
        #expect(abs(result.image.values[i] - products.values[i] / sums.values[i]) < 1e-4)
      }
    }
  }

  @Test func `a window reads the scene and its reflection`() throws {
    let scene = Image.random(PixelSize(width: 5, height: 3), channels: 1, seed: 3)
    let grid = try WindowGrid.blending(size: scene.size, window: PixelSize(4), overlap: PixelSize(0))
    var seen: [Image] = []
    let stitcher = WindowStitcher(grid: grid, kernel: .hann, channels: 1, classes: 1)
    _ = stitcher.run(over: scene) { window in
      seen.append(window)
      return window
    }
    #expect(seen == [scene.cut(rows: 0..<4, columns: 0..<4), scene.cut(rows: 0..<4, columns: 4..<8)])
  }

  @Test(arguments: sizes + [PixelSize(width: 29, height: 37)], [4, 5, 8])
  func `cropped windows of a box filter equal one pass to the bit`(size: PixelSize, window: Int) throws {
    let halo = AxisHalo(before: 1, after: 1)
    let shape = PixelSize(width: min(window, size.width), height: min(window, size.height))
    let grid = try WindowGrid.cropping(
      size: size, window: shape, rowHalo: halo, columnHalo: halo, modulus: PixelSize(1))
    #expect(grid.padding.padded == size)
    let scene = Image.random(size, channels: 2, seed: 21)
    let stitched = WindowStitcher(grid: grid, kernel: .constant, channels: 2, classes: 2)
      .run(over: scene, predict: boxFilter)
    #expect(stitched.image.bits == boxFilter(scene).bits)
    #expect(stitched.rowsRead == Array(0..<size.height) && stitched.rowsEmitted == Array(0..<size.height))
  }

  @Test(arguments: [PixelSize(width: 31, height: 45), PixelSize(width: 40, height: 13)])
  func `cropped windows of a network with strides equal one pass over the padded scene`(size: PixelSize) throws {
    let halo = AxisHalo(before: 4, after: 4)
    let scene = Image.random(size, channels: 1, seed: 22)
    func stitch(_ halo: AxisHalo, modulus: Int) throws -> Image {
      let grid = try WindowGrid.cropping(
        size: size, window: PixelSize(12), rowHalo: halo, columnHalo: halo, modulus: PixelSize(modulus))
      return WindowStitcher(grid: grid, kernel: .constant, channels: 1, classes: 1)
        .run(over: scene, predict: encoderDecoder).image
    }
    let padded = ScenePadding(size: size, modulus: PixelSize(2)).padded
    let whole = encoderDecoder(scene.cut(rows: 0..<padded.height, columns: 0..<padded.width))
      .cut(rows: 0..<size.height, columns: 0..<size.width)
    #expect(try stitch(halo, modulus: 2).bits == whole.bits)
    // Both conditions matter: a halo too small, or windows out of phase, leave seams.
    #expect(try stitch(AxisHalo(before: 2, after: 2), modulus: 2) != whole)
    #expect(try stitch(halo, modulus: 3) != whole)
  }

  @Test func `rows leave as soon as no later window touches them`() throws {
    let size = PixelSize(width: 10, height: 30)
    let grid = try WindowGrid.blending(size: size, window: PixelSize(8), overlap: PixelSize(4))
    var events: [String] = []
    WindowStitcher(grid: grid, kernel: .hann, channels: 1, classes: 1).run(
      readRow: { y, _ in events.append("r\(y)") }, predict: { _, _ in }, emit: { y, _ in events.append("e\(y)") })
    #expect(events.prefix(9) == ["r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "e0"])
    #expect(events.firstIndex(of: "e3")! < events.firstIndex(of: "r8")!)
    #expect(events.firstIndex(of: "e4")! > events.firstIndex(of: "r11")!)
  }

  @Test func `what a closure throws ends the run`() throws {
    struct Cancelled: Error {}
    let grid = try WindowGrid.blending(size: PixelSize(20), window: PixelSize(8), overlap: PixelSize(0))
    let stitcher = WindowStitcher(grid: grid, kernel: .constant, channels: 1, classes: 1)
    var (windows, rows) = (0, 0)
    #expect(throws: Cancelled.self) {
      try stitcher.run(
        readRow: { _, _ in },
        predict: { _, _ in
          windows += 1
          if windows == 5 { throw Cancelled() }
        },
        emit: { _, _ in rows += 1 })
    }
    #expect(windows == 5 && rows == 8)
  }

  @Test func `memory grows with the width and the window, not with the height`() throws {
    func bytes(_ width: Int, _ height: Int) throws -> Int? {
      let grid = try WindowGrid.blending(
        size: PixelSize(width: width, height: height), window: PixelSize(8), overlap: PixelSize(4))
      return WindowStitcher(grid: grid, kernel: .hann, channels: 3, classes: 5).bytes
    }
    // 8 rows and 1 reflecting row of 16 x 3, 8 rows of 16 x (5 + 1), and a window of 8 x 8 x (3 + 5).
    #expect(try bytes(16, 16) == 4 * (9 * 48 + 8 * 96 + 512))
    #expect(try bytes(16, 16_000) == bytes(16, 16))
  }
}
