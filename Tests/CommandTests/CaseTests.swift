import Foundation
import Rasters
import Testing

/// Models and scenes as people publish them: `Fixtures/cases/KIND/NAME.{keras,h5,onnx}` applied to the kind's `scene.tif` gives
/// `NAME.expected.tif`, an independent answer, to the pixel. `NAME.arguments`, if there, has options, one a line.
struct CaseTests {
  private static let folder = Workplace.fixtures.appending(path: "cases")

  static let names: [String] = {
    let all = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    return all.filter { name in
      ["keras", "h5", "onnx"].contains((name as NSString).pathExtension)
        && FileManager.default.fileExists(atPath: folder.path + "/\(stem(name)).expected.tif")
    }.sorted()
  }()

  private static func stem(_ name: String) -> String { (name as NSString).deletingPathExtension }

  @Test(arguments: names)
  func `the mask is the expected one`(_ name: String) throws {
    let place = try Workplace()
    let (stem, kind) = (CaseTests.stem(name), (name as NSString).deletingLastPathComponent)
    try place.copy("cases/\(name)", "m." + (name as NSString).pathExtension)
    try? place.copy("cases/\(stem).json", "m.json")
    try place.copy("cases/\(kind)/scene.tif", "case.tif")
    try place.copy("cases/\(stem).expected.tif", "expected.tif")
    let options = try? String(contentsOf: CaseTests.folder.appending(path: stem + ".arguments"), encoding: .utf8)
    let model = "m." + (name as NSString).pathExtension
    let result = try place.run(
      ["case.tif", "-m", model, "-o", "o.tif"] + (options ?? "").split(separator: "\n").map(String.init))
    #expect(result.status == 0, "\(result.errors)")
    guard result.status == 0 else { return }
    let (got, want) = (try place.mask("o.tif"), try place.mask("expected.tif"))
    let differing = zip(got, want).count { $0 != $1 }
    #expect(got.count == want.count && differing == 0, "\(differing) of \(want.count) pixels differ\n\(result.errors)")
  }

  @Test func `there are cases`() { #expect(CaseTests.names.count > 1) }
}
