import ModelFiles
import Testing

struct ClassNamesTests {
  private func declared(_ text: String) -> DeclaredClasses? {
    MetadataReading(properties: ["class_names": text]).metadata.classes?.value
  }

  private func table(_ text: String, scores: Int, hasBackground: Bool = true, output: Int = 0) -> [String]? {
    declared(text)?.names(output: output)?.table(scores: scores, hasBackground: hasBackground)?.map(\.name)
  }

  @Test(arguments: [
    "[\"bg\", \"tree\", \"water\"]", "('bg', 'tree', 'water')", "{\"0\": \"bg\", \"1\": \"tree\", \"2\": \"water\"}",
    "{2: 'water', 0: 'bg', 1: 'tree'}", "{1: 'bg', 2: 'tree', 3: 'water'}", "[[\"bg\", \"tree\", \"water\"]]",
    "[{0: 'bg', 1: 'tree', 2: 'water'}]", "{'bg': 0, 'tree': 1, 'water': 2}", "'[\"bg\", \"tree\", \"water\"]'",
    "[{\"id\": 2, \"name\": \"water\"}, {\"id\": 0, \"name\": \"bg\"}, {\"id\": 1, \"name\": \"tree\"}]",
    "[{\"name\": \"bg\"}, {\"name\": \"tree\"}, {\"name\": \"water\"}]",
    "[{\"Value\": 0, \"Name\": \"bg\", \"Color\": [0, 0, 0]}, {\"Value\": 1, \"Name\": \"tree\"}, {\"Value\": 2, \"Name\": \"water\"}]",
    "{\"0\": {\"name\": \"bg\"}, \"1\": {\"name\": \"tree\"}, \"2\": {\"name\": \"water\"}}",
    "{0: 'bg', 1: 'tree', 2: 'water', 255: 'ignore'}",
  ]) func `every form names three classes`(_ text: String) {
    #expect(table(text, scores: 3) == ["bg", "tree", "water"])
  }

  @Test(arguments: [
    "5", "'a b'", "[[1], {}]", "{'a': 'b'}", "{-1: 'a'}", "{0.5: 'a'}", "[None]", "{'a': 1, 'b': 1}", "high",
  ])
  func `what is no names is passed over with a note`(_ text: String) {
    let reading = MetadataReading(properties: ["class_names": text])
    #expect(reading.metadata.classes == nil && reading.notes.count == 1, "\(reading)")
    #expect(reading.notes.first?.hasPrefix("the model's metadata: class_names: ") == true)
  }

  @Test func `numbers of names meet numbers of classes`() {
    // One score is that of class 1.
    for text in ["['tree']", "{0: 'tree'}", "{1: 'tree'}", "['background', 'tree']", "{1: 'background', 2: 'tree'}"] {
      #expect(table(text, scores: 1) == ["background", "tree"], "\(text)")
    }
    for text in ["['a', 'b', 'c']", "{2: 'tree'}", "{0: 'a', 2: 'b'}"] {
      #expect(table(text, scores: 1) == nil, "\(text)")
    }
    // Where no score is that of the background, names of scores begin at class 1, and one more is that of class 0.
    for text in ["['a', 'b']", "{0: 'a', 1: 'b'}", "{1: 'a', 2: 'b'}", "['background', 'a', 'b']"] {
      #expect(table(text, scores: 2, hasBackground: false) == ["background", "a", "b"], "\(text)")
    }
    #expect(table("{1: 'a', 2: 'b'}", scores: 3) == ["background", "a", "b"])
    #expect(table("{0: 'a', 2: 'b'}", scores: 3) == ["a", "1", "b"])
    for (text, scores) in [("['a', 'b', 'c']", 2), ("['a', 'b']", 3), ("{0: 'a', 3: 'b'}", 3), ("{1: 'a', 4: 'b'}", 3)]
    {
      #expect(table(text, scores: scores) == nil, "\(text)")
    }
  }

  @Test func `more names than a byte holds do not fit`() throws {
    let many = "[" + (0..<257).map { "\"\($0)\"" }.joined(separator: ", ") + "]"
    let names = try #require(declared(many)?.names(output: 0))
    #expect(names.names.count == 257 && names.table(scores: 3, hasBackground: true) == nil)
    #expect(names.table(scores: 256, hasBackground: true) == nil)
  }

  @Test(
    arguments: [
      ("['background', 'tree']", 2, true), ("['_background_', 'tree']", 2, true), ("['tree', 'Back-Ground']", 2, true),
      ("['no building', 'building']", 2, true), ("['Clutter/background', 'car']", 2, true),
      ("['tree', 'water']", 2, false),
      ("['nodule', 'water']", 2, false), ("{1: 'a', 2: 'b'}", 3, true), ("{1: 'a', 2: 'b'}", 2, false),
      ("['unlabeled', 'a', 'b']", 2, false), ("['c', 'a', 'b']", 2, nil), ("['a']", 3, nil),
    ] as [(String, Int, Bool?)]) func `names tell whether there is a background`(
      _ text: String, _ scores: Int, _ has: Bool?
    )
    throws
  {
    #expect(try #require(declared(text)?.names(output: 0)).hasBackground(scores: scores) == has)
  }

  @Test func `of a list per output each has its own`() {
    let text = "[{0: 'bg', 1: 'a'}, {0: 'bg', 1: 'b', 2: 'c'}]"
    #expect(table(text, scores: 2) == ["bg", "a"])
    #expect(table(text, scores: 3, output: 1) == ["bg", "b", "c"])
    #expect(declared(text)?.names(output: 2) == nil)
  }

  @Test func `colours belong to the names in their order, or by number`() {
    func colors(_ names: String, _ colors: String) -> ([UInt32?]?, Int) {
      let reading = MetadataReading(properties: ["class_names": names, "class_colors": colors])
      let table = reading.metadata.classes?.value.names(output: 0)?.table(scores: 3, hasBackground: true)
      return (table?.map(\.color), reading.notes.count)
    }
    #expect(colors("['a', 'b', 'c']", "['#010203', 'ffffff']") == ([0x010203, 0xFFFFFF, nil], 0))
    #expect(colors("['a', 'b', 'c']", "[[1, 2, 3], (4, 5, 6, 255)]") == ([0x010203, 0x040506, nil], 0))
    #expect(colors("{1: 'b', 2: 'c'}", "{2: '#000001'}") == ([nil, nil, 1], 0))
    for wrong in [
      "['#0102']", "['red']", "[[1, 2, 256]]", "['#000000', '#000000', '#000000', '#000000']", "5", "{7: '#000000'}",
    ] {
      #expect(colors("['a', 'b', 'c']", wrong) == ([nil, nil, nil], 1), "\(wrong)")
    }
  }
}
