import Graphs
import ModelFiles
import Ops
import Tensors

let activationRules: [LayerRule] =
  [
    ("Activation", "any of: " + activationNames.joined(separator: ", ")),
    ("ReLU", "with maximum, slope and threshold"), ("LeakyReLU", "with slope"), ("ELU", "with alpha"),
    ("ThresholdedReLU", "with theta"), ("Softmax", "along one axis or several"),
  ].map { name, note in LayerRule(names: [name], note: note, build: activation) }
  + [
    LayerRule(
      names: ["PReLU"], note: "learned slope, shared along any axes",
      variables: { (_) throws(ImportError) in variables("alpha") }, build: prelu),
    LayerRule(names: ["Swish"], note: "the custom layer of this name: x * sigmoid(x)", build: activation),
  ]

@Sendable private func activation(_ site: LayerSite) throws(ImportError) -> Value {
  let function = try site.config.activationLayer(kerasVersion: site.builder.kerasVersion) ?? .elementwise(.linear)
  return try site.apply(function, to: try site.input())
}

@Sendable private func prelu(_ site: LayerSite) throws(ImportError) -> Value {
  let x = try site.input()
  var shape = Array(site.type(x).dims.dropFirst())
  for axis in try site.config.ints("shared_axes") ?? [] {
    let place = axis < 0 ? axis + shape.count : axis - 1
    guard shape.indices.contains(place) else { throw site.config.error("shared_axes", "axes of \(site.type(x))") }
    shape[place] = 1
  }
  return try site.add(PRelu(), [x, try site.weight("alpha", shape)])
}

extension LayerSite {
  /// Adds what applies an activation to a value; `part` names it where it is not the layer's last.
  func apply(_ activation: LayerActivation, to x: Value, part: String? = nil) throws(ImportError) -> Value {
    switch activation {
    case .elementwise(.linear): return try add(Identity(), [x], part: part)
    case .elementwise(let function): return try add(Activate(function), [x], part: part)
    case .logSoftmax(let axis): return try add(LogSoftmax(axis: axis), [x], part: part)
    case .softmax(let axes):
      if axes.count == 1 { return try add(Softmax(axis: axes[0]), [x], part: part) }
      guard !axes.isEmpty else { throw config.error("axis", "an axis or a list of them") }
      return try softmax(x, axes, part: part)
    }
  }

  /// `exp(x - max)` over its sum, over several axes at once.
  private func softmax(_ x: Value, _ axes: [Int], part: String?) throws(ImportError) -> Value {
    let name = part.map { $0 + "_" } ?? ""
    let highest = try add(Reduce(kind: .max, axes: axes, keepDims: true), [x], part: name + "max")
    let power = try add(Binary(.subtract, activation: .exp), [x, highest], part: name + "exp")
    let sum = try add(Reduce(kind: .sum, axes: axes, keepDims: true), [power], part: name + "sum")
    return try add(Binary(.divide), [power, sum], part: part)
  }
}
