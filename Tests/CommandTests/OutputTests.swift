import Foundation
import Glibc
import Testing

/// What is written, and what never is.
struct OutputTests {
  private let place: Workplace
  private static let segment = ["scene.tif", "-m", "model.keras", "-o", "o.tif"]

  init() throws { place = try Workplace() }

  @Test func `an existing output is kept, and replaced when asked`() throws {
    try place.write("old".utf8, "o.tif")
    try place.expectRefusal(OutputTests.segment, 2, "o.tif", "--overwrite")
    #expect(try place.run(OutputTests.segment + ["--overwrite"]).status == 0)
    #expect(try place.mask("o.tif").count == 48 * 40)
  }

  @Test func `an output whose directory is missing is refused`() throws {
    for option in ["-o", "--preview", "--stats"] {
      try place.expectRefusal(
        ["scene.tif", "-m", "model.keras", option, "missing/x.tif"], 2, "missing/x.tif", "directory")
    }
    try place.expectRefusal(["scene.tif", "-m", "model.keras", "-o", ""], 2, "name")
    try place.expectRefusal(["scene.tif", "-m", "model.keras", "-o", "/dev/full", "--overwrite"], 2, "/dev/full")
  }

  @Test func `an input is never an output`() throws {
    try FileManager.default.createSymbolicLink(atPath: place.path("link.tif"), withDestinationPath: "scene.tif")
    for output in ["scene.tif", "./scene.tif", "link.tif", "model.keras"] {
      try place.expectRefusal(["scene.tif", "-m", "model.keras", "-o", output, "--overwrite"], 2, "also an input")
    }
    try place.expectRefusal(OutputTests.segment + ["--stats", "scene.tif", "--overwrite"], 2, "also an input")
  }

  @Test func `two outputs have two names`() throws {
    for option in ["--stats", "--preview"] {
      try place.expectRefusal(OutputTests.segment + [option, "o.tif"], 2, "two outputs")
      try place.expectRefusal(OutputTests.segment + [option, "o.tif.aux.xml"], 2, "two outputs")
    }
  }

  @Test func `lossy compression of classes is refused`() throws {
    try place.expectRefusal(OutputTests.segment + ["--co", "COMPRESS=JPEG"], 2, "COMPRESS=JPEG", "lossy")
  }

  @Test func `outputs are the mask, its sidecar, statistics and preview, named on stdout`() throws {
    let before = Set(place.names)
    let result = try place.run([
      "scene.tif", "-m", "model.keras", "-o", "o.tif", "--stats", "s.json", "--preview", "p.png",
    ])
    #expect(result.status == 0)
    #expect(result.output == "o.tif\ns.json\np.png\n")
    #expect(Set(place.names).subtracting(before) == ["o.tif", "o.tif.aux.xml", "s.json", "p.png"])
    let statistics = try JSONSerialization.jsonObject(with: Data(try #require(place.bytes("s.json"))))
    #expect(statistics is [String: Any])
  }

  @Test func `the default output stands beside the scene`() throws {
    try place.makeDirectory("folder")
    try place.scene("folder/a.b.tif", 20, 20)
    let result = try place.run(["folder/a.b.tif", "-m", "model.keras", "-q"])
    #expect(result.output == "folder/a.b.seg.tif\n")
    #expect(try place.mask("folder/a.b.seg.tif").count == 400)
  }

  @Test func `a plan is printed and nothing written`() throws {
    let before = place.names
    let result = try place.run(["scene.tif", "-m", "model.keras", "--plan"])
    #expect(result.status == 0)
    for word in ["stitching:", "multiply-adds:", "memory:", "threads:"] { #expect(result.output.contains(word)) }
    #expect(place.names == before)
  }

  @Test func `quiet means nothing on stderr`() throws {
    let result = try place.run(OutputTests.segment + ["-q"])
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    #expect(result.output == "o.tif\n")
  }

  @Test func `a closed stdout changes nothing in the mask`() throws {
    #expect(try place.run(OutputTests.segment + ["-q"]).status == 0)
    let expected = place.bytes("o.tif")
    for closed: [Int32] in [[1], [0, 1, 2]] {
      let result = try place.run(OutputTests.segment + ["--overwrite"], closing: closed)
      #expect(result.status == 0)
      #expect(place.bytes("o.tif") == expected)
    }
  }

  @Test func `a full disk is an I/O error that leaves nothing`() throws {
    try place.makeDirectory("disk")
    guard mount("none", place.path("disk"), "tmpfs", 0, "size=64k") == 0 else {
      print("a full disk is not tested: no right to mount a small one")
      return
    }
    defer { umount(place.path("disk")) }
    try place.scene("noise.tif", 512, 512) { x, y, band in Double((x &* 7919 ^ y &* 104_729 ^ band) % 251) }
    try place.expectRefusal(["noise.tif", "-m", "model.keras", "-o", "disk/o.tif"], 5, "disk/o.tif", "free")
  }

  @Test func `a signal that the parent ignores, as under nohup, does not end a run`() throws {
    try place.enlargement("long.vrt", 256, 20_000)
    let result = try place.run(
      ["long.vrt", "-m", "model.keras", "-o", "o.tif", "-q"], signal: SIGHUP,
      when: { place.names.contains { $0.hasSuffix(".part.tif") } }, ignoring: ["HUP"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(place.names.contains("o.tif"))
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
  func `an interrupted run leaves nothing`(signal: Int32) throws {
    try place.enlargement("long.vrt", 256, 400_000)
    let before = place.names
    for options in [[], ["--progress", "bar"], ["--blend", "hann", "--window", "64"]] {
      let result = try place.run(
        ["long.vrt", "-m", "model.keras", "-o", "o.tif", "-t", "1"] + options, signal: signal,
        when: { place.names.contains { $0.hasSuffix(".part.tif") } })
      #expect(result.status == 128 + signal)
      #expect(result.errorLines.count == 1, "\(result.errors)")
      #expect(result.errors.contains("interrupted; nothing was written"))
      #expect(place.names == before)
    }
  }

  @Test func `a second signal ends the program at once, and nothing is left either`() throws {
    try place.enlargement("long.vrt", 2048, 400_000)
    let before = place.names
    let result = try place.run(
      ["long.vrt", "-o", "o.tif", "-t", "1", "-q"], signal: SIGINT, twice: true,
      when: { place.names.contains { $0.hasSuffix(".part.tif") } })
    #expect(result.status == 128 + SIGINT)
    #expect(place.names == before)
  }
}
