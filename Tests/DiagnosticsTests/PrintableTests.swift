import Diagnostics
import Testing

struct PrintableTests {
  @Test func `names from files are escaped and cut`() {
    #expect(printable("a\u{1B}[31mb\n") == "a\\u{1B}[31mb\\n")
    #expect(printable(String(repeating: "x", count: 500)) == String(repeating: "x", count: 200) + "...")
    #expect(printable(String(repeating: "x", count: 200)) == String(repeating: "x", count: 200))
    #expect(printable("\nabc", limit: 2) == "\\na...")
  }

  @Test func `what turns lines or directions is escaped, letters of all scripts are not`() {
    #expect(printable("\u{2028}\u{202E}\u{85}\u{FEFF}") == "\\u{2028}\\u{202E}\\u{0085}\\u{FEFF}")
    #expect(printable("Gewässer 水 \\ \"") == "Gewässer 水 \\ \"")
  }
}
