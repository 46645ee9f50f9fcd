import Graphs
import Ops
import Tensors

/// The network written anew for one reading of its input's axes.
struct SceneLift {
  let layout: ImageLayout
  /// From an NHWC image to the NHWC image of the output; `nil` where that is not known to be one.
  private(set) var graph: Graph?
  /// For each output how it lies on the image, where that is known.
  private(set) var outputLayouts: [ImageLayout?] = []
  var outputLayout: ImageLayout? { outputLayouts.first ?? nil }
  private(set) var misfit = Misfit()

  init(_ graph: Graph, _ layout: ImageLayout) {
    self.layout = layout
    let node = graph.nodes[graph.inputs[0]]
    let dims = node.types[0].dims
    func dim(_ axis: ImageLayout.Axis) -> Int? { layout.axes.firstIndex(of: axis).flatMap { dims[$0] } }
    misfit.isUnlikely = !layout.isLikely(for: node.types[0])
    let channels = dim(.channels) ?? 1
    let declared = (rows: dim(.rows), columns: dim(.columns))
    func lift(_ size: Pair) -> PixelLift? {
      let own = layout.axes.map { axis -> Int? in
        switch axis {
        case .batch: 1
        case .channels: channels
        case .rows: size.height
        case .columns: size.width
        case .pixels: size.height * size.width
        }
      }
      guard let sized = try? graph.specialised(to: [node.name: TensorType(node.types[0].dataType, own)]) else {
        return nil
      }
      return PixelLift(
        graph, sized: sized, axes: layout.pixelAxes(channels: channels), size: size, open: declared)
    }
    let isOpen = declared.rows == nil || declared.columns == nil
    guard isOpen else {
      let size = Pair(declared.rows ?? 1, declared.columns ?? 1)
      if let lifted = lift(size) { take(lifted, of: graph, size) } else { misfit.contradictions = .max }
      return
    }
    for (small, large) in SceneTrial.sizes {
      let first = Pair(declared.rows ?? small, declared.columns ?? large)
      guard let one = lift(first) else { continue }
      take(one, of: graph, first)
      // What is said of any size must be the same at another.
      let second = Pair(declared.rows ?? large, declared.columns ?? small)
      var other = SceneLift(empty: layout)
      if let two = lift(second) { other.take(two, of: graph, second) }
      if let mine = self.graph, let its = other.graph, !mine.isSame(as: its) { self.graph = nil }
      if other.graph == nil { self.graph = nil }
      return
    }
    misfit.contradictions = .max
  }

  private init(empty layout: ImageLayout) { self.layout = layout }

  /// True for an image that is as large as the one of the scene, but for a border and a whole factor.
  private func isPart(_ view: PixelView, of size: Pair) -> Bool {
    [(view.height, size.height), (view.width, size.width)].allSatisfy { own, whole in
      own > 0 && (1...SceneTrial.greatestFactor).contains(whole / own)
    }
  }

  private mutating func take(_ lifted: PixelLift, of graph: Graph, _ size: Pair) {
    var lifted = lifted
    let isUnlikely = misfit.isUnlikely
    misfit = lifted.misfit
    misfit.isUnlikely = isUnlikely
    outputLayouts = []
    for (place, output) in graph.outputs.enumerated() {
      guard case .image(let image, let view) = lifted.form(output.value),
        let plain = try? lifted.plain(image, view, name: output.name), let layout = ImageLayout(plain.axes),
        layout.axes.contains(.pixels) || layout.axes.contains(.rows) && layout.axes.contains(.columns),
        isPart(plain.view, of: size)
      else {
        outputLayouts.append(nil)
        continue
      }
      outputLayouts.append(layout)
      guard place == 0 else { continue }
      self.graph = lifted.graph.selectingOutputs([Graph.Output(name: output.name, value: plain.image)])
    }
    self.graph = self.graph?.pruned()
  }
}
