import Diagnostics
import Graphs
import ModelFiles
import Ops
import Tensors

let pickingOperations: [OperationRule] = [
  OperationRule(
    "GetItem", "x key", tensorFlow: ["__operators__.getitem": "tensor=x slice_spec=key var="],
    note: "numbers, slices, new axes and an ellipsis", build: item),
  OperationRule(
    "Slice", "inputs start_indices shape", tensorFlow: ["slice": "input_=inputs begin=start_indices size=shape"],
    note: "a block of given size"
  ) { (site) throws(ImportError) in
    let x = try site.tensor("inputs")
    guard let starts = try site.ints("start_indices"), let sizes = try site.ints("shape"),
      starts.count == site.type(x).rank, sizes.count == starts.count, starts.allSatisfy({ $0 >= 0 }),
      sizes.allSatisfy({ $0 >= -1 })
    else { throw site.error("shape", "a size for each axis of \(site.type(x)), and so must be the starts") }
    var axes: [Slice.Axis] = []
    for (axis, dim) in site.type(x).dims.enumerated() {
      let stop = sizes[axis] == -1 ? nil : starts[axis] + sizes[axis]
      if let dim, let stop, stop > dim { throw site.error("shape", "within \(site.type(x))") }
      if starts[axis] != 0 || (stop != nil && stop != dim) { axes.append(.init(axis, start: starts[axis], stop: stop)) }
    }
    return [try axes.isEmpty ? site.add(Identity(), [x]) : site.add(Slice(axes), [x])]
  },
  OperationRule(
    "Take", "x indices axis batch_dims",
    tensorFlow: [
      "gather": "params=x indices validate_indices= axis batch_dims",
      "compat.v1.gather": "params=x indices validate_indices= name= axis batch_dims",
    ], note: "elements at indices of an axis"
  ) { (site) throws(ImportError) in
    guard try site.int("batch_dims", default: 0) == 0 else { throw site.config.unsupported("batch_dims other than 0") }
    var x = try site.tensor("x")
    if site.argument("axis").isNull, !site.isTensorFlow {
      x = try site.add(Reshape(dims: [-1]), [x], part: "flat")
    }
    let axis = try site.axis("axis", of: x, default: 0)
    return [try site.add(Gather(axis: axis), [x, try site.tensor("indices")])]
  },
  OperationRule("Flip", "x axis", tensorFlow: ["reverse": "tensor=x axis"], note: "axes from last to first") {
    (site) throws(ImportError) in
    let x = try site.tensor("x")
    let axes = try site.axes("axis", of: x) ?? Array(0..<site.type(x).rank)
    return [try site.add(Slice(axes.map { Slice.Axis($0, step: -1) }), [x])]
  },
  OperationRule(
    "Roll", "x shift axis", tensorFlow: ["roll": "input=x shift axis"], note: "along axes, what leaves comes in again"
  ) { (site) throws(ImportError) in
    let x = try site.tensor("x")
    guard let shifts = try site.ints("shift"), let axes = try site.axes("axis", of: x), axes.count == shifts.count
    else {
      throw site.error("axis", "an axis for each shift")
    }
    var result = x
    for (place, (shift, axis)) in zip(shifts, axes).enumerated() {
      result = try site.add(Roll(shift, axis: axis), [result], part: place == axes.count - 1 ? nil : "axis\(axis)")
    }
    return [result]
  },
  OperationRule(
    "Pad", "x pad_width mode constant_values",
    tensorFlow: [
      "pad": "tensor=x paddings=pad_width mode constant_values",
      "compat.v1.pad": "tensor=x paddings=pad_width mode name= constant_values",
    ], note: "constant, reflect, symmetric, edge or wrap", build: pad),
]

