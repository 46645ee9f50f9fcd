import Diagrams
import Testing

private let networks: [(name: String, diagram: Diagram)] =
  [
    ("nothing", Diagram(title: "", boxes: [], edges: [])), ("residual", residualNetwork(blocks: 3)),
    ("long residual", residualNetwork(blocks: 60)), ("fan", fan(branches: 6)), ("nested", nestedModel()),
    ("U-Net", UNetSketch(depth: 4, convolutions: 2).diagram),
    ("long encoder", UNetSketch(depth: 3, convolutions: 9, decoderConvolutions: 1).diagram),
    ("long decoder", UNetSketch(depth: 3, convolutions: 1, decoderConvolutions: 7).diagram),
  ] + (1...60).map { ("random \($0)", randomDiagram(seed: UInt64($0), count: 5 + 3 * $0)) }

struct LayoutTests {
  @Test(arguments: networks.indices) func `boxes do not overlap and lie within the picture`(network: Int) {
    let layout = Layout(networks[network].diagram)
    let frames = layout.frames.sorted { ($0.y, $0.x) < ($1.y, $1.x) }
    for (place, frame) in frames.enumerated() {
      #expect(frame.x >= 0 && frame.y >= 0 && frame.right <= layout.width && frame.bottom <= layout.height)
      for other in frames[(place + 1)...] {
        if other.y >= frame.bottom { break }
        #expect(other.x >= frame.right || other.right <= frame.x, "\(networks[network].name): \(frame) and \(other)")
      }
    }
  }

  @Test(arguments: networks.indices) func `lines begin and end at their boxes and pass no other`(network: Int) throws {
    let diagram = networks[network].diagram
    let layout = Layout(diagram)
    #expect(layout.paths.map(\.edge) == diagram.edges)
    for path in layout.paths {
      let (source, target) = (layout.frames[path.edge.from], layout.frames[path.edge.to])
      let (start, end) = (try #require(path.points.first), try #require(path.points.last))
      // Out of the lower side and into the upper one; the other way round in parts that run up; or from side to side.
      #expect(
        start.x == source.middle.x && [source.y, source.bottom].contains(start.y)
          || start == .init(x: source.right, y: source.middle.y))
      #expect(
        end.x == target.middle.x && [target.y, target.bottom].contains(end.y)
          || end == .init(x: target.x, y: target.middle.y))
      for (a, b) in zip(path.points, path.points.dropFirst()) {
        #expect(min(a.x, b.x) >= 0 && max(a.x, b.x) <= layout.width)
        #expect(min(a.y, b.y) >= 0 && max(a.y, b.y) <= layout.height)
        for frame in layout.frames where max(a.x, b.x) > frame.x && min(a.x, b.x) < frame.right {
          let isClear = max(a.y, b.y) <= frame.y || min(a.y, b.y) >= frame.bottom
          #expect(isClear, "\(networks[network].name): \(path) meets \(frame)")
        }
      }
    }
  }

  @Test(arguments: networks.indices) func `outlines hold the boxes of their model and no other`(network: Int) {
    let diagram = networks[network].diagram
    let layout = Layout(diagram)
    var isHeld = [Bool](repeating: false, count: diagram.boxes.count)
    for outline in layout.outlines {
      for (box, frame) in layout.frames.enumerated() {
        let isWithin =
          frame.x > outline.frame.x && frame.right < outline.frame.right && frame.y > outline.frame.y
          && frame.bottom < outline.frame.bottom
        let isOutside =
          frame.right <= outline.frame.x || frame.x >= outline.frame.right || frame.bottom <= outline.frame.y
          || frame.y >= outline.frame.bottom
        let isMember = diagram.boxes[box].groups.contains(outline.group)
        #expect(isWithin && isMember || isOutside, "\(networks[network].name): \(outline) and \(frame)")
        if isWithin { isHeld[box] = true }
      }
    }
    for box in diagram.boxes.indices where layout.isOutlined[box] && !diagram.boxes[box].groups.isEmpty {
      #expect(isHeld[box])
    }
  }

  @Test(arguments: [(4, 2, 2), (3, 9, 1), (3, 1, 7), (1, 1, 1)])
  func `a U-Net has the shape of a U`(depth: Int, convolutions: Int, decoderConvolutions: Int) throws {
    let network = UNetSketch(depth: depth, convolutions: convolutions, decoderConvolutions: decoderConvolutions)
    let layout = Layout(network.diagram)
    func places(_ boxes: [Int]) -> [Layout.Point] { boxes.map { layout.frames[$0].middle } }
    let (down, below, up) = (places(network.encoder), places(network.bottom), places(network.decoder))
    for (a, b) in zip(down, down.dropFirst()) { #expect(a.x == b.x && a.y < b.y) }
    for (a, b) in zip(up, up.dropFirst()) { #expect(a.x == b.x && a.y > b.y) }
    #expect(below.allSatisfy { $0.y > (down + up).map(\.y).max() ?? 0 })
    #expect(below.allSatisfy { $0.x > down[0].x && $0.x < up[0].x })
    for skip in network.skips {
      let path = try #require(layout.paths.first { $0.edge == skip })
      #expect(path.isSkip && path.points.count == 2 && path.points[0].y == path.points[1].y)
    }
    #expect(layout.paths.count(where: \.isSkip) == network.skips.count)
  }

  @Test func `the spine of a residual network is straight, its layers go down`() {
    let diagram = residualNetwork(blocks: 4)
    let layout = Layout(diagram)
    #expect(Set(layout.frames.map(\.x)).count == 1)
    for edge in diagram.edges { #expect(layout.frames[edge.from].bottom <= layout.frames[edge.to].y) }
    // An activation follows its layer closer than a convolution does, without the head of an arrow.
    #expect(layout.paths.count(where: \.isShort) == 4 * 4)
  }

  @Test func `a long network is wrapped into columns`() {
    let layout = Layout(residualNetwork(blocks: 80))
    #expect(Set(layout.frames.map(\.x)).count > 4)
    #expect(layout.height < 3 * layout.width && layout.width < 3 * layout.height)
  }

  @Test func `models within a model are outlined, each call on its own`() {
    let layout = Layout(nestedModel())
    #expect(Set(layout.outlines.map(\.group.name)) == ["encoder", "encoder@2", "encoder/stem", "encoder@2/stem"])
    #expect(layout.isOutlined.allSatisfy { $0 })
  }

  @Test func `many long connections cost no more than the boxes they join`() {
    // Every box reads all before it: a drawing for nobody, but one that must end.
    var sketch = Sketch()
    for box in 0..<160 { sketch.add(box == 0 ? .input : .merging, Array(0..<box), rows: 8) }
    let layout = Layout(sketch.diagram)
    #expect(layout.frames.count == 160 && layout.paths.count == 160 * 159 / 2)
    #expect(layout.width < 8000 && layout.height < 40_000)
  }
}
