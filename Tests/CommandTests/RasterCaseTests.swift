import Foundation
import Rasters
import Testing

/// Rasters as people publish them: `Fixtures/cases/raster_KIND/NAME.command` (scene and options, one a line) gives the classes of
/// `NAME.expected.npy`, an independent answer, to the pixel.
struct RasterCaseTests {
  private static let folder = Workplace.fixtures.appending(path: "cases")

  static let names: [String] = {
    let all = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    return all.filter { $0.hasPrefix("raster_") && $0.hasSuffix(".command") }.sorted()
  }()

  @Test(arguments: names)
  func `the mask is the expected one`(_ name: String) throws {
    let place = try Workplace()
    let kind = (name as NSString).deletingLastPathComponent
    let files = try FileManager.default.contentsOfDirectory(atPath: RasterCaseTests.folder.appending(path: kind).path)
    // Every case brings a scene of its own kind, never the workplace's.
    for file in files where !place.names.contains(file) { try place.copy("cases/\(kind)/\(file)", file) }
    let command = try String(contentsOf: RasterCaseTests.folder.appending(path: name), encoding: .utf8)
    let expected = ((name as NSString).lastPathComponent as NSString).deletingPathExtension + ".expected.npy"
    // The last bytes of a NumPy file are its elements.
    let want = try #require(place.bytes(expected)).suffix(24 * 20)
    let result = try place.run(command.split(separator: "\n").map(String.init) + ["-o", "o.tif"])
    #expect(result.status == 0, "\(result.errors)")
    guard result.status == 0 else { return }
    let got = try place.mask("o.tif")
    let differing = zip(got, want).count { $0 != $1 }
    #expect(got.count == want.count && differing == 0, "\(differing) of \(want.count) pixels differ\n\(result.errors)")
  }

  @Test func `there are cases of each kind`() {
    let kinds = Set(RasterCaseTests.names.map { ($0 as NSString).deletingLastPathComponent })
    #expect(
      kinds == [
        "raster_alpha_that_is_near_infrared", "raster_mixed_types", "raster_signed_bytes", "raster_subdatasets",
      ])
  }
}
