import Diagnostics
import Foundation
import Testing

struct JSONTextTests {
  @Test func `another reader finds the values that were written`() throws {
    let name = "a\"b\\c\n\u{0}\u{7F}\u{1F}é水"
    let text = jsonObject([
      (name, jsonList([name, "", "/"], jsonQuoted)), ("n", jsonNumber(-0.125)), ("none", jsonNumber(.nan)),
      ("absent", jsonOptional(nil)), ("there", jsonOptional(name)), ("empty", jsonObject([])),
    ])
    let value = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(value[name] as? [String] == [name, "", "/"])
    #expect(value["n"] as? Double == -0.125 && value["there"] as? String == name)
    #expect(value["none"] is NSNull && value["absent"] is NSNull && value["empty"] as? [String: Int] == [:])
    #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
  }

  @Test func `members keep their order`() {
    #expect(jsonObject([("b", "1"), ("a", "[]")]) == "{\"b\": 1, \"a\": []}")
  }
}
