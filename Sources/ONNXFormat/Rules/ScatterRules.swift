import Graphs
import ModelFiles
import Ops
import Tensors

/// Slices of an axis that are replaced, as PyTorch writes `x[:, 0] = y`.
let scatterRules: [OperatorRule] = [
  OperatorRule(
    "ScatterElements Scatter", note: "of whole slices of an axis, whose places are known beforehand; without reduction",
    build: { (site) throws(ImportError) in
      try site.refuseReduction()
      let x = try site.input(0), updates = try site.input(2), type = site.type(x)
      let axis = try site.axis(try site.int("axis", default: 0), rank: type.rank)
      guard let places = site.places(try site.input(1), along: axis), site.type(updates).rank == type.rank,
        type.dims.indices.allSatisfy({
          $0 == axis || type.dims[$0] == site.type(updates).dims[$0] || site.isOpen(type, $0)
        })
      else { throw site.unsupported("of anything but whole slices whose places are known beforehand") }
      return [try site.replaced(x, axis, places, by: updates)]
    }),
  OperatorRule(
    "ScatterND",
    note: "of whole slices of an axis behind axes of size 1, whose places are known beforehand; without reduction",
    build: { (site) throws(ImportError) in [try scatterND(site)] }),
]

private func scatterND(_ site: NodeSite) throws(ImportError) -> Value {
  try site.refuseReduction()
  let x = try site.input(0), indices = try site.input(1), type = site.type(x)
  let refusal = site.unsupported("of anything but whole slices of one axis whose places are known beforehand")
  guard let tensor = site.known(indices), let depth = tensor.shape.dims.last, type.rank > 0, depth > 0,
    depth <= type.rank
  else { throw refusal }
  let outer = tensor.shape.dims.dropLast()
  let axes = (0..<depth).filter { type.dims[$0] != 1 }
  guard axes.count <= 1, outer.count(where: { $0 != 1 }) <= 1 else { throw refusal }
  let axis = axes.first ?? depth - 1
  let numbers = try site.integers(tensor, "indices")
  guard numbers.indices.allSatisfy({ $0 % depth == axis || [0, -1].contains(numbers[$0]) }) else {
    throw site.error("an index is beyond an axis of \(type)")
  }
  // The axes of the indices become the axis that is written to and those of size 1 before and behind it.
  var updates = try site.input(2)
  let dropped = outer.indices.filter { outer[$0] == 1 }
  if !dropped.isEmpty { updates = try site.add(Squeeze(axes: Array(dropped)), [updates], part: "slices") }
  if dropped.count == outer.count { updates = try site.add(ExpandDims(axes: [0]), [updates], part: "slice") }
  let added = (0..<depth).filter { $0 != axis }
  if !added.isEmpty { updates = try site.add(ExpandDims(axes: Array(added)), [updates], part: "axes") }
  return try site.replaced(x, axis, stride(from: axis, to: numbers.count, by: depth).map { numbers[$0] }, by: updates)
}

extension NodeSite {
  fileprivate func refuseReduction() throws(ImportError) {
    let reduction = try string("reduction", default: "none")
    guard reduction == "none" else { throw unsupported("the reduction \(reduction)") }
  }

  fileprivate func isOpen(_ type: TensorType, _ axis: Int) -> Bool { type.dims[axis] == nil }

  /// The places along an axis that indices of the size of a whole tensor say, where they are the same everywhere else.
  fileprivate func places(_ indices: Value, along axis: Int) -> [Int]? {
    var source = indices
    while known(source) == nil {
      let node = builder.graph.nodes[source.node]
      guard node.op is DynamicBroadcast || node.op is BroadcastTo else { return nil }
      source = node.inputs[0]
    }
    guard let tensor = known(source), tensor.shape.rank <= type(indices).rank,
      let numbers = try? integers(tensor, "indices")
    else { return nil }
    let place = axis - (type(indices).rank - tensor.shape.rank)
    guard place >= 0 else { return numbers.count == 1 && type(indices).dims[axis] == 1 ? numbers : nil }
    let count = tensor.shape.dims[place], inner = tensor.shape.dims[(place + 1)...].reduce(1, *)
    guard !numbers.isEmpty, type(indices).dims[axis] == count else { return nil }
    let places = (0..<count).map { numbers[$0 * inner] }
    return numbers.indices.allSatisfy { numbers[$0] == places[$0 / inner % count] } ? places : nil
  }

  /// A tensor some slices of which are others; of several for one place the last counts.
  fileprivate func replaced(_ x: Value, _ axis: Int, _ places: [Int], by updates: Value) throws(ImportError) -> Value {
    guard let size = type(x).dims[axis], type(updates).dims[axis] == places.count,
      type(updates).dataType == type(x).dataType
    else { throw unsupported("of \(type(updates)) into \(type(x))") }
    var sources = (0..<size).map { Int64($0) }
    for (number, place) in places.enumerated() {
      guard (-size..<size).contains(place) else { throw error("an index is beyond axis \(axis) of \(type(x))") }
      sources[place < 0 ? place + size : place] = Int64(size + number)
    }
    let both = try add(Concat(axis: axis), [x, updates], part: "both")
    return try add(Gather(axis: axis), [both, constant(Tensor([size], .int64(sources)), part: "places")])
  }
}