/// `x[key]` by the rules of NumPy.
@Sendable private func item(_ site: OperationSite) throws(ImportError) -> [Value] {
  let x = try site.tensor("x")
  let rank = site.type(x).rank
  var key: [Argument<Value>]
  switch site.argument("key") {
  case .list(let elements): key = elements
  case .string(let text): key = try textKey(text, site)
  case let single: key = [single]
  }
  func isEllipsis(_ element: Argument<Value>) -> Bool { if case .ellipsis = element { true } else { false } }
  let taken = key.count { !$0.isNull && !isEllipsis($0) }
  guard taken <= rank, key.count(where: isEllipsis) <= 1 else {
    throw site.error("key", "at most one index for each axis of \(site.type(x))")
  }
  if !key.contains(where: isEllipsis) { key.append(.ellipsis) }

  var (axes, removed, added): ([Slice.Axis], [Int], [Int]) = ([], [], [])
  var (axis, place) = (0, 0)
  for element in key {
    switch element {
    case .ellipsis:
      axis += rank - taken
      place += rank - taken
      continue
    case .null: added.append(place)
    case .slice(let start, let stop, let step):
      let slice = Slice.Axis(
        axis, start: try bound(start, site), stop: try bound(stop, site), step: try bound(step, site) ?? 1)
      if slice != Slice.Axis(axis) { axes.append(slice) }
      axis += 1
    default:
      guard let index = element.int(site.site.builder) else {
        throw site.config.unsupported("is indexed by something other than numbers, slices, new axes and an ellipsis")
      }
      if let size = site.type(x).dims[axis], !(-size..<size).contains(index) {
        throw site.error("key", "within \(site.type(x))")
      }
      axes.append(Slice.Axis(axis, index: index))
      removed.append(axis)
      axis += 1
      continue
    }
    place += 1
  }
  var steps: [(op: any Op, part: String)] = []
  if !axes.isEmpty { steps.append((Slice(axes), "slice")) }
  if !removed.isEmpty { steps.append((Squeeze(axes: removed), "squeeze")) }
  if !added.isEmpty { steps.append((ExpandDims(axes: added), "expand")) }
  if steps.isEmpty { steps.append((Identity(), "")) }
  var result = x
  for (number, step) in steps.enumerated() {
    result = try site.add(step.op, [result], part: number == steps.count - 1 ? nil : step.part)
  }
  return [result]
}

private func bound(_ argument: Argument<Value>, _ site: OperationSite) throws(ImportError) -> Int? {
  if argument.isNull { return nil }
  guard let number = argument.int(site.site.builder), number.magnitude <= Limits.dimension else {
    throw site.config.unsupported("is cut at a place that the file does not say")
  }
  return number
}

/// A key in Python's notation, such as `..., ::-1`, as substitutions give it.
private func textKey(_ text: String, _ site: OperationSite) throws(ImportError) -> [Argument<Value>] {
  try text.split(separator: ",", omittingEmptySubsequences: false).map { (part) throws(ImportError) in
    let word = part.filter { $0 != " " }
    if word == "..." { return .ellipsis }
    if word == "None" || word == "newaxis" { return .null }
    if let index = Int(word) { return .integer(index) }
    let bounds = word.split(separator: ":", omittingEmptySubsequences: false)
    let numbers = bounds.map { Int($0) }
    guard (2...3).contains(bounds.count), zip(bounds, numbers).allSatisfy({ $0.isEmpty || $1 != nil }) else {
      throw site.error("key", "an index in Python's notation, such as ..., ::-1")
    }
    let parts = (numbers + [nil]).map { number in number.map { Argument<Value>.integer($0) } ?? .null }
    return .slice(start: parts[0], stop: parts[1], step: parts[2])
  }
}

@Sendable private func pad(_ site: OperationSite) throws(ImportError) -> [Value] {
  let x = try site.tensor("x")
  let rank = site.type(x).rank
  guard let width = site.argument("pad_width").constant, width.values.allSatisfy({ Int(exactly: $0) != nil }) else {
    throw site.config.unsupported("pad_width that is not known")
  }
  let numbers = width.values.compactMap { Int(exactly: $0) }
  let pairs: [Int]
  switch width.shape {
  case [rank, 2]: pairs = numbers
  case [], [1], [2], [1, 2]:
    let both = [numbers[0], numbers[numbers.count - 1]]
    pairs = (0..<rank).flatMap { _ in both }
  default: throw site.error("pad_width", "two numbers for each axis of \(site.type(x))")
  }
  let mode: Pad.Mode
  switch try site.string("mode", default: "constant").lowercased() {
  case "constant": mode = .constant(try site.number("constant_values") ?? 0)
  case "reflect": mode = .reflect
  case "symmetric": mode = .symmetric
  case "edge": mode = .edge
  case "wrap": mode = .wrap
  case let other: throw site.config.unsupported("mode \(printable(other))")
  }
  let before = (0..<rank).map { pairs[2 * $0] }
  let after = (0..<rank).map { pairs[2 * $0 + 1] }
  guard (before + after).allSatisfy({ $0 >= 0 }) else { throw site.error("pad_width", "numbers that are not negative") }
  return [try site.add(Pad.canonical(before: before, after: after, mode: mode, of: site.type(x)), [x])]
}
