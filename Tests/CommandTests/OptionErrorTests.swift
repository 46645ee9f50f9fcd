import Testing

/// Wrong usage: exit code 2 and one line, before anything is written.
struct OptionErrorTests {
  private let place: Workplace

  init() throws { place = try Workplace() }

  private static let segment = ["scene.tif", "-m", "model.keras", "-o", "o.tif"]

  @Test(arguments: [
    "--window=0", "--window=x", "--window=-1", "--window=8,", "--window=1,2,3", "--overlap=x", "--overlap=-1",
    "--overlap=100%", "--overlap=9223372036854775807", "--halo=x", "--halo=-1", "--halo=9223372036854775807",
    "--blend=foo", "-b=x", "--band=0", "--band=1,,2", "--scale=x", "--scale=1,2", "--scale=inf", "--mean=nan",
    "--mean=1,2,3,4", "--std=0", "--std=1e-45", "--nodata=256", "--nodata=-1", "--nodata=2", "--of=JPG", "--co=NOTHING",
    "--co=NO_SUCH_OPTION=1", "--threads=0", "--threads=-1", "--threads=1000000", "--threads=x", "--max-memory=0",
    "--max-memory=-1", "--max-memory=x", "--max-memory=1Q", "--progress=foo", "--threshold=x",
    "--threshold=nan", "--threshold=0.5", "--output-name=none", "--no-such-flag", "surplus",
  ])
  func `a bad value is refused`(option: String) throws {
    try place.expectRefusal(OptionErrorTests.segment + [option], 2)
  }

  @Test(arguments: [
    ["bench", "--runs", "0"], ["bench", "--runs", "x"], ["bench", "--input-shape", "0,1,3"],
    ["bench", "model.keras", "--input-shape", "16,16,4"], ["bench", "model.keras", "--input-shape", "15,15,3"],
    ["bench", "--threads", "0"], ["verify", "."], ["verify"], ["verify", ".", "--rtol", "nan"],
    ["verify", ".", "--atol=-1"], ["run"], ["run", "model.keras"], ["info", "--no-such-flag"], [],
  ])
  func `wrong usage of a command is refused`(arguments: [String]) throws {
    try place.expectRefusal(arguments, 2)
  }

  @Test func `options that exclude each other are refused`() throws {
    for options in [
      ["--overlap", "8", "--halo", "8"], ["--blend", "exact", "--overlap", "8"], ["--blend", "hann", "--halo", "8"],
      ["--blend", "crop", "--overlap", "8"], ["--blend", "exact", "--halo", "3"],
    ] {
      try place.expectRefusal(OptionErrorTests.segment + options, 2, "--")
    }
  }

  @Test func `a window that is no multiple of the stride names the next that is`() throws {
    try place.expectRefusal(
      OptionErrorTests.segment + ["--blend", "hann", "--window", "501"], 2, "--window", "501x501", "504")
  }

  @Test func `an overlap as large as the window names the largest that works`() throws {
    try place.expectRefusal(
      OptionErrorTests.segment + ["--blend", "hann", "--window", "16", "--overlap", "16"], 2, "--overlap", "12")
  }

  @Test func `a window without room for the halo names the smallest that works`() throws {
    try place.expectRefusal(OptionErrorTests.segment + ["--blend", "crop", "--window", "16"], 2, "--window", "56")
    #expect(try place.run(["scene.tif", "-m", "model.keras", "--blend", "crop", "--window", "56"]).status == 0)
  }

  @Test func `too little memory is a limit, and the smallest that works does work`() throws {
    let arguments = OptionErrorTests.segment + ["--max-memory"]
    try place.expectRefusal(arguments + ["1M"], 7, "--max-memory", "smallest that works")
    let message = try place.run(arguments + ["1M"]).errors
    let smallest = try #require(message.split { !$0.isNumber }.compactMap { Int($0) }.last)
    let result = try place.run(arguments + ["\(smallest)M"])
    #expect(result.status == 0, "\(message)\(result.errors)")
  }

  @Test func `a benchmark beyond the memory is a limit`() throws {
    try place.expectRefusal(["bench", "model.keras", "--input-shape", "1048576,1048576,3"], 7, "--input-shape")
  }

  @Test func `an unknown instruction set is refused with the known ones`() throws {
    try place.expectRefusal(
      OptionErrorTests.segment, 2, "SEGINFER_ISA", "foo", "baseline", environment: ["SEGINFER_ISA": "foo"])
  }

  @Test func `a class table of another size is refused`() throws {
    try place.expectRefusal(OptionErrorTests.segment + ["--classes", "capstone"], 2, "5", "3")
    try place.expectRefusal(OptionErrorTests.segment + ["--classes", "nope"], 5, "nope")
  }

  @Test func `help and version are no errors`() throws {
    for arguments in [["--help"], ["segment", "--help"], ["bench", "-h"], ["--version"]] {
      let result = try place.run(arguments)
      #expect(result.status == 0)
      #expect(!result.output.isEmpty && result.errors.isEmpty)
    }
  }
}
