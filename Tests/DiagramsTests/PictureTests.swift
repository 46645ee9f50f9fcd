import Diagrams
import Foundation
import FoundationXML
import Testing

/// What a parser finds in an SVG document.
private final class Reader: NSObject, XMLParserDelegate {
  var texts: [String] = []
  var elements: [String: Int] = [:]
  private var text = ""

  init?(_ document: String) {
    super.init()
    let parser = XMLParser(data: Data(document.utf8))
    parser.delegate = self
    guard parser.parse() else { return nil }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    elements[name, default: 0] += 1
    text = ""
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    if name == "text" { texts.append(text) }
  }
}

struct PictureTests {
  @Test func `a picture is well-formed and has every box and edge`() throws {
    let diagram = UNetSketch(depth: 2, convolutions: 1).diagram
    let reader = try #require(Reader(diagram.svg))
    // Two rectangles for each box, the background, and one for each of the legend's entries.
    let kinds = Set(diagram.boxes.map(\.kind)).count
    #expect(reader.elements["rect"] == 2 * diagram.boxes.count + 1 + kinds)
    #expect(reader.elements["path"] == diagram.edges.count + 2)
    for box in diagram.boxes { #expect(reader.texts.contains(box.name) && reader.texts.contains(box.detail)) }
  }

  @Test(arguments: [
    "a<b>&\"c\"'d'", "]]>", "<!--", "\u{0}\u{1b}[31m\u{7f}\u{85}\u{fffe}", "é中文🙂",
    String(repeating: "long", count: 5000), "",
  ])
  func `any text makes a well-formed picture`(text: String) throws {
    let box = Diagram.Box(
      name: text, caption: text, detail: text, kind: .other, groups: [.init(name: text, caption: text)], tooltip: text)
    let diagram = Diagram(title: text, subtitle: text, boxes: [box, box], edges: [.init(0, 1)])
    let reader = try #require(Reader(diagram.svg))
    if text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value < 0x7f }), text.count < 20, !text.isEmpty {
      #expect(reader.texts.contains(text))
    }
    #expect(diagram.svg.utf8.count < 10_000 + 6 * text.utf8.count)
  }

  @Test func `the same diagram gives the same bytes`() {
    for seed in 1...9 {
      let pictures = (0..<3).map { _ in randomDiagram(seed: UInt64(seed), count: 60).svg }
      #expect(Set(pictures).count == 1)
    }
  }

  @Test func `an edge that occurs twice is drawn once`() {
    var sketch = Sketch()
    let input = sketch.add(.input, rows: 8)
    sketch.add(.merging, [input, input], rows: 8)
    #expect(sketch.diagram.edges.count == 1)
  }

  @Test func `words lose as little of their middle as they must`() {
    #expect(shortened("conv2d_transpose") { $0.count <= 16 } == "conv2d_transpose")
    #expect(shortened("conv2d_transpose") { $0.count <= 9 } == "conv…pose")
    #expect(shortened("conv2d_transpose") { $0.count <= 1 } == "…")
    #expect(shortened("ab") { $0.count <= 1 } == "…")
  }
}
