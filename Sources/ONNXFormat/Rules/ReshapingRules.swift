import Diagnostics
import Graphs
import ModelFiles
import Ops
import Tensors

let reshapingRules: [OperatorRule] = [
  OperatorRule(
    "Reshape", note: "with allowzero; sizes may be computed from those of the input",
    build: { (site) throws(ImportError) in [try reshape(site)] }),
  OperatorRule(
    "Flatten", note: "",
    build: { (site) throws(ImportError) in
      let x = try site.input(0)
      let rank = site.type(x).rank
      let axis = try site.int("axis", default: 1)
      guard (-rank...rank).contains(axis) else { throw site.error("axis \(axis) does not exist in rank \(rank)") }
      let place = axis < 0 ? axis + rank : axis
      if place == 0 { return [try site.add(Reshape(dims: [1, -1]), [x])] }
      if place == 1 { return [try site.add(Reshape(dims: [0, -1]), [x])] }
      let front = site.type(x).dims[..<place], back = site.type(x).dims[place...]
      if let count = product(back) { return [try site.add(Reshape(dims: [-1, count]), [x])] }
      guard let count = product(front) else {
        // Joined step by step, the axes in front first.
        let tail = try site.add(
          Reshape(dims: [Int](repeating: 0, count: place) + [-1]), [x], part: "back")
        let last = try site.add(ShapeOf(from: place), [tail], part: "size")
        let minus = site.constant(Tensor([1], .int64([-1])), part: "rest")
        let dims = try site.add(Concat(axis: 0), [minus, last], part: "dims")
        return [try site.add(DynamicReshape(), [tail, dims])]
      }
      return [try site.add(Reshape(dims: [count, -1]), [x])]
    }),
  OperatorRule(
    "Transpose", note: "",
    build: { (site) throws(ImportError) in
      let x = try site.input(0)
      let order = try site.ints("perm") ?? Array((0..<site.type(x).rank).reversed())
      return [try site.add(Transpose(permutation: order), [x])]
    }),
  OperatorRule(
    "Squeeze", note: "axes that are known beforehand; without them, those of open size stay",
    build: { (site) throws(ImportError) in
      let x = try site.input(0)
      var axes = site.opset < 13 ? try site.ints("axes") : try site.knownIntegers(1, "axes")
      let dims = site.type(x).dims
      if axes == nil, dims.contains(nil) { axes = dims.indices.filter { dims[$0] == 1 } }
      return [try site.add(Squeeze(axes: axes), [x])]
    }),
  OperatorRule(
    "Unsqueeze", note: "axes that are known beforehand",
    build: { (site) throws(ImportError) in
      let axes = site.opset < 13 ? try site.ints("axes") : try site.knownIntegers(1, "axes")
      guard let axes else { throw site.error("lacks axes") }
      return [try site.add(ExpandDims(axes: axes), [site.input(0)])]
    }),
  OperatorRule(
    "Expand", note: "sizes may be computed from those of the input",
    build: { (site) throws(ImportError) in
      let x = try site.input(0), shape = try site.input(1)
      if let tensor = site.known(shape) {
        return [try site.add(BroadcastTo(dims: try site.integers(tensor, "shape")), [x])]
      }
      return [try site.add(DynamicBroadcast(), [x, shape])]
    }),
  OperatorRule(
    "Tile", note: "repeats may be computed from sizes of the input",
    build: { (site) throws(ImportError) in
      let x = try site.input(0), repeats = try site.input(1)
      if let tensor = site.known(repeats) {
        let counts = try site.integers(tensor, "repeats")
        guard counts.count == site.type(x).rank else {
          throw site.error("needs \(site.type(x).rank) repeats, gets \(counts.count)")
        }
        return [try site.add(Tile(repeats: counts), [x])]
      }
      return [try site.add(DynamicTile(), [x, repeats])]
    }),
  OperatorRule(
    "Concat", note: "",
    build: { (site) throws(ImportError) in
      let inputs = try site.allInputs()
      let axis = try site.axis(try site.int("axis", default: site.opset < 4 ? 1 : nil), rank: site.type(inputs[0]).rank)
      return [try site.add(Concat(axis: axis), inputs)]
    }),
  OperatorRule(
    "DepthToSpace", note: "DCR and CRD",
    build: { (site) throws(ImportError) in
      let mode = try site.string("mode", default: "DCR")
      guard mode == "DCR" || mode == "CRD" else { throw site.error("mode is \(printable(mode))") }
      let x = try imageInput(site)
      let op = DepthToSpace(
        block: try site.int("blocksize"), order: mode == "DCR" ? .pixelsFirst : .channelsFirst)
      return [try site.onImages(x) { (x) throws(ImportError) in try site.add(op, [x], part: "image") }]
    }),
  OperatorRule(
    "SpaceToDepth", note: "",
    build: { (site) throws(ImportError) in
      let x = try imageInput(site)
      let mode = try site.string("mode", default: "DCR")
      guard mode == "DCR" else { throw site.unsupported("mode of \(printable(mode))") }
      let op = SpaceToDepth(block: try site.int("blocksize"))
      return [try site.onImages(x) { (x) throws(ImportError) in try site.add(op, [x], part: "image") }]
    }),
]

private func imageInput(_ site: NodeSite) throws(ImportError) -> Value {
  let x = try site.input(0)
  guard site.type(x).rank == 4 else { throw site.error("takes an image [N, C, H, W], gets \(site.type(x))") }
  return x
}

private func product(_ dims: ArraySlice<Int?>) -> Int? {
  var result = 1
  for dim in dims {
    guard let dim else { return nil }
    let (next, overflow) = result.multipliedReportingOverflow(by: dim)
    if overflow { return nil }
    result = next
  }
  return result
}

private func reshape(_ site: NodeSite) throws(ImportError) -> Value {
  let x = try site.input(0), shape = try site.input(1)
  let keepsZero = try site.bool("allowzero")
  guard let tensor = site.known(shape) else {
    return try site.add(DynamicReshape(copiesNothing: keepsZero), [x, shape])
  }
  let dims = try site.integers(tensor, "shape")
  guard dims.allSatisfy({ $0 >= -1 }), dims.count(where: { $0 == -1 }) <= 1 else {
    throw site.error("\(dims) is no shape")
  }
  if keepsZero, dims.contains(0) {
    // The result is empty.
    guard !dims.contains(-1) else { throw site.error("\(dims) with allowzero is no shape") }
    guard let count = product(site.type(x).dims[...]), count == 0 else {
      throw site.unsupported("allowzero of a tensor that is not known to be empty")
    }
    return try site.add(Fill(dims: dims, value: 0, dataType: site.type(x).dataType), [])
  }
  return try site.add(Reshape(dims: dims), [x])
}
