import KerasImport
import ModelFiles
import Testing

/// How a file that begins like JSON fails to load; every one of them does, since weights are missing.
private func failure(_ bytes: [UInt8]) -> ImportError? {
  bytes.withUnsafeBytes { bytes in
    do throws(ImportError) {
      _ = try importKeras(bytes: bytes, name: "model.json")
      return nil
    } catch { return error }
  }
}

private func failure(_ text: String) -> ImportError? { failure(Array(text.utf8)) }

/// The configurations that Python writes, and those that are none.
struct JSONTests {
  private static let sequential = #""class_name": "Sequential", "config": {"name": "s", "layers": []}"#

  @Test(arguments: [
    "{\(sequential)}", "\u{FEFF}{\(sequential)}",
    #"{\#(sequential), "a": [NaN, Infinity, -Infinity, -0, 1e-400, 1.5E3]}"#,
    #"{\#(sequential), "a": "\u00e9\ud83d\ude00\/\n", "b": true, "c": null, "d": 18446744073709551616}"#,
  ]) func `what Python writes is read`(text: String) {
    #expect(failure(text)?.kind == .unsupported, "\(failure(text).map { "\($0)" } ?? "")")
  }

  @Test(arguments: [
    #"{"class_name": "Sequential", // note\#n "config": {}}"#, #"{'class_name': 'Sequential'}"#, #"{class_name: 1}"#,
    #"{"class_name": "Sequential"} trailing"#, #"{"a": 01}"#, #"{"a": 1e999}"#, #"{"a": +1}"#, #"{"a": .5}"#,
    #"{"a": 1,}"#,
    #"{"a": [1 2]}"#, #"{"a": "\ud800"}"#, #"{"a": "\x"}"#, "{\"a\": \"\u{1}\"}", #"{"a": "open"#, #"{"abcdef" "#,
    #"{"a": tru}"#,
    #"{"a": 1, "a": 2}"#,
  ]) func `other text is malformed, and the place is named`(text: String) throws {
    let error = try #require(failure(text))
    #expect(error.kind == .malformed && error.what.contains("byte"), "\(error)")
  }

  @Test func `bytes that are no UTF-8 are malformed`() throws {
    for bytes: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82]] {
      let text = Array(#"{"class_name": ""#.utf8) + bytes + Array(#"", "config": {}}"#.utf8)
      #expect(failure(text)?.kind == .malformed, "\(bytes)")
    }
  }

  @Test(arguments: ["[", #"{"a":"#]) func `nesting of any depth is an error, not the end of the stack`(open: String) {
    let text = #"{"class_name": "Sequential", "config": "# + String(repeating: open, count: 100_000)
    #expect(failure(text)?.kind == .malformed)
  }
}
