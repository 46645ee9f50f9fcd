import Graphs
import ModelFiles
import Ops
import Tensors

let mergingRules: [LayerRule] = [
  LayerRule(names: ["Add"], note: "elementwise sum") { (site) throws(ImportError) in try fold(site, .add) },
  LayerRule(names: ["Subtract"], note: "elementwise difference of two") { (site) throws(ImportError) in
    guard site.inputs.count == 2 else { throw ImportError(.malformed, site.config.layer, "Subtract takes two tensors") }
    return try fold(site, .subtract)
  },
  LayerRule(names: ["Multiply"], note: "elementwise product") { (site) throws(ImportError) in
    try fold(site, .multiply)
  },
  LayerRule(names: ["Average"], note: "elementwise mean") { (site) throws(ImportError) in
    let sum = try fold(site, .add, part: "sum")
    let factor = site.constant([1], [Float(site.inputs.count)], part: "count")
    return try site.add(Binary(.divide), [sum, factor])
  },
  LayerRule(names: ["Maximum"], note: "elementwise maximum") { (site) throws(ImportError) in
    try fold(site, .maximum)
  },
  LayerRule(names: ["Minimum"], note: "elementwise minimum") { (site) throws(ImportError) in
    try fold(site, .minimum)
  },
  LayerRule(names: ["Dot"], note: "sum of products along an axis of each, normalised or not", build: dot),
  LayerRule(names: ["Concatenate"], note: "along any axis but the batch") { (site) throws(ImportError) in
    let axis = try site.config.int("axis", default: -1, in: -Limits.rank...Limits.rank)
    guard site.inputs.count >= 2 else { return try site.add(Identity(), [try site.input()]) }
    guard axis != 0 else { throw site.config.unsupported("axis 0, which is the batch") }
    return try site.add(Concat(axis: axis), site.inputs)
  },
]

/// The sum of the products of two tensors along an axis of each; two vectors give a vector of one.
@Sendable private func dot(_ site: LayerSite) throws(ImportError) -> Value {
  let config = site.config
  guard site.inputs.count == 2 else { throw ImportError(.malformed, config.layer, "Dot takes two tensors") }
  guard let given = try config.ints("axes"), (1...2).contains(given.count) else {
    throw config.error("axes", "an axis, or one for each tensor")
  }
  var operands: [Value] = []
  var labels: [String] = []
  var letters = "abcdefghijklmnopqrstuvwxy".makeIterator()
  for (place, input) in site.inputs.enumerated() {
    let rank = site.type(input).rank
    let axis = try site.place(ofAxis: given[min(place, given.count - 1)], rank: rank, key: "axes")
    let part = "operand\(place)"
    let isNormalised = try config.bool("normalize", default: false)
    operands.append(isNormalised ? try site.unitLength(input, [axis], part: part) : input)
    labels.append(String((0..<rank).map { $0 == 0 ? "N" : $0 == axis ? "Z" : letters.next() ?? "Z" }))
  }
  let result = "N" + labels.joined().filter { $0 != "N" && $0 != "Z" }
  let op = Einsum("\(labels[0]),\(labels[1])->\(result)")
  guard result == "N" else { return try site.add(op, operands) }
  let product = try site.add(op, operands, part: "product")
  return try site.add(Reshape(dims: [0, 1]), [product])
}

/// Joins all inputs from the left; those of lower rank get dimensions of 1 after the batch, as Keras' merging layers
/// do.
private func fold(_ site: LayerSite, _ function: Binary.Function, part: String? = nil) throws(ImportError) -> Value {
  guard let first = site.inputs.first else {
    throw ImportError(.malformed, site.config.layer, "\(site.config.className) is given no tensor")
  }
  let rank = site.inputs.map { site.type($0).rank }.max() ?? 0
  var operands: [Value] = []
  for (place, input) in site.inputs.enumerated() {
    let dims = site.type(input).dims
    guard dims.count < rank, !dims.isEmpty else {
      operands.append(input)
      continue
    }
    let rest = dims.dropFirst()
    guard rest.count(where: { $0 == nil }) <= 1 else {
      throw site.config.unsupported("operands of different ranks and unknown sizes")
    }
    let shape = [0] + [Int](repeating: 1, count: rank - dims.count) + rest.map { $0 ?? -1 }
    operands.append(try site.add(Reshape(dims: shape), [input], part: "operand\(place)"))
  }
  guard operands.count > 1 else { return try site.add(Identity(), [first], part: part) }
  var result = operands[0]
  for (place, operand) in operands.enumerated().dropFirst() {
    let isLast = place == operands.count - 1
    result = try site.add(Binary(function), [result, operand], part: isLast ? part : "join\(place)")
  }
  return result
}
