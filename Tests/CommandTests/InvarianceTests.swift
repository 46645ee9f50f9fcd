import Testing

/// Options that change memory and time only: the mask stays the same to the bit.
struct InvarianceTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.scene("wide.tif", 700, 90)
  }

  /// The smallest `--max-memory` that the program accepts for a scene, in MiB.
  private func smallestLimit(_ scene: String, _ options: [String] = []) throws -> Int {
    let arguments = [scene, "-m", "model.keras", "-o", "o.tif", "--overwrite", "--max-memory", "1M"]
    let message = try place.run(arguments + options).errors
    return try #require(message.split { !$0.isNumber }.compactMap { Int($0) }.last, "\(message)")
  }

  /// The memory that `--plan` tells for a scene, in MiB.
  private func plannedMemory(_ scene: String) throws -> Int {
    let text = try place.run([scene, "-m", "model.keras", "--plan"]).output
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("memory: ") }, "\(text)")
    return try #require(line.split { !$0.isNumber }.compactMap { Int($0) }.first)
  }

  private func mask(_ options: [String]) throws -> [UInt8] {
    let result = try place.run(
      ["wide.tif", "-m", "model.keras", "-o", "o.tif", "--overwrite"] + options)
    #expect(result.status == 0, "\(options): \(result.errors)")
    return try place.mask("o.tif")
  }

  @Test func `window, threads, memory and format do not change an exact mask`() throws {
    let expected = try mask([])
    let least = try "\(smallestLimit("wide.tif"))M"
    let threads = ["--window", "7", "-t", "3"]
    let leastOfThree = try "\(smallestLimit("wide.tif", threads))M"
    #expect(Set(expected).count > 1)
    for options in [
      ["--window", "16"], ["--window", "128"], ["--window", "500"], ["--window", "1024"], ["-t", "1"], ["-t", "8"],
      ["--max-memory", least], ["--max-memory", leastOfThree] + threads, ["--halo", "40"],
      ["--blend", "exact"], ["--of", "GTiff"], ["--co", "COMPRESS=LZW"],
    ] {
      #expect(try mask(options) == expected, "\(options)")
    }
  }

  @Test func `a small memory limit cuts the scene into panels`() throws {
    try place.enlargement("wider.vrt", 30_000, 24)
    let options = ["wider.vrt", "-m", "model.keras", "--overwrite", "-o"]
    let whole = try place.run(options + ["whole.tif"])
    let limit = try (smallestLimit("wider.vrt") + plannedMemory("wider.vrt")) / 2
    let cut = try place.run(options + ["cut.tif", "--max-memory", "\(limit)M"])
    #expect(whole.errors.contains("in full width"), "\(whole.errors)")
    #expect(cut.errors.contains("column panels"), "\(cut.errors)")
    #expect(try place.mask("whole.tif") == place.mask("cut.tif"))
  }

  @Test func `cropped windows that keep the halo give the exact mask away from the far borders`() throws {
    let exact = try mask([])
    let cropped = try mask(["--blend", "crop", "--window", "64"])
    #expect(cropped.count == exact.count)
    for y in 0..<64 { #expect(cropped[y * 700..<y * 700 + 660] == exact[y * 700..<y * 700 + 660], "row \(y)") }
  }

  @Test func `blended windows give a mask that agrees with the exact one nearly everywhere`() throws {
    let exact = try mask([])
    let blended = try mask(["--blend", "hann", "--window", "64", "--overlap", "50%"])
    let agreeing = zip(exact, blended).count { $0 == $1 }
    #expect(agreeing * 10 > exact.count * 9, "\(agreeing) of \(exact.count)")
  }
}
