import Diagnostics
import Foundation
import Rasters
import TestSupport
import Scenes
import Testing

@Suite struct MaskWriterTests {
  let scratch: Scratch
  let source: RasterReader
  init() throws {
    scratch = try Scratch()
    try RasterFixture(613, 523, bands: 1, type: .uint8).write(
      [Double](repeating: 0, count: 613 * 523), to: scratch.path("source.tif"))
    source = try RasterReader(path: scratch.path("source.tif"))
  }

  func writer(
    _ name: String = "mask.tif", _ format: MaskFormat = .cog, options: [String] = [], nodata: UInt8? = 255,
    overwrite: Bool = false
  ) throws -> MaskWriter {
    try MaskWriter(
      path: scratch.path(name), like: source, format: format, creationOptions: options, classes: .landcoverAI,
      nodata: nodata, overwrite: overwrite)
  }

  @Test(arguments: MaskFormat.allCases)
  func `pixels, palette, names and nodata come back`(format: MaskFormat) throws {
    let values = pattern(613 * 523, modulus: 6).map { $0 == 5 ? 255 : UInt8($0) }
    let writer = try writer("mask", format)
    // Pieces in any order: from below, in two column ranges.
    for top in stride(from: 0, to: 523, by: 100).reversed() {
      for columns in [300..<613, 0..<300] {
        let rows = top..<min(523, top + 100)
        let piece = rows.flatMap { row in columns.map { values[row * 613 + $0] } }
        try writer.write(rows: rows, columns: columns, pixels: piece)
      }
    }
    #expect(scratch.names.contains("mask") == false)
    try writer.finish()
    #expect(scratch.names == ["mask", "mask.aux.xml", "source.tif"])

    let mask = try RasterReader(path: scratch.path("mask"))
    #expect(mask.width == 613 && mask.height == 523 && mask.bandCount == 1)
    #expect(mask.bandTypes == [.uint8])
    #expect(try mask.pixels(step: 64).samples == values.map { Float($0) })
    let facts = try MaskFacts(path: scratch.path("mask"))
    #expect(Array(facts.classNames.prefix(5)) == ClassTable.landcoverAI.names)
    #expect(Array(facts.palette.prefix(5)) == ClassTable.landcoverAI.entries.map(\.color))
    #expect(facts.nodata == 255)
    if format != .png { #expect(facts.embeddedNames.contains("CLASS_1=building")) }
    if format != .png { #expect(facts.blockSize == [512, 512]) }
    #expect(facts.overviews == (format == .cog ? 1 : 0))
  }

  @Test func `pixels never written are nodata`() throws {
    let writer = try writer()
    try writer.write(rows: 10..<11, columns: 0..<613, pixels: [UInt8](repeating: 2, count: 613))
    try writer.finish()
    let pixels = try RasterReader(path: scratch.path("mask.tif")).pixels(step: 64)
    #expect(pixels.valid.reduce(0) { $0 + Int($1) } == 613)
    #expect(pixels.samples.allSatisfy { $0 == 2 || $0 == 255 })
  }

  @Test(arguments: [MaskFormat.cog, .gtiff]) func `threads do not change the bytes of the result`(
    format: MaskFormat
  ) throws {
    let values = pattern(613 * 523, modulus: 5).map { UInt8($0) }
    let files = try [1, 4].map { threads in
      let writer = try MaskWriter(
        path: scratch.path("mask\(threads)"), like: source, format: format, classes: .landcoverAI, threads: threads)
      try writer.write(rows: 0..<523, columns: 0..<613, pixels: values)
      try writer.finish()
      return try Data(contentsOf: scratch.url.appending(path: "mask\(threads)"))
    }
    #expect(files[0] == files[1])
  }

  @Test(arguments: MaskFormat.allCases) func `a cancelled result leaves nothing`(format: MaskFormat) throws {
    let writer = try writer("mask", format)
    try writer.write(rows: 0..<523, columns: 0..<613, pixels: pattern(613 * 523, modulus: 5).map { UInt8($0) })
    #expect(rasterError { try writer.finish(isCancelled: { true }) }?.kind == .io)
    #expect(scratch.names == ["source.tif"])
  }

  @Test func `an output that exists is replaced only on request, and only at the end`() throws {
    let old = Data("old".utf8)
    let url = scratch.url.appending(path: "mask.tif")
    try old.write(to: url)
    let error = rasterError { _ = try writer() }
    #expect(error?.kind == .exists)
    #expect(error?.remedy == .replaceExisting)
    let replacing = try writer(overwrite: true)
    #expect(try Data(contentsOf: url) == old)
    try replacing.finish()
    #expect(try RasterReader(path: url.path).width == 613)
  }

  @Test func `an output that appeared meanwhile is kept`() throws {
    let writer = try writer()
    try Data("other".utf8).write(to: scratch.url.appending(path: "mask.tif"))
    #expect(rasterError { try writer.finish() }?.kind == .exists)
    #expect(try Data(contentsOf: scratch.url.appending(path: "mask.tif")) == Data("other".utf8))
    #expect(scratch.names == ["mask.tif", "source.tif"])
  }

  @Test func `the input is never the output, whatever its name`() throws {
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path("link.tif"), withDestinationPath: scratch.path("source.tif"))
    for name in ["source.tif", "link.tif", "./source.tif"] {
      #expect(rasterError { _ = try writer(name, overwrite: true) }?.kind == .invalidOption)
    }
    #expect(scratch.names == ["link.tif", "source.tif"])
  }

  @Test func `places that cannot be written are refused at once`() throws {
    #expect(rasterError { _ = try writer("no/such/mask.tif") }?.kind == .io)
    #expect(rasterError { _ = try writer("source.tif/mask.tif") }?.kind == .io)
    #expect(
      rasterError { _ = try MaskWriter(path: scratch.path("dir") + "/", like: source, classes: .capstone) }?.kind == .io
    )
    try FileManager.default.createDirectory(atPath: scratch.path("dir"), withIntermediateDirectories: false)
    #expect(rasterError { _ = try writer("dir", overwrite: true) }?.kind == .exists)
    let proc = rasterError {
      _ = try MaskWriter(path: "/proc/mask.tif", like: source, classes: .capstone)
    }
    #expect(proc?.kind == .io)
    #expect(proc?.site.file == "/proc/mask.tif")
  }

