import Diagnostics
import Foundation
import Rasters
import TestSupport
import Testing

@Suite struct ReaderTests {
  let scratch: Scratch
  init() throws { scratch = try Scratch() }

  static let layouts: [[String]] = [
    ["INTERLEAVE=PIXEL"], ["INTERLEAVE=BAND"], ["INTERLEAVE=PIXEL", "BLOCKYSIZE=1", "COMPRESS=LZW"],
    ["INTERLEAVE=PIXEL", "BLOCKYSIZE=7", "COMPRESS=DEFLATE"], ["INTERLEAVE=BAND", "BLOCKYSIZE=41", "COMPRESS=DEFLATE"],
    ["TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=32", "COMPRESS=DEFLATE"],
    ["TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16", "INTERLEAVE=BAND", "BIGTIFF=YES", "ENDIANNESS=BIG"],
  ]

  @Test(arguments: PixelType.allCases, layouts)
  func `every type and layout gives its samples`(type: PixelType, layout: [String]) throws {
    var fixture = RasterFixture(37, 41, bands: 3, type: type)
    fixture.options = layout
    let values = pattern(37 * 41 * 3).map { type == .int8 ? $0 - 124 : $0 }
    try fixture.write(values, to: scratch.path("a.tif"))
    let reader = try RasterReader(path: scratch.path("a.tif"), channels: 3)
    #expect(reader.bandTypes == [type, type, type])
    #expect(reader.bandCount == 3)
    let all = try reader.pixels(step: 6, scale: 0.5, offset: -3)
    #expect(all.samples == values.map { Float($0) * 0.5 - 3 })
    #expect(all.valid.allSatisfy { $0 == 1 })
  }

