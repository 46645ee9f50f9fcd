extension Diagram {
  /// The picture as an SVG document. The same diagram always gives the same bytes.
  package var svg: String { Picture(self).text }
}

/// Writes a laid out diagram as SVG.
private struct Picture {
  private let diagram: Diagram
  private let layout: Layout
  private(set) var text = ""

  private static let margin = 28, titleHeight = 52, legendRow = 24

  init(_ diagram: Diagram) {
    self.diagram = diagram
    layout = Layout(diagram)
    let legend = Legend(diagram, width: max(layout.width, 420))
    let head = Picture.titleHeight + legend.rows * Picture.legendRow + 16
    let titles = [TextWidth.of(diagram.title, size: 17, isBold: true), TextWidth.of(diagram.subtitle, size: 12)]
    let room = max(layout.width, legend.width, min(titles.max() ?? 0, 900))
    let (width, height) = (room + 2 * Picture.margin, head + layout.height + 2 * Picture.margin)

    let size = "width=\"\(width)\" height=\"\(height)\" viewBox=\"0 0 \(width) \(height)\""
    line("<svg xmlns=\"http://www.w3.org/2000/svg\" \(size)>")
    line("<title>\(xml(diagram.title))</title>")
    line(Picture.definitions)
    line("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>")
    line("<g transform=\"translate(\(Picture.margin) \(Picture.margin))\">")
    write("title", 0, 15, TextWidth.fitted(diagram.title, to: room, size: 17, isBold: true))
    write("subtitle", 0, 36, TextWidth.fitted(diagram.subtitle, to: room, size: 12))
    for entry in legend.entries {
      let y = Picture.titleHeight + entry.row * Picture.legendRow
      rectangle(entry.style, .init(x: entry.x, y: y, width: 16, height: 12), radius: 3)
      write("legend", entry.x + 22, y + 10, entry.label)
    }
    line("</g>")
    let left = Picture.margin + (room - layout.width) / 2
    line("<g transform=\"translate(\(left) \(Picture.margin + head))\">")
    for outline in layout.outlines { draw(outline) }
    for path in layout.paths { draw(path) }
    for box in diagram.boxes.indices { draw(box) }
    line("</g>")
    line("</svg>")
  }

  private mutating func line(_ text: String) { self.text += text + "\n" }

  private mutating func write(_ style: String, _ x: Int, _ y: Int, _ text: String, endsAtX: Bool = false) {
    let anchor = endsAtX ? " text-anchor=\"end\"" : ""
    if !text.isEmpty { line("<text class=\"\(style)\" x=\"\(x)\" y=\"\(y)\"\(anchor)>\(xml(text))</text>") }
  }

  private mutating func rectangle(_ style: String, _ frame: Layout.Frame, radius: Int) {
    let place = "x=\"\(frame.x)\" y=\"\(frame.y)\" width=\"\(frame.width)\" height=\"\(frame.height)\""
    line("<rect class=\"\(style)\" \(place) rx=\"\(radius)\"/>")
  }

  private mutating func draw(_ outline: Layout.Outline) {
    let frame = outline.frame
    rectangle("outline", frame, radius: 8)
    let name = outline.group.name + (outline.group.caption.isEmpty ? "" : " · \(outline.group.caption)")
    write(
      "group", frame.x + 10, frame.y + 14, TextWidth.fitted(name, to: frame.width - 20, size: 11, isBold: true))
  }

  private mutating func draw(_ box: Int) {
    let (content, frame) = (diagram.boxes[box], layout.frames[box])
    line("<g>\(content.tooltip.isEmpty ? "" : "<title>\(xml(content.tooltip))</title>")")
    rectangle(content.kind.rawValue + (content.isOutput ? " output" : ""), frame, radius: 5)
    rectangle(
      content.kind.rawValue + "-bar", .init(x: frame.x, y: frame.y + 5, width: 4, height: frame.height - 10), radius: 0)
    let name =
      layout.isOutlined[box] ? content.name : (content.groups.map(\.name) + [content.name]).joined(separator: "/")
    let room = frame.width - 22
    write("name", frame.x + 12, frame.y + 15, TextWidth.fitted(name, to: room, size: 12, isBold: true))
    let detail = TextWidth.fitted(content.detail, to: room * 2 / 3, size: 11)
    let rest = room - 8 - TextWidth.of(detail, size: 11)
    write("detail", frame.x + 12, frame.y + 29, TextWidth.fitted(content.caption, to: rest, size: 11))
    write("detail", frame.right - 9, frame.y + 29, detail, endsAtX: true)
    line("</g>")
  }

