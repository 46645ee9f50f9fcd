import Foundation
import Rasters
import TestSupport
import Scenes
import Testing

@Suite struct ClassTableTests {
  let scratch: Scratch
  init() throws { scratch = try Scratch() }

  func table(_ text: String) throws -> ClassTable {
    try Data(text.utf8).write(to: scratch.url.appending(path: "classes"))
    return try ClassTable(path: scratch.path("classes"))
  }

  @Test func `presets hold the classes of their data sets in order`() {
    #expect(ClassTable.preset("landcover.ai")?.names == ["background", "building", "woodland", "water", "road"])
    #expect(ClassTable.preset("capstone")?.names == ["unlabeled", "woodland", "water", "road", "building"])
    #expect(ClassTable.capstone.entries[0].color == RGB(0, 0, 0))
    #expect(ClassTable.preset("nonsense") == nil)
  }

  @Test func `the default palette starts with black and does not repeat early`() {
    let colors = ClassTable(count: 256).entries.map(\.color)
    #expect(colors[0] == RGB(0, 0, 0))
    #expect(Set(colors.prefix(64)).count == 64)
  }

  @Test(arguments: [
    ##"[{"id": 2, "name": "water", "color": "#1E6fd9"}, {"id": 0, "name": "none"}]"##,
    "id,name,color\n0,none\n2,water,#1e6fd9\n", "0, none\r\n2,\"water\",1e6fd9",
    "# QGIS Generated Color Map Export File\nINTERPOLATION:EXACT\n0,0,0,0,255,none\n2,30,111,217,255,water\n",
  ])
  func `every form is read`(text: String) throws {
    let table = try table(text)
    #expect(table.names == ["none", "1", "water"])
    #expect(table.entries[0].color == RGB(0, 0, 0))
    #expect(table.entries[2].color == RGB(30, 111, 217))
  }

  @Test(arguments: [
    (#"[{"id": 0, "name": "a"}, {"id": 256, "name": "b"}]"#, "entry 1"),
    (#"[{"id": -1, "name": "a"}]"#, "entry 0"), (#"[{"id": 1, "name": "a", "color": "red"}]"#, "entry 0"),
    (#"[{"id": 1, "name": "a"}, {"id": 1, "name": "b"}]"#, "entry 1"), (#"[{"id": 1}]"#, nil), ("[]", nil), ("", nil),
    ("{}", nil), ("0,a\nx,b", "line 2"), ("0,a,#12", "line 1"), ("0", "line 1"), ("0,1,2,300,4,a", "line 1"),
    ("99999999999999999999,a", "line 1"), (String(repeating: "[", count: 100_000), nil),
  ])
  func `bad tables are refused where they are bad`(text: String, place: String?) {
    let error = rasterError { _ = try table(text) }
    #expect(error?.kind == .malformed)
    #expect(error?.site.part == place)
  }

  @Test func `a missing table is not found`() {
    #expect(rasterError { _ = try ClassTable(path: scratch.path("no")) }?.kind == .notFound)
  }
}
