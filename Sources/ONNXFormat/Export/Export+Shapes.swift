import Graphs
import ModelFiles
import Ops
import Tensors

extension Concat: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let layout = site.layout
    let place = layout.place(axis, rank: site.output.rank)
    site.finish(
      site.emit("Concat", site.node.inputs.indices.map { site.input($0, layout) }, [("axis", .int(place))]), layout)
  }
}

extension Transpose: ExportedOp {
  /// Between the two layouts of images it is a matter of names.
  func export(_ site: inout ExportSite) throws(ImportError) {
    if permutation == ExportLayout.channelsFirst.permutation { return site.finish(site.input(0, .channelsFirst)) }
    if permutation == ExportLayout.plain.permutation { return site.finish(site.input(0), .channelsFirst) }
    site.finish(site.emit("Transpose", [site.input(0)], [("perm", .ints(permutation))]))
  }
}

extension Reshape: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    site.finish(site.emit("Reshape", [site.input(0), site.integers(dims, "shape")]))
  }
}

extension DynamicReshape: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    site.finish(site.emit("Reshape", [site.input(0), site.wide(1)]))
  }
}

extension BroadcastTo: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    site.finish(site.emit("Expand", [site.input(0), site.integers(dims, "shape")]))
  }
}

extension DynamicBroadcast: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    site.finish(site.emit("Expand", [site.input(0), site.wide(1)]))
  }
}

extension Squeeze: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let dims = site.types[0].dims
    let places = axes.map { $0.map { $0 < 0 ? $0 + dims.count : $0 } } ?? dims.indices.filter { dims[$0] == 1 }
    site.finish(places.isEmpty ? site.input(0) : site.emit("Squeeze", [site.input(0), site.integers(places, "axes")]))
  }
}

extension ExpandDims: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    site.finish(site.emit("Unsqueeze", [site.input(0), site.integers(axes, "axes")]))
  }
}

extension Slice: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let layout = site.layout, rank = site.types[0].rank
    // What is left out means the first or last element in the direction of the step.
    let starts = axes.map { $0.start ?? ($0.step > 0 ? 0 : Int(Int32.max)) }
    let stops = axes.map { $0.stop ?? ($0.step > 0 ? Int(Int32.max) : -Int(Int32.max)) }
    if axes.isEmpty { return site.finish(site.input(0, layout), layout) }
    let result = site.emit(
      "Slice",
      [
        site.input(0, layout), site.integers(starts, "starts"), site.integers(stops, "ends"),
        site.integers(axes.map { layout.place($0.axis, rank: rank) }, "axes"), site.integers(axes.map(\.step), "steps"),
      ])
    site.finish(result, layout)
  }
}

extension Pad: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let layout = site.layout
    let pads = site.integers(layout.arranged(before) + layout.arranged(after), "pads")
    var inputs = [site.input(0, layout), pads]
    let name: String
    switch mode {
    case .constant(let value):
      name = "constant"
      if value != 0 { inputs.append(site.scalar(value, "value", site.types[0].dataType)) }
    case .reflect: name = "reflect"
    case .edge: name = "edge"
    case .symmetric, .wrap: return site.finish(try pieced(site.input(0, layout), layout, site), layout)
    }
    site.finish(site.emit("Pad", inputs, [("mode", .text(name))]), layout)
  }
}

extension Pad {
  /// For ways of padding that the operator set lacks: what is added is cut from the image, axis by axis.
  private func pieced(_ x: String, _ layout: ExportLayout, _ site: ExportSite) throws(ImportError) -> String {
    let (before, after) = (layout.arranged(before), layout.arranged(after))
    guard (before + after).allSatisfy({ $0 >= 0 }) else { throw site.refusal("it crops and pads with \(mode)") }
    let (first, last) = (Int(Int32.min), Int(Int32.max))
    var result = x
    for axis in before.indices where before[axis] + after[axis] > 0 {
      let (start, end) = (before[axis], after[axis])
      func cut(_ from: Int, _ to: Int, _ step: Int) -> String {
        site.emit(
          "Slice",
          [
            result, site.integers([from], "from"), site.integers([to], "to"), site.integers([axis], "axis"),
            site.integers([step], "step"),
          ])
      }
      var parts = [result]
      if mode == .wrap {
        if start > 0 { parts.insert(cut(-start, last, 1), at: 0) }
        if end > 0 { parts.append(cut(0, end, 1)) }
      } else {
        if start > 0 { parts.insert(cut(start - 1, first, -1), at: 0) }
        if end > 0 { parts.append(cut(-1, -end - 1, -1)) }
      }
      result = site.emit("Concat", parts, [("axis", .int(axis))])
    }
    return result
  }
}

extension Tile: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let missing = site.types[0].rank - repeats.count
    guard missing >= 0 else { throw site.refusal("it adds axes") }
    let all = [Int](repeating: 1, count: missing) + repeats
    site.finish(site.emit("Tile", [site.input(0), site.integers(all, "repeats")]))
  }
}

extension Repeat: ExportedOp {
  /// Along an axis of its own behind the one that is repeated, which is then joined to it.
  func export(_ site: inout ExportSite) throws(ImportError) {
    let rank = site.types[0].rank
    let axis = axis < 0 ? axis + rank : axis
    let wide = site.emit("Unsqueeze", [site.input(0), site.integers([axis + 1], "axes")])
    let repeats = (0...rank).map { $0 == axis + 1 ? count : 1 }
    let tiled = site.emit("Tile", [wide, site.integers(repeats, "repeats")])
    let shape = site.emit("Shape", [site.input(0)])
    let factors = (0..<rank).map { $0 == axis ? count : 1 }
    let wanted = site.emit("Mul", [shape, site.integers(factors, "factors")])
    site.finish(site.emit("Reshape", [tiled, wanted]))
  }
}

extension Roll: ExportedOp {
  /// The two parts of the axis change places.
  func export(_ site: inout ExportSite) throws(ImportError) {
    let rank = site.types[0].rank, axis = axis < 0 ? axis + rank : axis
    guard let size = site.types[0].dims[axis], size > 0 else {
      throw site.refusal("the size of axis \(axis) is unknown")
    }
    let cut = ((size - shift % size) % size + size) % size
    if cut == 0 { return site.finish(site.input(0)) }
    func part(_ start: Int, _ end: Int, _ what: String) -> String {
      site.emit(
        "Slice",
        [
          site.input(0), site.integers([start], what + "_start"), site.integers([end], what + "_end"),
          site.integers([axis], "axes"),
        ])
    }
    site.finish(
      site.emit("Concat", [part(cut, size, "last"), part(0, cut, "first")], [("axis", .int(axis))]))
  }
}

extension ShapeOf: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let end: [(name: String, value: DraftAttribute)] = stop.map { [("end", .int($0))] } ?? []
    site.finish(site.emit("Shape", [site.input(0)], end + [("start", .int(start))]))
  }
}

extension ExportSite {
  /// An input of sizes as int64.
  fileprivate func wide(_ index: Int) -> String {
    types[index].dataType == .int64
      ? input(index) : emit("Cast", [input(index)], [("to", .int(Int(DataType.int64.onnxNumber)))])
  }

  /// Whether an input exists in a layout without being transposed.
  func has(_ index: Int, _ layout: ExportLayout) -> Bool { builder.has(node.inputs[index], layout) }
}

extension DynamicTile: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    site.finish(site.emit("Tile", [site.input(0), site.wide(1)]))
  }
}