  @Test(arguments: [(1, 1), (1, 29), (31, 1), (16, 16), (17, 97)])
  func `every size is read, whatever the step`(width: Int, height: Int) throws {
    var fixture = RasterFixture(width, height, bands: 3, type: .uint8)
    fixture.options = ["TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16"]
    let values = pattern(width * height * 3)
    try fixture.write(values, to: scratch.path("a.tif"))
    let reader = try RasterReader(path: scratch.path("a.tif"))
    for step in [1, 3, 16, 200] { #expect(try reader.pixels(step: step).samples == values.map { Float($0) }) }
  }

  @Test func `the memory for reading follows from the blocks`() throws {
    var fixture = RasterFixture(50, 70, bands: 3, type: .uint16)
    fixture.options = ["TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=32"]
    try fixture.write(pattern(50 * 70 * 3), to: scratch.path("a.tif"))
    let reader = try RasterReader(path: scratch.path("a.tif"), bands: [1, 2])
    // A row of blocks in two bands, and one block in all bands.
    #expect(reader.bufferBytes == 50 * 32 * 2 * 2 + 16 * 32 * 3 * 2)
    // All samples and a mask: less than the cache would hold.
    #expect(reader.cacheBytes == 50 * 70 * (3 * 2 + 1))
  }

  @Test func `a rectangle is the same cut out of the whole`() throws {
    var fixture = RasterFixture(50, 40, bands: 3, type: .uint16)
    fixture.options = ["TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16"]
    let values = pattern(50 * 40 * 3, modulus: 60_000)
    try fixture.write(values, to: scratch.path("a.tif"))
    let reader = try RasterReader(path: scratch.path("a.tif"))
    for (rows, columns) in [(3..<30, 17..<33), (0..<2, 49..<50), (39..<40, 0..<50), (10..<12, 5..<7)] {
      let expected = rows.flatMap { r in columns.flatMap { c in (0..<3).map { Float(values[(r * 50 + c) * 3 + $0]) } } }
      #expect(try reader.pixels(rows: rows, columns: columns).samples == expected)
    }
  }

  @Test func `bands are read in the order given and may repeat`() throws {
    let fixture = RasterFixture(5, 4, bands: 4, type: .uint8)
    let values = pattern(5 * 4 * 4)
    try fixture.write(values, to: scratch.path("a.tif"))
    let reader = try RasterReader(path: scratch.path("a.tif"), bands: [4, 1, 1], channels: 3)
    let expected = (0..<20).flatMap { i in [3, 0, 0].map { Float(values[i * 4 + $0]) } }
    #expect(try reader.pixels().samples == expected)
  }

  @Test func `pixels of alpha 0 are not valid and alpha is not a band`() throws {
    var fixture = RasterFixture(3, 1, bands: 4, type: .uint8)
    fixture.options = ["PHOTOMETRIC=RGB", "ALPHA=YES"]
    fixture.hasAlpha = true
    try fixture.write([1, 2, 3, 0, 0, 0, 0, 255, 4, 5, 6, 1], to: scratch.path("a.tif"))
    let reader = try RasterReader(path: scratch.path("a.tif"), channels: 3)
    #expect(reader.bandCount == 3)
    #expect(reader.bands == [1, 2, 3])
    #expect(try reader.pixels() == Pixels(samples: [1, 2, 3, 0, 0, 0, 4, 5, 6], valid: [0, 1, 1]))
    #expect(try RasterReader(path: scratch.path("a.tif"), bands: [4]).pixels().samples == [0, 255, 1])
  }

  @Test func `the internal mask hides pixels and black is data`() throws {
    var fixture = RasterFixture(4, 1, bands: 3, type: .uint8)
    fixture.mask = [255, 0, 255, 0]
    try fixture.write([Double](repeating: 0, count: 12), to: scratch.path("a.tif"))
    #expect(try RasterReader(path: scratch.path("a.tif")).pixels().valid == [1, 0, 1, 0])
  }

  @Test func `a pixel is nodata when every band is`() throws {
    var fixture = RasterFixture(3, 1, bands: 3, type: .int16)
    fixture.nodata = -9999
    try fixture.write([-9999, -9999, -9999, -9999, 1, -9999, 0, 0, 0], to: scratch.path("a.tif"))
    #expect(try RasterReader(path: scratch.path("a.tif")).pixels().valid == [0, 1, 1])
  }

  @Test func `a nodata value that no sample can have hides nothing`() throws {
    var fixture = RasterFixture(2, 1, bands: 1, type: .uint8)
    fixture.nodata = -9999
    try fixture.write([0, 255], to: scratch.path("a.tif"))
    #expect(try RasterReader(path: scratch.path("a.tif")).pixels().valid == [1, 1])
  }

  @Test(arguments: [PixelType.float32, .float64])
  func `a sample that is not finite hides its pixel and becomes finite`(type: PixelType) throws {
    var fixture = RasterFixture(4, 1, bands: 2, type: type)
    fixture.nodata = -3.3999999521443642e38
    let low = -3.3999999521443642e38
    try fixture.write([.nan, 1, 2, .infinity, 3, 4, low, low], to: scratch.path("a.tif"))
    let pixels = try RasterReader(path: scratch.path("a.tif")).pixels(scale: 0.5, offset: 1)
    #expect(pixels.valid == [0, 0, 1, 0])
    #expect(pixels.samples.allSatisfy { $0.isFinite })
    #expect(Array(pixels.samples[0..<6]) == [1, 1.5, 2, 1, 2.5, 3])
  }

  @Test func `each source of validity can be left out`() throws {
    var fixture = RasterFixture(4, 1, bands: 2, type: .uint8)
    fixture.hasAlpha = true
    fixture.nodata = 7
    try fixture.write([7, 255, 1, 0, 2, 255, 7, 0], to: scratch.path("alpha.tif"))
    func read(_ path: String, _ validity: ValiditySources, _ bands: [Int]) throws -> Pixels {
      try RasterReader(path: scratch.path(path), bands: bands, validity: validity).pixels()
    }
    #expect(try read("alpha.tif", .all, [1]).valid == [0, 0, 1, 0])
    #expect(try read("alpha.tif", [.alpha, .mask], [1]).valid == [1, 0, 1, 0])
    #expect(try read("alpha.tif", [.nodata, .mask], [1]).valid == [0, 1, 1, 0])
    #expect(try read("alpha.tif", [], [1]).valid == [1, 1, 1, 1])
    #expect(try RasterReader(path: scratch.path("alpha.tif")).alphaBand == 2)
    let plain = try RasterReader(path: scratch.path("alpha.tif"), validity: .nodata)
    #expect(plain.bandCount == 2 && plain.bands == [1, 2] && plain.alphaBand == nil)

    var masked = RasterFixture(4, 1, bands: 1, type: .float32)
    masked.mask = [255, 0, 255, 0]
    masked.nodata = nil
    try masked.write([1, 2, .nan, .infinity], to: scratch.path("mask.tif"))
    #expect(try read("mask.tif", .all, [1]).valid == [1, 0, 0, 0])
    #expect(try read("mask.tif", [], [1]).valid == [1, 1, 0, 0])
  }

  @Test func `scale and offset are told, and applied when asked`() throws {
    var fixture = RasterFixture(3, 1, bands: 1, type: .uint32)
    fixture.scaling = (0.5, -2_000_000_000)
    fixture.nodata = 4_294_967_295
    // As Float, the last two would be one number, and nodata.
    try fixture.write([4_000_000_001, 4_294_967_294, 4_294_967_295], to: scratch.path("a.tif"))
    let plain = try RasterReader(path: scratch.path("a.tif"))
    #expect(plain.bandScalings.map { $0?.scale } == [0.5] && plain.bandScalings.map { $0?.offset } == [-2_000_000_000])
    #expect(plain.bandTypes == [.uint32])
    #expect(
      try plain.pixels() == Pixels(samples: [4e9, 4_294_967_294, 4_294_967_295].map { Float($0) }, valid: [1, 1, 0]))
    let scaled = try RasterReader(path: scratch.path("a.tif"), isScaled: true)
    #expect(scaled.bandTypes == [.float32])
    #expect(try scaled.pixels().samples.prefix(2) == [0.5, Float(147_483_647.0 as Double)])
    #expect(try scaled.pixels().valid == [1, 1, 0])
  }

