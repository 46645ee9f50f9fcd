import Testing

/// What `--plan` and `--max-memory` say about memory, against what the kernel counts.
struct MemoryTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.enlargement("wide.vrt", 2000, 96)
  }

  /// The number after `memory:`, in MiB.
  private func mebibytes(_ text: String) throws -> Double {
    let line = try #require(text.split(separator: "\n").last { $0.hasPrefix("memory: ") }, "\(text)")
    return try #require(line.split(separator: " ").lazy.compactMap { Double($0) }.first)
  }

  private func planned(_ options: [String]) throws -> Double {
    try mebibytes(place.run(["wide.vrt", "--plan"] + options).output)
  }

  private func measured(_ options: [String]) throws -> Double {
    let result = try place.run(["wide.vrt", "-o", "o.tif", "--overwrite"] + options)
    #expect(result.status == 0, "\(result.errors)")
    return try mebibytes(result.errors)
  }

  @Test(arguments: [
    [], ["-t", "1"], ["-t", "4", "--of", "GTiff"], ["--blend", "crop"], ["--blend", "hann"],
  ])
  func `the predicted peak is within a tenth of the measured one`(options: [String]) throws {
    let (planned, measured) = try (planned(options), measured(options))
    #expect(abs(planned - measured) <= measured / 10, "\(planned) MiB planned, \(measured) MiB measured")
  }

  @Test func `a limit is honoured`() throws {
    let unlimited = try planned([])
    let refusal = try place.run(["wide.vrt", "-o", "o.tif", "--max-memory", "1M"])
    #expect(refusal.status == 7)
    let least = try #require(refusal.errors.split { !$0.isNumber }.compactMap { Double($0) }.last)
    #expect(least < unlimited)
    for limit in [least, (least + unlimited) / 2] {
      let held = try measured(["--max-memory", "\(Int(limit.rounded(.up)))M"])
      #expect(held <= limit * 1.05, "\(held) MiB of \(limit) MiB")
    }
  }

  @Test func `a plan tells the arithmetic as a factor of one pass`() throws {
    for (options, words) in [
      ([], "1.000 times one pass"), (["--blend", "hann", "--window", "64"], "2.645 times one pass"),
    ] {
      #expect(try place.run(["wide.vrt", "--plan"] + options).output.contains(words))
    }
  }
}
