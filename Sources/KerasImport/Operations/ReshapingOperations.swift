import Diagnostics
import Graphs
import ModelFiles
import Ops
import Tensors

let reshapingOperations: [OperationRule] = [
  OperationRule(
    "Reshape", "x newshape", tensorFlow: ["reshape": "tensor=x shape=newshape"],
    note: "to sizes that are known or computed from those of tensors", build: reshape),
  OperationRule("Ravel", note: "to one axis") { (site) throws(ImportError) in
    [try site.add(Reshape(dims: [-1]), [try site.tensor("x")])]
  },
  OperationRule(
    "Transpose", "x axes",
    tensorFlow: ["compat.v1.transpose": "a=x perm=axes name= conjugate=", "transpose": "a=x perm=axes conjugate="],
    note: "any order of the axes"
  ) { (site) throws(ImportError) in
    let x = try site.tensor("x")
    let axes = try site.axes("axes", of: x) ?? Array((0..<site.type(x).rank).reversed())
    return [try site.add(Transpose(permutation: axes), [x])]
  },
  OperationRule("Swapaxes", "x axis1 axis2", note: "two axes exchanged") { (site) throws(ImportError) in
    let x = try site.tensor("x")
    var order = Array(0..<site.type(x).rank)
    order.swapAt(try site.axis("axis1", of: x, default: 0), try site.axis("axis2", of: x, default: 0))
    return [try site.add(Transpose(permutation: order), [x])]
  },
  OperationRule("Moveaxis", "x source destination", note: "axes moved to other places") { (site) throws(ImportError) in
    let x = try site.tensor("x")
    let (from, to) = (try site.axes("source", of: x) ?? [], try site.axes("destination", of: x) ?? [])
    guard from.count == to.count, Set(from).count == from.count, Set(to).count == to.count else {
      throw site.error("source", "as many different axes as destination")
    }
    var order = (0..<site.type(x).rank).filter { !from.contains($0) }
    for (destination, source) in zip(to, from).sorted(by: { $0.0 < $1.0 }) { order.insert(source, at: destination) }
    return [try site.add(Transpose(permutation: order), [x])]
  },
  OperationRule(
    "ExpandDims", "x axis", tensorFlow: ["expand_dims": "input=x axis name="], note: "new axes of size 1"
  ) { (site) throws(ImportError) in
    guard let axes = try site.ints("axis") else { throw site.error("axis", "whole numbers") }
    return [try site.add(ExpandDims(axes: axes), [try site.tensor("x")])]
  },
  OperationRule(
    "Squeeze", "x axis",
    tensorFlow: ["compat.v1.squeeze": "input=x axis name= squeeze_dims=", "squeeze": "input=x axis name="],
    note: "axes of size 1 that are named"
  ) { (site) throws(ImportError) in
    let x = try site.tensor("x")
    guard let axes = try site.axes("axis", of: x), !axes.isEmpty else {
      throw site.config.unsupported("without axes, which also removes a batch of one image")
    }
    return [try site.add(Squeeze(axes: axes), [x])]
  },
  OperationRule(
    "Concatenate", "xs axis", tensorFlow: ["concat": "values=xs axis"], note: "along any axis"
  ) { (site) throws(ImportError) in
    let tensors = try site.tensors("xs")
    guard let first = tensors.first else { throw site.error("xs", "a list of tensors") }
    let axis = try site.axis("axis", of: first, default: 0)
    return [try tensors.count == 1 ? site.add(Identity(), tensors) : site.add(Concat(axis: axis), tensors)]
  },
  OperationRule(
    "Stack", "x axis", tensorFlow: ["stack": "values=x axis"], note: "along a new axis"
  ) { (site) throws(ImportError) in
    let axis = try site.int("axis", default: 0)
    var rows: [Value] = []
    for (place, tensor) in try site.tensors("x").enumerated() {
      rows.append(try site.add(ExpandDims(axes: [axis]), [tensor], part: "\(place)"))
    }
    guard !rows.isEmpty else { throw site.error("x", "a list of tensors") }
    return [try rows.count == 1 ? site.add(Identity(), rows) : site.add(Concat(axis: axis), rows)]
  },
  OperationRule(
    "Split", "x indices_or_sections axis sizes", tensorFlow: ["split": "value=x num_or_size_splits=sizes axis num="],
    note: "into equal parts or parts of given sizes", build: split),
  OperationRule(
    "Unstack", "x num axis", tensorFlow: ["unstack": "value=x num axis"], note: "into the parts along an axis"
  ) { (site) throws(ImportError) in
    let x = try site.tensor("x")
    let axis = try site.axis("axis", of: x, default: 0)
    let given = try site.ints("num")?.first
    guard let count = site.type(x).dims[axis] ?? given, (0...Limits.layers).contains(count) else {
      throw site.config.unsupported("of axis \(axis), whose size is not known")
    }
    var parts: [Value] = []
    for index in 0..<count {
      let slice = try site.add(Slice([Slice.Axis(axis, index: index)]), [x], part: "slice\(index)")
      parts.append(try site.add(Squeeze(axes: [axis]), [slice], part: "\(index)"))
    }
    return parts
  },
  OperationRule(
    "Repeat", "x repeats axis", tensorFlow: ["repeat": "input=x repeats axis"], note: "each index equally often"
  ) { (site) throws(ImportError) in
    let x = try site.tensor("x")
    let repeats = try site.int("repeats")
    guard repeats >= 0 else { throw site.error("repeats", "a whole number that is not negative") }
    if let axis = try site.axes("axis", of: x)?.first { return [try site.add(Repeat(repeats, axis: axis), [x])] }
    let flat = try site.add(Reshape(dims: [-1]), [x], part: "flat")
    return [try site.add(Repeat(repeats, axis: 0), [flat])]
  },
  OperationRule(
    "Tile", "x repeats", tensorFlow: ["tile": "input=x multiples=repeats"], note: "the whole repeated along axes"
  ) { (site) throws(ImportError) in
    let x = try site.tensor("x")
    guard let repeats = try site.ints("repeats") else {
      return [try site.add(DynamicTile(), [x, try site.tensor("repeats")])]
    }
    return [try site.add(Tile(repeats: repeats), [x])]
  },
  OperationRule(
    "BroadcastTo", "x shape", tensorFlow: ["broadcast_to": "input=x shape"], note: "axes of size 1 repeated"
  ) { (site) throws(ImportError) in
    let x = try site.tensor("x")
    if case .tensor = site.argument("shape"), (try? site.ints("shape")) == nil {
      return [try site.add(DynamicBroadcast(), [x, try site.tensor("shape")])]
    }
    guard let shape = try site.ints("shape"), shape.allSatisfy({ $0 > 0 }) else {
      throw site.error("shape", "sizes from 1")
    }
    return [try site.add(BroadcastTo(dims: shape), [x])]
  },
  OperationRule(
    "ZerosLike", "x dtype", tensorFlow: ["zeros_like": "input=x dtype"], note: "zeros in the same shape"
  ) { (site) throws(ImportError) in [try filled(site, 0)] },
  OperationRule(
    "OnesLike", "x dtype", tensorFlow: ["ones_like": "input=x dtype"], note: "ones in the same shape"
  ) { (site) throws(ImportError) in [try filled(site, 1)] },
  OperationRule("FullLike", "x fill_value dtype", note: "one number in the same shape") { (site) throws(ImportError) in
    guard let value = try site.number("fill_value") else { throw site.error("fill_value", "a number") }
    return [try filled(site, value)]
  },
  OperationRule(
    "Shape", "x", tensorFlow: ["shape": "input=x out_type=", "compat.v1.shape": "input=x name= out_type="],
    note: "sizes, to compute other sizes from"
  ) { (site) throws(ImportError) in [try site.add(ShapeOf(), [try site.tensor("x")])] },
]

