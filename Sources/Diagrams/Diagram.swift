/// A graph of layers that is to be drawn.
package struct Diagram: Sendable, Hashable {
  /// What a layer does, which is its colour.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case input, convolution, pooling, upsampling, merging, normalization, activation, dense, regularization, other
  }

  /// A model within the model.
  package struct Group: Sendable, Hashable {
    package var name: String, caption: String
    package init(name: String, caption: String) { (self.name, self.caption) = (name, caption) }
  }

  /// One layer.
  package struct Box: Sendable, Hashable {
    package var name: String
    /// The class of the layer.
    package var caption: String
    /// The shape of its result.
    package var detail: String
    package var kind: Kind
    /// The rows of the image that it makes; nil for what is no image, or one of a single pixel.
    package var imageRows: Int?
    /// The models within the model that it lies in, outermost first.
    package var groups: [Group]
    /// What a viewer shows when the pointer rests on it; empty for nothing.
    package var tooltip: String
    package var isOutput: Bool

    package init(
      name: String, caption: String, detail: String, kind: Kind, imageRows: Int? = nil, groups: [Group] = [],
      tooltip: String = "", isOutput: Bool = false
    ) {
      (self.name, self.caption, self.detail, self.kind) = (name, caption, detail, kind)
      (self.imageRows, self.groups, self.tooltip, self.isOutput) = (imageRows, groups, tooltip, isOutput)
    }
  }

  /// A tensor from one box to another, by their indices.
  package struct Edge: Sendable, Hashable {
    package var from: Int, to: Int
    package init(_ from: Int, _ to: Int) { (self.from, self.to) = (from, to) }
  }

  package var title: String
  package var subtitle: String
  package private(set) var boxes: [Box]
  package private(set) var edges: [Edge]

  /// Edges that occur several times are drawn once; every edge must point to a later box.
  package init(title: String, subtitle: String = "", boxes: [Box], edges: [Edge]) {
    var seen: Set<Edge> = []
    (self.title, self.subtitle, self.boxes) = (title, subtitle, boxes)
    self.edges = edges.filter { seen.insert($0).inserted }
    precondition(edges.allSatisfy { 0 <= $0.from && $0.from < $0.to && $0.to < boxes.count })
  }

  /// For each box, those that it reads.
  var sources: [[Int]] {
    var result = [[Int]](repeating: [], count: boxes.count)
    for edge in edges { result[edge.to].append(edge.from) }
    return result
  }

  /// Edges to activations and the like, each the only reader of the only layer that it reads.
  var companions: Set<Edge> {
    var (readers, reads) = ([Int](repeating: 0, count: boxes.count), [Int](repeating: 0, count: boxes.count))
    for edge in edges {
      readers[edge.from] += 1
      reads[edge.to] += 1
    }
    let kinds: Set<Kind> = [.activation, .normalization, .regularization]
    return Set(edges.filter { readers[$0.from] == 1 && reads[$0.to] == 1 && kinds.contains(boxes[$0.to].kind) })
  }

  /// True when the second box makes an image that is larger by half or more. Padding and cropping change less.
  func grows(from first: Int, to second: Int) -> Bool {
    guard let before = boxes[first].imageRows, let after = boxes[second].imageRows else { return false }
    return Double(after) >= 1.5 * Double(before)
  }
}
