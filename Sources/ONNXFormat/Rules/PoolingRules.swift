import Graphs
import ModelFiles
import Ops
import Tensors

let poolingRules: [OperatorRule] = [
  OperatorRule(
    "MaxPool", note: "over 1 to 3 axes; strides, dilations, pads, auto_pad, ceil_mode; without the output of indices",
    build: { (site) throws(ImportError) in
      let x = try site.input(0), type = site.type(x).dataType
      site.ignore("storage_order", "of the output of indices, which is not provided")
      guard type == .uint8 || type == .int8 else { return [try pool(site, try site.float(0), maximum)] }
      let float = try site.add(Cast(to: .float32), [x], part: "float")
      return [try site.add(Cast(to: type), [try pool(site, float, maximum)])]
    }),
  OperatorRule(
    "AveragePool", note: "over 1 to 3 axes; strides, dilations, pads, auto_pad, ceil_mode, count_include_pad",
    build: { (site) throws(ImportError) in [try pool(site, try site.float(0), average)] }),
  OperatorRule(
    "GlobalAveragePool GlobalMaxPool", note: "over all axes but batch and channels",
    build: { (site) throws(ImportError) in
      let x = try site.float(0)
      let isMaximum = site.node.type == "GlobalMaxPool"
      if site.type(x).rank == 4 {
        let op = GlobalPool2D(kind: isMaximum ? .max : .average, keepDims: true)
        return [try site.onImages(x) { (image) throws(ImportError) in try site.add(op, [image], part: "image") }]
      }
      guard site.type(x).rank > 2 else { throw site.error("gets \(site.type(x)), which has no axes to pool") }
      let op = Reduce(kind: isMaximum ? .max : .mean, axes: Array(2..<site.type(x).rank), keepDims: true)
      return [try site.add(op, [x])]
    }),
  OperatorRule(
    "GlobalLpPool", note: "over all axes but batch and channels",
    build: { (site) throws(ImportError) in
      let x = try site.float(0)
      guard site.type(x).rank > 2 else { throw site.error("gets \(site.type(x)), which has no axes to pool") }
      return [try powerMean(site, x, order: try site.int("p", default: 2), axes: Array(2..<site.type(x).rank))]
    }),
]

/// The root of the sum of powers, with its axes kept.
private func powerMean(_ site: NodeSite, _ x: Value, order: Int, axes: [Int]) throws(ImportError) -> Value {
  guard order == 1 || order == 2 else { throw site.unsupported("p of \(order)") }
  return try site.add(Reduce(kind: order == 1 ? .l1 : .l2, axes: axes, keepDims: true), [x])
}

extension Window {
  /// The padding of a pooling window, with the last windows that `ceil_mode` adds.
  fileprivate func pooling(_ site: NodeSite) throws(ImportError) -> Padding {
    guard try site.bool("ceil_mode"), automatic == .none else { return padding }
    return .ceiling(top: before.height, bottom: after.height, left: before.width, right: after.width)
  }
}

private typealias ImagePooling = (NodeSite, Window, _ image: Value, _ part: String) throws(ImportError) -> Value

private func pool(_ site: NodeSite, _ x: Value, _ pooling: ImagePooling) throws(ImportError) -> Value {
  if site.type(x).rank == 5 {
    return try site.onVolumes(x) { (image, window, part) throws(ImportError) in
      try pooling(site, window, image, part)
    }
  }
  let window = try Window(site, axes: site.spatialAxes(x))
  return try site.onImages(x) { (image) throws(ImportError) in try pooling(site, window, image, "image") }
}

private func maximum(
  _ site: NodeSite, _ window: Window, _ image: Value, _ part: String
) throws(ImportError) -> Value {
  let op = MaxPool2D(
    size: window.size, strides: window.strides, padding: try window.pooling(site), dilation: window.dilation)
  return try site.add(op, [image], part: part)
}

private func average(
  _ site: NodeSite, _ window: Window, _ image: Value, _ part: String
) throws(ImportError) -> Value {
  var padding = try window.pooling(site)
  let countsPadding = try site.bool("count_include_pad") && (padding != .valid)
  var border: Pad2D?
  if countsPadding, case .ceiling(let top, let bottom, let left, let right) = padding {
    // Zeros around count; what lies beyond them in the last windows does not.
    guard bottom == 0 || window.strides.height == 1, right == 0 || window.strides.width == 1 else {
      throw site.unsupported("ceil_mode and count_include_pad at once with padding at the end")
    }
    border = Pad2D(top: top, bottom: bottom, left: left, right: right)
    padding = .ceiling(top: 0, bottom: 0, left: 0, right: 0)
  }
  let op = AveragePool2D(
    size: window.size, strides: window.strides, padding: padding, countPadding: countsPadding && border == nil,
    dilation: window.dilation)
  let source =
    try border.map { (border) throws(ImportError) in
      try site.add(border, [image], part: part + "_border")
    } ?? image
  return try site.add(op, [source], part: part)
}
