/// Which kinds a diagram has, in lines of at most a width.
struct Legend {
  private(set) var entries: [(style: String, label: String, x: Int, row: Int)] = []
  private(set) var rows = 0
  private(set) var width = 0

  init(_ diagram: Diagram, width: Int) {
    let present = Set(diagram.boxes.map(\.kind))
    var wanted = Diagram.Kind.allCases.filter { present.contains($0) }.map { ($0.rawValue, $0.label) }
    if diagram.boxes.contains(where: \.isOutput) { wanted.append(("outputs output", "output (any colour)")) }
    var x = 0
    for (style, label) in wanted {
      let needed = 22 + TextWidth.of(label, size: 11)
      if x > 0, x + needed > width { (x, rows) = (0, rows + 1) }
      entries.append((style, label, x, rows))
      x += needed
      self.width = max(self.width, x)
      x += 18
    }
    rows += entries.isEmpty ? 0 : 1
  }
}
