import Graphs
import ModelFiles
import Ops
import Tensors

extension BatchNorm: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let rank = site.types[0].rank
    let attributes: [(name: String, value: DraftAttribute)] = [("epsilon", .float(epsilon))]
    let parameters = (1...4).map { site.input($0) }
    if rank == 4 || rank == 2 {
      let layout: ExportLayout = rank == 4 ? .channelsFirst : .plain
      let result = site.emit("BatchNormalization", [site.input(0, layout)] + parameters, attributes)
      return site.finish(try site.activated(result, activation), layout)
    }
    // Channels go behind the batch and back.
    guard rank > 2 else { throw site.refusal("the input has \(rank) axes") }
    let there = [0, rank - 1] + Array(1..<rank - 1), back = [0] + Array(2..<rank) + [1]
    let turned = site.emit("Transpose", [site.input(0)], [("perm", .ints(there))])
    let result = site.emit("BatchNormalization", [turned] + parameters, attributes)
    site.finish(try site.activated(site.emit("Transpose", [result], [("perm", .ints(back))]), activation))
  }
}

extension LayerNorm: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    if kind == .standard {
      let attributes: [(name: String, value: DraftAttribute)] = [("axis", .int(-1)), ("epsilon", .float(epsilon))]
      return site.finish(site.emit("LayerNormalization", (0..<3).map { site.input($0) }, attributes))
    }
    let x = site.input(0)
    let mean = site.reduced("ReduceMean", site.emit("Mul", [x, x]), [-1], keepDims: true)
    let root = site.emit("Sqrt", [site.emit("Add", [mean, site.scalar(Double(epsilon), "epsilon")])])
    let scaled = site.emit("Mul", [site.emit("Div", [x, root]), site.input(1)])
    site.finish(site.emit("Add", [scaled, site.input(2)]))
  }
}

extension GroupNorm: ExportedOp {
  /// Instance normalisation of the groups, each as one long channel.
  func export(_ site: inout ExportSite) throws(ImportError) {
    let rank = site.types[0].rank
    // Channels stand behind the batch: images are kept so, others are turned and turned back.
    let there = [0, rank - 1] + Array(1..<rank - 1), back = [0] + Array(2..<rank) + [1]
    let x =
      rank == 4 ? site.input(0, .channelsFirst) : site.emit("Transpose", [site.input(0)], [("perm", .ints(there))])
    let long = site.emit("Reshape", [x, site.integers([0, groups, -1], "groups")])
    let ones = Tensor([groups], repeating: 1), zeros = Tensor([groups], repeating: 0)
    let normal = site.emit(
      "InstanceNormalization", [long, site.initializer(ones, "ones"), site.initializer(zeros, "zeros")],
      [("epsilon", .float(epsilon))])
    let whole = site.emit("Reshape", [normal, site.emit("Shape", [x])])
    let scaled = site.emit("Mul", [whole, try parameter(1, rank, site)])
    let result = try site.activated(site.emit("Add", [scaled, try parameter(2, rank, site)]), activation)
    if rank == 4 { return site.finish(result, .channelsFirst) }
    site.finish(site.emit("Transpose", [result], [("perm", .ints(back))]))
  }

  private func parameter(_ index: Int, _ rank: Int, _ site: ExportSite) throws(ImportError) -> String {
    let values = PermutedTensor(try site.weights(index))
    let ones = [Int](repeating: 1, count: rank - 2)
    return site.weights(index, as: values.reshaped(Shape([values.shape.count] + ones)))
  }
}

extension Softmax: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) { site.along(axis, "Softmax") }
}

extension LogSoftmax: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) { site.along(axis, "LogSoftmax") }
}

extension ExportSite {
  fileprivate func along(_ axis: Int, _ op: String) {
    let layout = layout
    finish(emit(op, [input(0, layout)], [("axis", .int(layout.place(axis, rank: output.rank)))]), layout)
  }
}