  private mutating func draw(_ path: Layout.Path) {
    let style = path.isSkip ? "edge skip" : "edge"
    let head = path.isShort ? "" : " marker-end=\"url(#\(path.isSkip ? "skip-arrow" : "arrow"))\""
    line("<path class=\"\(style)\" d=\"\(curve(path.points))\"\(head)/>")
  }
}

/// The data of a path: straight lines with round corners, S-curves between points that share no coordinate.
private func curve(_ points: [Layout.Point]) -> String {
  guard var last = points.first else { return "" }
  var result = "M\(last.x) \(last.y)"
  for (place, point) in points.enumerated().dropFirst() {
    if point.x != last.x && point.y != last.y {
      let middle = (last.y + point.y) / 2
      result += " C\(last.x) \(middle) \(point.x) \(middle) \(point.x) \(point.y)"
      last = point
    } else if place + 1 < points.count, let turn = corner(last, point, points[place + 1]) {
      result += " L\(turn.from.x) \(turn.from.y) Q\(point.x) \(point.y) \(turn.to.x) \(turn.to.y)"
      last = turn.to
    } else {
      result += " L\(point.x) \(point.y)"
      last = point
    }
  }
  return result
}

/// Where a right angle at `b` begins and ends to be round; nil where there is none.
private func corner(
  _ a: Layout.Point, _ b: Layout.Point, _ c: Layout.Point
) -> (from: Layout.Point, to: Layout.Point)? {
  guard (a.x == b.x && b.y == c.y) || (a.y == b.y && b.x == c.x) else { return nil }
  func towards(_ p: Layout.Point) -> Layout.Point {
    let (dx, dy) = (p.x - b.x, p.y - b.y)
    let radius = min(8, max(abs(dx), abs(dy)) / 2)
    return Layout.Point(x: b.x + dx.signum() * radius, y: b.y + dy.signum() * radius)
  }
  return (towards(a), towards(c))
}

/// Text for XML: characters with a meaning escaped, and those that XML cannot hold replaced.
func xml(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "\n": result += "&#10;"
    case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{fffe}", "\u{ffff}": result += "\u{fffd}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

extension Picture {
  /// Styles and the heads of arrows.
  static var definitions: String {
    var lines = [
      "<style>",
      "text { font-family: Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif; fill: #1f2937; }",
      ".title { font-size: 17px; font-weight: 700; } .subtitle { font-size: 12px; fill: #4b5563; }",
      ".legend { font-size: 11px; fill: #4b5563; } .name { font-size: 12px; font-weight: 700; }",
      ".detail { font-size: 11px; fill: #4b5563; } .group { font-size: 11px; font-weight: 700; fill: #64748b; }",
      ".outline { fill: #f8fafc; stroke: #cbd5e1; stroke-dasharray: 5 4; }",
      ".edge { fill: none; stroke: #94a3b8; stroke-width: 1.4; } .skip { stroke: #0f766e; stroke-width: 1.8; }",
    ]
    for kind in Diagram.Kind.allCases {
      let colours = Colours(kind)
      lines.append(".\(kind.rawValue) { fill: \(colours.fill); stroke: \(colours.line); }")
      lines.append(".\(kind.rawValue)-bar { fill: \(colours.line); }")
    }
    lines += [".output { stroke-width: 2.6; } .outputs { fill: #ffffff; stroke: #374151; }", "</style>", "<defs>"]
    for (name, colour) in [("arrow", "#94a3b8"), ("skip-arrow", "#0f766e")] {
      let size = "viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\""
      lines.append("<marker id=\"\(name)\" \(size) markerUnits=\"userSpaceOnUse\" orient=\"auto\">")
      lines.append("<path d=\"M0 0.8 L7.5 4 L0 7.2 Z\" fill=\"\(colour)\"/></marker>")
    }
    return (lines + ["</defs>"]).joined(separator: "\n")
  }
}