  @Test func `a scale that is no number is none`() throws {
    var fixture = RasterFixture(1, 1, bands: 1, type: .uint8)
    for scaling in [(0.0, 1.0), (.nan, 0), (1, .infinity), (1, 0)] {
      fixture.scaling = scaling
      try fixture.write([9], to: scratch.path("a.tif"))
      let reader = try RasterReader(path: scratch.path("a.tif"), isScaled: true)
      #expect(reader.bandScalings == [nil] && reader.bandTypes == [.uint8])
      #expect(try reader.pixels().samples == [9])
    }
  }

  @Test func `bands of several types keep theirs`() throws {
    let types: [(PixelType, String, Double)] = [
      (.uint8, "Byte", 200), (.uint16, "UInt16", 60_001), (.uint16, "UInt16", 3), (.float64, "Float64", 1e300),
      (.int32, "Int32", -2_147_483_008), (.float32, "Float32", 0.1), (.int8, "Byte", -5),
    ]
    var bands = ""
    for (index, (type, name, value)) in types.enumerated() {
      try RasterFixture(1, 2, bands: 1, type: type).write([value, 1], to: scratch.path("\(index).tif"))
      bands += """
        <VRTRasterBand dataType="\(name)" band="\(index + 1)"><SimpleSource><SourceFilename relativeToVRT="1">\(index).tif\
        </SourceFilename><SourceBand>1</SourceBand></SimpleSource></VRTRasterBand>
        """
    }
    try Data("<VRTDataset rasterXSize=\"1\" rasterYSize=\"2\">\(bands)</VRTDataset>".utf8)
      .write(to: scratch.url.appending(path: "all.vrt"))
    let reader = try RasterReader(path: scratch.path("all.vrt"))
    #expect(reader.bandTypes == types.map(\.0))
    let pixels = try reader.pixels()
    // 1e300 is no Float.
    #expect(pixels.samples.prefix(7) == [200, 60_001, 3, 0, -2_147_483_008, 0.1, -5])
    #expect(pixels.samples.suffix(7) == [1, 1, 1, 1, 1, 1, 1])
    #expect(pixels.valid == [0, 1])
    #expect(
      try RasterReader(path: scratch.path("all.vrt"), bands: [6, 1, 3]).pixels().samples == [0.1, 200, 3, 1, 1, 1])
  }

  @Test func `band counts that do not fit are refused with a way out`() throws {
    try RasterFixture(2, 2, bands: 5, type: .uint16).write(pattern(20), to: scratch.path("five.tif"))
    let five = rasterError { _ = try RasterReader(path: scratch.path("five.tif"), channels: 3) }
    #expect(five?.kind == .bandCount)
    #expect(five?.remedy == .nameBandsSuchAs([1, 2, 3]))

    var rgb = RasterFixture(2, 2, bands: 5, type: .uint8)
    rgb.options = ["PHOTOMETRIC=RGB"]
    try rgb.write(pattern(20), to: scratch.path("rgb.tif"))
    #expect(try RasterReader(path: scratch.path("rgb.tif"), channels: 3).bands == [1, 2, 3])

    var palette = RasterFixture(2, 2, bands: 1, type: .uint8)
    palette.hasPalette = true
    try palette.write(pattern(4), to: scratch.path("palette.tif"))
    let error = rasterError { _ = try RasterReader(path: scratch.path("palette.tif"), channels: 3) }
    #expect(error?.kind == .bandCount)
    #expect(error?.remedy?.advice?.contains("-expand rgb") == true)

    for bands in [[0, 1, 2], [1, 2, 6], [1, 2], []] {
      let error = rasterError { _ = try RasterReader(path: scratch.path("five.tif"), bands: bands, channels: 3) }
      #expect(error?.kind == .bandCount)
    }
  }

  @Test func `a file that is missing or no raster is refused`() throws {
    #expect(rasterError { _ = try RasterReader(path: scratch.path("no.tif")) }?.kind == .notFound)
    #expect(rasterError { _ = try RasterReader(path: "http://127.0.0.1:9/a.tif") }?.kind == .notFound)
    try Data("not a raster".utf8).write(to: scratch.url.appending(path: "text.tif"))
    #expect(rasterError { _ = try RasterReader(path: scratch.path("text.tif")) }?.kind == .malformed)
  }

  @Test func `a damaged block is reported by its rows and the others stay readable`() throws {
    var fixture = RasterFixture(64, 64, bands: 3, type: .uint8)
    fixture.options = ["COMPRESS=DEFLATE", "BLOCKYSIZE=16"]
    try fixture.write(pattern(64 * 64 * 3), to: scratch.path("a.tif"))
    let url = scratch.url.appending(path: "a.tif")
    let bytes = try Data(contentsOf: url)
    try bytes.prefix(bytes.count - 200).write(to: url)
    let reader = try RasterReader(path: url.path)
    let error = rasterError { _ = try reader.pixels(rows: 48..<64) }
    #expect(error?.kind == .malformed)
    #expect(error?.site.file == url.path)
    #expect(error?.site.part == "rows 48..<64")
    #expect(try reader.pixels(rows: 0..<48).valid.allSatisfy { $0 == 1 })
  }

  @Test func `a damaged JPEG stream is an error, not grey pixels`() throws {
    var fixture = RasterFixture(64, 64, bands: 3, type: .uint8)
    fixture.options = ["COMPRESS=JPEG", "PHOTOMETRIC=YCBCR", "TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=64"]
    try fixture.write(pattern(64 * 64 * 3), to: scratch.path("a.tif"))
    let url = scratch.url.appending(path: "a.tif")
    #expect(try RasterReader(path: url.path).pixels().valid.allSatisfy { $0 == 1 })
    var bytes = try Data(contentsOf: url)
    // An end-of-image marker in the middle of the stream.
    bytes.replaceSubrange(bytes.count - 1000..<bytes.count - 998, with: [0xFF, 0xD9])
    try bytes.write(to: url)
    #expect(rasterError { _ = try RasterReader(path: url.path).pixels() }?.kind == .malformed)
  }

  @Test func `calls from several threads give the same samples`() async throws {
    let values = pattern(40 * 64 * 3)
    try RasterFixture(40, 64, bands: 3, type: .uint8).write(values, to: scratch.path("a.tif"))
    let reader = try RasterReader(path: scratch.path("a.tif"))
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for part in 0..<8 {
        group.addTask {
          let rows = part * 8..<part * 8 + 8
          let expected = values[rows.lowerBound * 120..<rows.upperBound * 120].map { Float($0) }
          return try reader.pixels(rows: rows, step: 1).samples == expected
        }
      }
      for try await isEqual in group { #expect(isEqual) }
    }
  }
}