extension ArgMax: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let rank = site.types[0].rank
    let isChannels = rank == 4 && (axis == 3 || axis == -1) && site.has(0, .channelsFirst)
    let layout: ExportLayout = isChannels ? .channelsFirst : .plain
    let result = site.emit(
      smallest ? "ArgMin" : "ArgMax", [site.input(0, layout)],
      [
        ("axis", .int(layout.place(axis, rank: rank))), ("keepdims", .int(keepDims ? 1 : 0)),
        ("select_last_index", .int(last ? 1 : 0)),
      ])
    site.finish(result, keepDims ? layout : .plain)
  }
}

extension TopK: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let layout: ExportLayout = site.types[0].rank == 4 && site.has(0, .channelsFirst) ? .channelsFirst : .plain
    let results = site.emit(
      "TopK", [site.input(0, layout), site.integers([count], "count")],
      [("axis", .int(layout.place(axis, rank: site.types[0].rank))), ("largest", .int(smallest ? 0 : 1))], results: 2)
    site.finish(results[result == .values ? 0 : 1], layout)
  }
}

extension Reduce: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let rank = site.types[0].rank
    let axes = Set(axes.map { $0 < 0 ? $0 + rank : $0 })
    // What is left of the axes has the same order in both layouts when rows and columns go, or channels alone.
    let isFree = keepDims || axes.isSuperset(of: [1, 2]) || axes == [3]
    let layout: ExportLayout = rank == 4 && isFree && site.has(0, .channelsFirst) ? .channelsFirst : .plain
    let places = axes.map { layout.place($0, rank: rank) }.sorted()
    let image = site.input(0, layout)
    site.finish(places.isEmpty ? image : composed(image, places, site), keepDims ? layout : .plain)
  }

  private func composed(_ x: String, _ places: [Int], _ site: ExportSite) -> String {
    if site.types[0].dataType == .bool {
      // Reductions are of numbers.
      let number = site.emit("Cast", [x], [("to", .int(Int(DataType.int32.onnxNumber)))])
      let result = site.reduced(kind == .min ? "ReduceMin" : "ReduceMax", number, places, keepDims: keepDims)
      return site.emit("Cast", [result], [("to", .int(Int(DataType.bool.onnxNumber)))])
    }
    func sum(_ x: String) -> String { site.reduced("ReduceSum", x, places, keepDims: keepDims) }
    // OpenVINO mistakes the axes of the less common reductions, so that these are composed.
    switch kind {
    case .mean: return site.reduced("ReduceMean", x, places, keepDims: keepDims)
    case .sum: return sum(x)
    case .max: return site.reduced("ReduceMax", x, places, keepDims: keepDims)
    case .min: return site.reduced("ReduceMin", x, places, keepDims: keepDims)
    case .product: return site.reduced("ReduceProd", x, places, keepDims: keepDims)
    case .l1: return sum(site.emit("Abs", [x]))
    case .l2: return site.emit("Sqrt", [sum(site.emit("Mul", [x, x]))])
    case .sumOfSquares: return sum(site.emit("Mul", [x, x]))
    case .logSum: return site.emit("Log", [sum(x)])
    case .logSumExp:
      let most = site.reduced("ReduceMax", x, places, keepDims: true)
      let powers = site.emit("Exp", [site.emit("Sub", [x, most])])
      let total = site.emit("Log", [site.reduced("ReduceSum", powers, places, keepDims: true)])
      let result = site.emit("Add", [total, most])
      return keepDims ? result : site.emit("Squeeze", [result, site.integers(places, "axes")])
    }
  }
}

extension ExportSite {
  /// A reduction; the axes are an attribute of all but ReduceSum.
  fileprivate func reduced(_ op: String, _ x: String, _ axes: [Int], keepDims: Bool) -> String {
    let keep: (name: String, value: DraftAttribute) = ("keepdims", .int(keepDims ? 1 : 0))
    if op == "ReduceSum" { return emit(op, [x, integers(axes, "axes")], [keep]) }
    return emit(op, [x], [("axes", .ints(axes)), keep])
  }
}
