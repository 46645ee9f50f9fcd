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
    let mean = site.emit("ReduceMean", [site.emit("Mul", [x, x])], [("axes", .ints([-1])), ("keepdims", .int(1))])
    let root = site.emit("Sqrt", [site.emit("Add", [mean, site.scalar(Double(epsilon), "epsilon")])])
    let scaled = site.emit("Mul", [site.emit("Div", [x, root]), site.input(1)])
    site.finish(site.emit("Add", [scaled, site.input(2)]))
  }
}

extension GroupNorm: ExportedOp {
  /// Instance normalisation of the groups, each as one long channel.
  func export(_ site: inout ExportSite) throws(ImportError) {
    guard site.types[0].rank == 4 else { throw site.refusal("only images are normalised by groups") }
    let x = site.input(0, .channelsFirst)
    let long = site.emit("Reshape", [x, site.integers([0, groups, -1], "groups")])
    let ones = Tensor([groups], repeating: 1), zeros = Tensor([groups], repeating: 0)
    let normal = site.emit(
      "InstanceNormalization", [long, site.initializer(ones, "ones"), site.initializer(zeros, "zeros")],
      [("epsilon", .float(epsilon))])
    let whole = site.emit("Reshape", [normal, site.emit("Shape", [x])])
    let scaled = site.emit("Mul", [whole, try parameter(1, site)])
    let result = site.emit("Add", [scaled, try parameter(2, site)])
    site.finish(try site.activated(result, activation), .channelsFirst)
  }

  private func parameter(_ index: Int, _ site: ExportSite) throws(ImportError) -> String {
    let values = try site.weights(index)
    return site.weights(index, as: DraftTensor(values).reshaped([values.shape.count, 1, 1]))
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

extension Reduce: ExportedOp {
  private var operatorName: String {
    switch kind {
    case .mean: "ReduceMean"
    case .sum: "ReduceSum"
    case .max: "ReduceMax"
    case .min: "ReduceMin"
    case .product: "ReduceProd"
    case .l1: "ReduceL1"
    case .l2: "ReduceL2"
    case .sumOfSquares: "ReduceSumSquare"
    case .logSum: "ReduceLogSum"
    case .logSumExp: "ReduceLogSumExp"
    }
  }

  func export(_ site: inout ExportSite) throws(ImportError) {
    let rank = site.types[0].rank
    let axes = Set(axes.map { $0 < 0 ? $0 + rank : $0 })
    // What is left of the axes has the same order in both layouts when rows and columns go, or channels alone.
    let isFree = keepDims || axes.isSuperset(of: [1, 2]) || axes == [3]
    let layout: ExportLayout = rank == 4 && isFree && site.has(0, .channelsFirst) ? .channelsFirst : .plain
    let places = axes.map { layout.place($0, rank: rank) }.sorted()
    let keep: (name: String, value: DraftAttribute) = ("keepdims", .int(keepDims ? 1 : 0))
    let image = site.input(0, layout)
    let result =
      places.isEmpty
      ? image
      : kind == .sum
        ? site.emit("ReduceSum", [image, site.integers(places, "axes")], [keep])
        : site.emit(operatorName, [image], [("axes", .ints(places)), keep])
    site.finish(result, keepDims ? layout : .plain)
  }
}
