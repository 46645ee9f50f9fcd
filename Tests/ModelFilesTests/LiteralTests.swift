import ModelFiles
import Testing

struct LiteralTests {
  @Test(arguments: [
    ("{\"0\": \"a\", \"1\": \"b\"}", "{\"0\": \"a\", \"1\": \"b\"}"),
    ("{0: 'a', 1: \"b's\",}", "{\"0\": \"a\", \"1\": \"b's\"}"), ("(1, 2.5,)", "[1, 2.5]"), ("('a')", "\"a\""),
    ("('a',)", "[\"a\"]"), ("[None, True, False, null, true]", "[null, true, false, null, true]"),
    ("\u{FEFF} [ ] ", "[]"), ("u'\\u00e9\\x41\\n'", "\"éA\\u000a\""), ("'\\ud83c\\udf33'", "\"🌳\""),
    ("-1e-3", "-0.001"), ("+.5", "0.5"), ("1.", "1"), ("nan", "null"), ("-inf", "null"), ("'\\ud83c'", "\"\u{FFFD}\""),
    ("{'a': {'b': [(1, 2), (3,)]}}", "{\"a\": {\"b\": [[1, 2], [3]]}}"), ("1e300", "1e+300"),
  ]) func `JSON and Python's literals are read`(_ text: String, _ json: String) throws {
    #expect(try Literal(text).json == json)
  }

  @Test(arguments: [
    "", "{", "[1", "[1 2]", "{'a'}", "{'a': }", "'a", "'\\q'", "'\\u12'", "high", "1 2", "0x10", "--1", "-", "{,}",
    "[,]",
    "0b1", "lambda: 0", "[1]]", "1e999", "\"\\", "np.array([1])", String(repeating: "[", count: 100_000),
  ]) func `what is neither is refused`(_ text: String) { #expect(throws: LiteralError.self) { try Literal(text) } }

  @Test func `an error tells the line, and whether a key was read`() throws {
    let error = #expect(throws: LiteralError.self) { try Literal("{\"a\": 1,\n\n \"b\": x}") }
    #expect(error?.line == 3 && error?.isBeforeAnyKey == false)
    let early = #expect(throws: LiteralError.self) { try Literal("{") }
    #expect(early?.isBeforeAnyKey == true)
  }

  @Test func `numbers are also read from texts, and of a repeated key the last counts`() throws {
    #expect(try Literal("'0.5'").number == 0.5 && Literal("'x'").number == nil && Literal("3.0").whole == 3)
    #expect(try Literal("1e39").float == nil && Literal("nan").float == nil && Literal("2.5").whole == nil)
    #expect(try Literal("{'a': 1, 'a': 2}")["a"] == .number(2))
  }
}