@Sendable private func reshape(_ site: OperationSite) throws(ImportError) -> [Value] {
  let x = try site.tensor("x")
  guard let shape = try? site.ints("newshape") else {
    return [try site.add(DynamicReshape(), [x, try site.tensor("newshape")])]
  }
  guard shape.allSatisfy({ $0 == -1 || $0 > 0 }), shape.count <= Limits.rank else {
    throw site.error("newshape", "sizes from 1, or -1 for one of them")
  }
  return [try site.add(Reshape(dims: shape), [x])]
}

@Sendable private func split(_ site: OperationSite) throws(ImportError) -> [Value] {
  let x = try site.tensor("x")
  let axis = try site.axis("axis", of: x, default: 0)
  let size = site.type(x).dims[axis]
  var ends: [Int] = []
  if case .integer(let count) = site.argument("sizes").isNull
    ? site.argument("indices_or_sections") : site.argument("sizes")
  {
    guard let size else { throw site.config.unsupported("of axis \(axis), whose size is not known") }
    guard (1...max(size, 1)).contains(count), size % count == 0 else {
      throw site.config.error("sections", "a divisor of \(size), not \(count)")
    }
    ends = (1...count).map { $0 * (size / count) }
  } else if var sizes = try site.ints("sizes") {
    if let open = sizes.firstIndex(of: -1) {
      guard let size else { throw site.config.unsupported("of axis \(axis), whose size is not known") }
      sizes[open] = size - (sizes.reduce(0, +) + 1)
    }
    guard sizes.allSatisfy({ $0 >= 0 }) else { throw site.error("sizes", "sizes that axis \(axis) has room for") }
    for size in sizes { ends.append((ends.last ?? 0) + size) }
  } else {
    guard let indices = try site.ints("indices_or_sections"), indices == indices.sorted(),
      indices.allSatisfy({ $0 >= 0 })
    else { throw site.error("indices_or_sections", "a number of parts, or indices in ascending order") }
    ends = indices
  }
  let isOpen = site.argument("sizes").isNull && ends.last != size
  guard size == nil || isOpen || ends.last == size else { throw site.error("sizes", "sizes that fill axis \(axis)") }
  var parts: [Value] = []
  for place in 0..<(isOpen ? ends.count + 1 : ends.count) {
    let start = place == 0 ? 0 : ends[place - 1]
    let slice = Slice([Slice.Axis(axis, start: start, stop: place < ends.count ? ends[place] : nil)])
    parts.append(try site.add(slice, [x], part: "\(place)"))
  }
  return parts
}

private func filled(_ site: OperationSite, _ value: Double) throws(ImportError) -> Value {
  let x = try site.tensor("x")
  var dataType = site.type(x).dataType
  let name = try site.string("dtype", default: "")
  if !name.isEmpty {
    guard let wanted = DataType(kerasName: name) else { throw site.config.unsupported("data type \(printable(name))") }
    dataType = wanted
  }
  let shape = try site.add(ShapeOf(), [x], part: "shape")
  return try site.add(DynamicFill(value: value, dataType: dataType), [shape])
}
