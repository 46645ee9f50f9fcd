import Diagnostics
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

  @Test func `text in UTF-16 is no JSON`() throws {
    let text = "{\(Self.sequential)}"
    for (mark, isBig) in [([0xFF, 0xFE], false), ([0xFE, 0xFF], true), ([], false), ([], true)] as [([UInt8], Bool)] {
      let units = text.utf16.flatMap { unit in
        let pair = [UInt8(truncatingIfNeeded: unit), UInt8(truncatingIfNeeded: unit >> 8)]
        return isBig ? pair.reversed() : pair
      }
      let error = try #require(failure(mark + units))
      #expect(error.kind == .malformed && error.site == "model.json", "\(error)")
    }
  }

  @Test func `a name of 10 MB is cut, and what could drive a terminal is escaped`() throws {
    let long = String(repeating: "x", count: 10 << 20)
    let repeated = try #require(failure(#"{"\#(long)": 1, "\#(long)": 2}"#))
    #expect(repeated.kind == .malformed && repeated.description.utf8.count < 400)
    let named = #"{"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "\#(long)"}]}}"#
    #expect(try #require(failure(named)).description.utf8.count < 400)
    for name in [#"\u001b[31mred"#, #"a\u0000b"#, #"a\u202eb"#, #"a\nb"#, #"a\u0085b"#] {
      let error = try #require(configurationFailure(name))
      #expect(error.kind == .unsupported, "\(error)")
      let isClean = !error.description.unicodeScalars.contains {
        [.control, .format, .lineSeparator].contains($0.properties.generalCategory)
      }
      #expect(isClean && error.description.contains("\\"), "\(error)")
    }
  }

  /// How a layer of an unknown class with this name fails.
  private func configurationFailure(_ name: String) -> ImportError? {
    let text =
      #"{"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "\#(name)", "config": {"name": "\#(name)"}}]}}"#
    do throws(ImportError) {
      _ = try importKeras(configuration: text, weights: [:], kerasVersion: "3.9.0")
      return nil
    } catch { return error }
  }
}