  @Test(arguments: [
    "COMPRESS=JPEG", "compress=webp", "OVERVIEW_COMPRESS=JPEG", "NBITS=4", "TILING_SCHEME=GoogleMapsCompatible",
    "TARGET_SRS=EPSG:3857", "NOSUCH=1", "COMPRESS", "=1", "COMPRESS=NONSENSE", "BLOCKSIZE=17",
  ])
  func `options that would change classes or do not exist are refused`(option: String) {
    #expect(rasterError { _ = try writer(options: [option]) }?.kind == .invalidOption)
    #expect(scratch.names == ["source.tif"])
  }

  @Test(arguments: [("PIXELTYPE=SIGNEDBYTE", MaskFormat.gtiff), ("TFW=YES", .gtiff), ("WORLDFILE=yes", .png)])
  func `options that the format has and a mask has not are refused`(option: String, format: MaskFormat) throws {
    #expect(rasterError { _ = try writer("mask", format, options: [option]) }?.what.contains(option) == true)
    #expect(scratch.names == ["source.tif"])
    try writer("mask.tif", .gtiff, options: ["TFW=NO"]).finish()
    #expect(scratch.names == ["mask.tif", "mask.tif.aux.xml", "source.tif"])
  }

  @Test func `lossy LERC is refused`() {
    #expect(rasterError { _ = try writer(options: ["COMPRESS=LERC", "MAX_Z_ERROR=1"]) }?.kind == .invalidOption)
  }

  @Test func `options of the user override the defaults`() throws {
    try writer("mask.tif", .gtiff, options: ["compress=LZW", "BLOCKXSIZE=64", "BLOCKYSIZE=32"]).finish()
    #expect(try MaskFacts(path: scratch.path("mask.tif")).blockSize == [64, 32])
  }

  @Test func `nodata must not be a class, save 0`() throws {
    #expect(rasterError { _ = try writer(nodata: 4) }?.kind == .invalidOption)
    try writer(nodata: 0).finish()
    #expect(try MaskFacts(path: scratch.path("mask.tif")).nodata == 0)
    try writer("none.tif", nodata: nil).finish()
    #expect(try MaskFacts(path: scratch.path("none.tif")).nodata == nil)
  }

  @Test func `an abandoned or dropped writer leaves nothing`() throws {
    let abandoned = try writer()
    try abandoned.write(rows: 0..<1, columns: 0..<613, pixels: [UInt8](repeating: 1, count: 613))
    #expect(abandoned.temporaryPaths.contains { FileManager.default.fileExists(atPath: $0) })
    abandoned.abandon()
    abandoned.abandon()
    #expect(scratch.names == ["source.tif"])
    do { _ = try writer() }
    #expect(scratch.names == ["source.tif"])
  }

  @Test func `two writers of one output do not share temporaries`() throws {
    let first = try writer()
    let second = try writer()
    #expect(Set(first.temporaryPaths).isDisjoint(with: second.temporaryPaths))
    try first.finish()
    #expect(rasterError { try second.finish() }?.kind == .exists)
  }

  @Test func `a sidecar of a replaced output does not outlive it`() throws {
    try writer().finish()
    let plain = try MaskWriter(
      path: scratch.path("mask.tif"), like: source, classes: ClassTable([]), nodata: nil, overwrite: true)
    try plain.finish()
    #expect(try MaskFacts(path: scratch.path("mask.tif")).classNames.isEmpty)
  }

  @Test func `a full disk is an error that leaves nothing`() async {
    await #expect(processExitsWith: .success) {
      let scratch = try Scratch()
      try RasterFixture(613, 523, bands: 1, type: .uint8).write(
        [Double](repeating: 0, count: 613 * 523), to: scratch.path("source.tif"))
      let source = try RasterReader(path: scratch.path("source.tif"))
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
      guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(2) }
      let error = rasterError {
        let writer = try MaskWriter(path: scratch.path("mask.tif"), like: source, classes: .capstone)
        let noise = pattern(613 * 523).map { UInt8($0) }
        try writer.write(rows: 0..<523, columns: 0..<613, pixels: noise)
        try writer.finish()
      }
      guard error?.kind == .io, scratch.names == ["source.tif"] else { exit(3) }
    }
  }
}
