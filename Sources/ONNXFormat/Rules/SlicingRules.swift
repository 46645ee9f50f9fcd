import Diagnostics
import Graphs
import ModelFiles
import Ops
import Tensors

let slicingRules: [OperatorRule] = [
  OperatorRule(
    "Slice", note: "starts and ends may be computed from sizes of the input",
    build: { (site) throws(ImportError) in [try slice(site)] }),
  OperatorRule(
    "Split", note: "sizes that are known beforehand, or equal parts",
    build: { (site) throws(ImportError) in try split(site) }),
  OperatorRule(
    "Pad", note: "constant, reflect, edge and wrap; negative pads crop",
    build: { (site) throws(ImportError) in [try pad(site)] }),
  OperatorRule(
    "Crop", note: "",
    build: { (site) throws(ImportError) in
      let x = try site.float(0)
      guard site.type(x).rank == 4, let border = try site.ints("border"), border.count == 4,
        border.allSatisfy({ (0...Limits.windowSize).contains($0) })
      else { throw site.error("needs an image and a border of 4 numbers") }
      var rows = Slice.Axis(2, start: border[1], stop: border[3] == 0 ? nil : -border[3])
      var columns = Slice.Axis(3, start: border[0], stop: border[2] == 0 ? nil : -border[2])
      if let scale = try site.ints("scale"), !scale.isEmpty {
        guard scale.count == 2, scale.allSatisfy({ (1...Limits.windowSize).contains($0) }) else {
          throw site.error("scale must be a height and a width")
        }
        rows.stop = border[1] + scale[0]
        columns.stop = border[0] + scale[1]
      }
      return [try site.add(Slice([rows, columns]), [x])]
    }),
]

private func slice(_ site: NodeSite) throws(ImportError) -> Value {
  let x = try site.input(0)
  let rank = site.type(x).rank
  if site.opset < 10 {
    guard let starts = try site.ints("starts"), let ends = try site.ints("ends"), starts.count == ends.count else {
      throw site.error("needs as many starts as ends")
    }
    return try sliced(site, x, try site.ints("axes") ?? Array(0..<starts.count), starts, ends, nil)
  }
  let first = try site.input(1), last = try site.input(2)
  let steps = try site.optional(4) == nil ? nil : site.input(4)
  guard let count = site.type(first).dims.first ?? nil, site.type(first).rank == 1, count <= rank else {
    throw site.error("the starts are \(site.type(first))")
  }
  let axes = try site.knownIntegers(3, "axes") ?? Array(0..<count)
  if let starts = site.known(first), let ends = site.known(last), steps.map({ site.known($0) != nil }) ?? true {
    let stride = try site.knownIntegers(4, "steps")
    return try sliced(
      site, x, axes, try site.integers(starts, "starts"), try site.integers(ends, "ends"), stride)
  }
  for axis in axes { _ = try site.axis(axis, rank: rank) }
  return try site.add(DynamicSlice(axes: axes), [x, first, last] + (steps.map { [$0] } ?? []))
}

private func sliced(
  _ site: NodeSite, _ x: Value, _ axes: [Int], _ starts: [Int], _ ends: [Int], _ steps: [Int]?
) throws(ImportError) -> Value {
  guard axes.count == starts.count, starts.count == ends.count, steps?.count ?? starts.count == starts.count else {
    throw site.error("needs as many starts as ends, axes and steps")
  }
  let most = Limits.dimension * 2
  func clamped(_ index: Int) -> Int { min(max(index, -most), most) }
  var parts: [Slice.Axis] = []
  for place in axes.indices {
    let step = steps?[place] ?? 1
    guard step != 0 else { throw site.error("a step is 0") }
    parts.append(
      Slice.Axis(
        try site.axis(axes[place], rank: site.type(x).rank), start: clamped(starts[place]), stop: clamped(ends[place]),
        step: clamped(step)))
  }
  return try site.add(Slice(parts), [x])
}

private func split(_ site: NodeSite) throws(ImportError) -> [Value] {
  let x = try site.input(0)
  let axis = try site.axis(try site.int("axis", default: 0), rank: site.type(x).rank)
  let count = site.node.outputs.count
  var sizes = site.opset < 13 ? try site.ints("split") : try site.knownIntegers(1, "sizes")
  let wanted = try site.int("num_outputs", default: count)
  guard wanted == count, count > 0 else { throw site.error("num_outputs is \(wanted), there are \(count) outputs") }
  if sizes != nil, site.has("num_outputs") { throw site.error("has both sizes and num_outputs") }
  if sizes == nil {
    guard let size = site.type(x).dims[axis] else { throw site.unsupported("equal parts of an axis of open size") }
    guard site.opset >= 18 || size % count == 0 else {
      throw site.error("an axis of \(size) cannot be cut into \(count) equal parts")
    }
    // The last part may be smaller.
    let part = size.dividedUp(by: count)
    sizes = (0..<count).map { max(0, min(part, size - $0 * part)) }
  }
  guard let sizes, sizes.count == count, sizes.allSatisfy({ (0...Limits.dimension).contains($0) }) else {
    throw site.error("needs \(count) sizes from 0 on, gets \(sizes ?? [])")
  }
  if let size = site.type(x).dims[axis], sizes.reduce(0, +) != size {
    throw site.error("the parts \(sizes) do not make an axis of \(size)")
  }
  var results: [Value] = []
  for (place, op) in Slice.parts(axis: axis, sizes: sizes).enumerated() {
    let output = site.node.outputs[place]
    results.append(try site.add(op, [x], part: output.isEmpty ? "\(place)" : output))
  }
  return results
}

private func pad(_ site: NodeSite) throws(ImportError) -> Value {
  let x = try site.input(0)
  let rank = site.type(x).rank
  let value: Double
  if site.opset < 11 {
    value = Double(try site.float("value", default: 0))
  } else {
    value = try site.knownNumber(2, "value") ?? 0
  }
  let mode: Pad.Mode
  switch try site.string("mode", default: "constant") {
  case "constant": mode = .constant(value)
  case "reflect": mode = .reflect
  case "edge": mode = .edge
  case "wrap": mode = .wrap
  case let other: throw site.error("mode is \(printable(other))")
  }
  var axes = Array(0..<rank)
  if site.opset >= 18, let given = try site.knownIntegers(3, "axes") {
    axes = try given.map { (axis) throws(ImportError) in try site.axis(axis, rank: rank) }
  }
  let pads: [Int]
  if site.opset < 11 {
    pads = try site.ints("pads") ?? []
  } else {
    let input = try site.input(1)
    guard let tensor = site.known(input) else {
      guard axes == Array(0..<rank) else { throw site.unsupported("computed pads of some axes") }
      return try site.add(DynamicPad(mode: mode), [x, input])
    }
    pads = try site.integers(tensor, "pads")
  }
  guard pads.count == 2 * axes.count, Set(axes).count == axes.count else {
    throw site.error("needs \(2 * axes.count) pads, gets \(pads.count)")
  }
  var before = [Int](repeating: 0, count: rank), after = before
  for (place, axis) in axes.enumerated() { (before[axis], after[axis]) = (pads[place], pads[axes.count + place]) }
  return try site.add(Pad.canonical(before: before, after: after, mode: mode, of: site.type(x)), [x])
}
