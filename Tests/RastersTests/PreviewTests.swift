import Foundation
import Rasters
import TestSupport
import Scenes
import Testing

@Suite struct PreviewTests {
  let scratch: Scratch
  init() throws { scratch = try Scratch() }

  /// A scene, and a mask whose left half is class 1 and whose right half is nodata.
  func preview(_ type: PixelType, _ values: [Double], width: Int, height: Int, maxSize: Int) throws -> RasterReader {
    try RasterFixture(width, height, bands: 3, type: type).write(values, to: scratch.path("scene.tif"))
    let scene = try RasterReader(path: scratch.path("scene.tif"))
    let writer = try MaskWriter(path: scratch.path("mask.tif"), like: scene, format: .gtiff, classes: .capstone)
    let half = [UInt8](repeating: 1, count: width / 2 * height)
    try writer.write(rows: 0..<height, columns: 0..<width / 2, pixels: half)
    try writer.finish()
    try Preview.write(
      to: scratch.path("p.png"), scene: scene, mask: scratch.path("mask.tif"), classes: .capstone, maxSize: maxSize)
    return try RasterReader(path: scratch.path("p.png"))
  }

  @Test func `panels show scene, class colour and their mean, nodata is transparent`() throws {
    let picture = try preview(
      .uint8, .init(repeating: 100, count: 200 * 100 * 3), width: 200, height: 100, maxSize: 100)
    #expect(picture.width == 3 * 100 + 16 && picture.height == 50 + 32)
    let pixels = try picture.pixels(rows: 20..<21)
    func color(_ x: Int) -> [Float] { Array(pixels.samples[x * 3..<x * 3 + 3]) }
    #expect(color(10) == [100, 100, 100])
    #expect(color(108 + 10) == [34, 139, 34])
    #expect(color(216 + 10) == [67, 119, 67])
    for x in [90, 104, 108 + 90, 216 + 90] { #expect(pixels.valid[x] == 0) }
    #expect(scratch.names == ["mask.tif", "mask.tif.aux.xml", "p.png", "scene.tif"])
  }

  @Test func `a 16-bit scene is stretched between percentiles`() throws {
    let values: [Double] = (0..<15_000).map { index in
      let column: Int = (index / 3) % 100
      return Double(5000 + 10 * column)
    }
    let picture = try preview(.uint16, values, width: 100, height: 50, maxSize: 1024)
    let samples = try picture.pixels(rows: 5..<6).samples
    #expect(samples[0] == 0)
    #expect(samples[49 * 3] == 255)
    #expect(abs(samples[25 * 3] - 128) < 8)
  }

  @Test func `an existing picture and a mask of another size are refused`() throws {
    _ = try preview(.uint8, .init(repeating: 9, count: 300), width: 10, height: 10, maxSize: 64)
    let scene = try RasterReader(path: scratch.path("scene.tif"))
    func error(_ name: String, mask: String) -> RasterError? {
      rasterError {
        try Preview.write(to: scratch.path(name), scene: scene, mask: scratch.path(mask), classes: .capstone)
      }
    }
    #expect(error("p.png", mask: "mask.tif")?.kind == .exists)
    #expect(error("scene.tif", mask: "mask.tif")?.kind == .invalidOption)
    #expect(error("q.png", mask: "p.png")?.kind == .unsupported)
  }
}
