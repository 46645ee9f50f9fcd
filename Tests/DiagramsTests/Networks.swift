import Diagrams
import TestSupport

/// Builds diagrams layer by layer.
struct Sketch {
  private(set) var boxes: [Diagram.Box] = []
  private(set) var edges: [Diagram.Edge] = []

  @discardableResult
  mutating func add(
    _ kind: Diagram.Kind, _ sources: [Int] = [], rows: Int?, groups: [String] = [], name: String? = nil
  ) -> Int {
    boxes.append(
      .init(
        name: name ?? "\(kind.rawValue)_\(boxes.count)", caption: kind.rawValue,
        detail: rows.map { "\($0)×\($0)×8" } ?? "8",
        kind: kind, imageRows: rows, groups: groups.map { .init(name: $0, caption: "Functional") }))
    edges += sources.map { Diagram.Edge($0, boxes.count - 1) }
    return boxes.count - 1
  }

  var diagram: Diagram { Diagram(title: "sketch", boxes: boxes, edges: edges) }
}

/// A U-Net, and which of its boxes are what.
struct UNetSketch {
  var encoder: [Int] = [], bottom: [Int] = [], decoder: [Int] = []
  /// Ends of encoder levels and the merging layers that read them.
  var skips: [Diagram.Edge] = []
  var diagram: Diagram

  init(depth: Int, convolutions: Int, decoderConvolutions: Int? = nil) {
    var sketch = Sketch()
    var (encoder, bottom, decoder, skips) = ([Int](), [Int](), [Int](), [Diagram.Edge]())
    var last = sketch.add(.input, rows: 512)
    encoder.append(last)
    var ends: [Int] = []
    for level in 0..<depth {
      if level > 0 {
        last = sketch.add(.pooling, [last], rows: 512 >> level)
        encoder.append(last)
      }
      for _ in 0..<convolutions {
        last = sketch.add(.convolution, [last], rows: 512 >> level)
        encoder.append(last)
      }
      ends.append(last)
    }
    last = sketch.add(.pooling, [last], rows: 512 >> depth)
    bottom.append(last)
    last = sketch.add(.convolution, [last], rows: 512 >> depth)
    bottom.append(last)
    for level in (0..<depth).reversed() {
      last = sketch.add(.upsampling, [last], rows: 512 >> level)
      decoder.append(last)
      last = sketch.add(.merging, [last, ends[level]], rows: 512 >> level)
      decoder.append(last)
      skips.append(.init(ends[level], last))
      for _ in 0..<(decoderConvolutions ?? convolutions) {
        last = sketch.add(.convolution, [last], rows: 512 >> level)
        decoder.append(last)
      }
    }
    (self.encoder, self.bottom, self.decoder, self.skips) = (encoder, bottom, decoder, skips)
    diagram = sketch.diagram
  }
}

/// Residual blocks of a convolution, its normalisation and activation twice, around them a shortcut.
func residualNetwork(blocks: Int) -> Diagram {
  var sketch = Sketch()
  var last = sketch.add(.input, rows: 64)
  for _ in 0..<blocks {
    let start = last
    for _ in 0..<2 {
      for kind in [Diagram.Kind.convolution, .normalization, .activation] { last = sketch.add(kind, [last], rows: 64) }
    }
    last = sketch.add(.merging, [start, last], rows: 64)
  }
  return sketch.diagram
}

/// Branches of different lengths between a fork and a join.
func fan(branches: Int) -> Diagram {
  var sketch = Sketch()
  let fork = sketch.add(.input, rows: 32)
  var ends: [Int] = []
  for branch in 0..<branches {
    var last = fork
    for _ in 0...(branch % 3 + 1) { last = sketch.add(.convolution, [last], rows: 32) }
    ends.append(last)
  }
  sketch.add(.merging, ends, rows: 32)
  return sketch.diagram
}

/// An encoder of two nested models that is called twice, and a head.
func nestedModel() -> Diagram {
  var sketch = Sketch()
  var ends: [Int] = []
  for call in ["encoder", "encoder@2"] {
    var last = sketch.add(.input, rows: 32)
    for inner in [[call], [call, call + "/stem"], [call, call + "/stem"], [call]] {
      last = sketch.add(.convolution, [last], rows: 32, groups: inner)
    }
    ends.append(last)
  }
  sketch.add(.merging, ends, rows: 32)
  return sketch.diagram
}

/// Any graph: a few edges to each box from earlier ones, image sizes that go up and down, groups that come and go.
func randomDiagram(seed: UInt64, count: Int) -> Diagram {
  var numbers = SeededNumbers(seed)
  func next(_ bound: Int) -> Int { numbers.below(bound) }
  var sketch = Sketch()
  for box in 0..<count {
    let isStart = box == 0 || next(20) == 0
    let reads = isStart ? 0 : 1 + next(3) * next(2)
    let sources = (0..<reads).map { _ in next(3) == 0 ? next(box) : max(0, box - 1 - next(4)) }
    let rows = next(12) == 0 ? nil : 64 >> (seed % 2 == 0 ? next(4) : min(3, box * 4 / count))
    let groups = seed % 3 == 0 ? (0..<next(5)).map { "model\($0)\(box / 7)" } : []
    let kind = Diagram.Kind.allCases[next(Diagram.Kind.allCases.count - 1) + 1]
    sketch.add(isStart ? .input : kind, sources, rows: isStart ? 64 : rows, groups: groups)
  }
  return sketch.diagram
}
