import Graphs
import ModelFiles
import Ops
import Tensors

let pickingRules: [OperatorRule] = [
  OperatorRule(
    "Gather", note: "",
    build: { (site) throws(ImportError) in
      let x = try site.input(0), indices = try site.input(1)
      let axis = try site.axis(try site.int("axis", default: 0), rank: site.type(x).rank)
      if let size = site.type(x).dims[axis], let tensor = site.builder.graph.constant(indices) {
        let known = try site.integers(tensor, "indices")
        guard known.allSatisfy({ (-size..<size).contains($0) }) else {
          throw site.error("an index is beyond axis \(axis) of \(site.type(x))")
        }
      }
      return [try site.add(Gather(axis: axis), [x, indices])]
    }),
  OperatorRule(
    "GatherND", note: "of the first axes; more than one with indices and sizes that are known beforehand",
    build: { (site) throws(ImportError) in [try gatherND(site)] }),
  OperatorRule(
    "OneHot", note: "depth and values that are known beforehand",
    build: { (site) throws(ImportError) in
      let x = try site.input(0), values = try site.input(2)
      guard let depth = try site.knownNumber(1, "depth"), depth >= 1, depth <= Double(Limits.dimension) else {
        throw site.error("the depth must be a number from 1 on")
      }
      guard let tensor = site.known(values), tensor.shape.count == 2 else {
        throw site.unsupported("values that are not known beforehand")
      }
      let numbers = tensor.doubles
      let op = OneHot(
        depth: Int(depth), axis: try site.int("axis", default: -1), on: numbers[1], off: numbers[0],
        dataType: tensor.dataType, countsFromEnd: true)
      return [try site.add(op, [x])]
    }),
  OperatorRule(
    "TopK", note: "a number of elements that is known beforehand",
    build: { (site) throws(ImportError) in
      let x = try site.input(0)
      let known = site.opset < 10 ? Double(try site.int("k", default: 0)) : try site.knownNumber(1, "k")
      guard let count = known.flatMap({ Int(exactly: $0) }), count > 0 else {
        throw site.unsupported("of a number of elements that is not known beforehand")
      }
      // Where the order does not matter, it may be kept.
      _ = try site.bool("sorted", default: true)
      let op = TopK(
        count: count, axis: try site.axis(try site.int("axis", default: -1), rank: site.type(x).rank),
        smallest: try !site.bool("largest", default: true))
      var indices = op
      indices.result = .indices
      return [try site.add(op, [x]), try site.add(indices, [x], part: "indices")]
    }),
  OperatorRule(
    "Trilu", note: "of matrices of known size",
    build: { (site) throws(ImportError) in
      let x = try site.input(0)
      let type = site.type(x), rank = type.rank
      guard rank >= 2, let rows = type.dims[rank - 2], let columns = type.dims[rank - 1] else {
        throw site.unsupported("of \(type)")
      }
      let offset = Int(try site.knownNumber(1, "diagonal") ?? 0), isUpper = try site.bool("upper", default: true)
      let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
      guard !overflow, count <= 1 << 24, offset.magnitude <= 1 << 32 else { throw site.unsupported("of \(type)") }
      let mask = (0..<count).map { index in
        let distance = index % columns - index / columns
        return isUpper ? distance >= offset : distance <= offset
      }
      let isKept = site.constant(Tensor([rows, columns], .bool(mask)), part: "mask")
      if type.dataType == .bool { return [try site.add(Logical(.and), [isKept, x])] }
      return [try site.add(Where(), [isKept, x, site.constant(0, like: x, part: "zero")])]
    }),
]

/// Slices of the first axes, whose places are vectors along the last axis of the indices.
private func gatherND(_ site: NodeSite) throws(ImportError) -> Value {
  let x = try site.input(0), indices = try site.input(1)
  let (data, places) = (site.type(x), site.type(indices))
  guard try site.int("batch_dims", default: 0) == 0 else { throw site.unsupported("batch_dims other than 0") }
  guard let depth = places.dims.last ?? nil, (1...max(data.rank, 1)).contains(depth), data.rank > 0 else {
    throw site.error("indices \(places) do not fit \(data)")
  }
  if depth == 1 {
    if let size = data.dims[0], let known = site.known(indices) {
      guard try site.integers(known, "indices").allSatisfy({ (-size..<size).contains($0) }) else {
        throw site.error("an index is beyond axis 0 of \(data)")
      }
    }
    let flat = try site.add(Squeeze(axes: [-1]), [indices], part: "indices")
    return try site.add(Gather(axis: 0), [x, flat])
  }
  let sizes = data.dims[..<depth].compactMap { $0 }, rest = data.dims[depth...]
  guard sizes.count == depth, rest.count(where: { $0 == nil }) <= 1, let known = site.known(indices),
    let shape = places.shape
  else { throw site.unsupported("of several axes whose sizes or indices are not known beforehand") }
  let numbers = try site.integers(known, "indices")
  var flat: [Int64] = []
  for start in stride(from: 0, to: numbers.count, by: depth) {
    var place = 0
    for (size, index) in zip(sizes, numbers[start..<start + depth]) {
      guard (-size..<size).contains(index) else { throw site.error("an index is beyond the axes of \(data)") }
      place = place * size + (index < 0 ? index + size : index)
    }
    flat.append(Int64(place))
  }
  let count = try site.checkedProduct(sizes)
  let rows = try site.add(Reshape(dims: [count] + rest.map { $0 ?? -1 }), [x], part: "rows")
  let picked = site.constant(Tensor(Shape(shape.dims.dropLast()), .int64(flat)), part: "places")
  return try site.add(Gather(axis: 0), [rows, picked])
}

extension NodeSite {
  /// The product of sizes of one tensor.
  fileprivate func checkedProduct(_ sizes: [Int]) throws(ImportError) -> Int {
    var result = 1
    for size in sizes {
      let (product, overflow) = result.multipliedReportingOverflow(by: size)
      guard !overflow, product <= Limits.dimension else { throw unsupported("of axes of \(sizes)") }
      result = product
    }
    return result
  }
}
