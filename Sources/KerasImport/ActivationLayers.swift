import Graphs
import Ops
import Tensors

let activationRules: [LayerRule] =
  [
    (
      "Activation", "any of: " + (namedActivations.keys + ["hard_sigmoid", "softmax"]).sorted().joined(separator: ", ")
    ),
    ("ReLU", "with maximum, slope and threshold"), ("LeakyReLU", "with slope"), ("ELU", "with alpha"),
    ("ThresholdedReLU", "with theta"), ("Softmax", "along one axis"),
  ].map { name, note in LayerRule(names: [name], note: note, build: activation) }
  + [
    LayerRule(
      names: ["PReLU"], note: "learned slope", variables: { (_) throws(KerasError) in variables("alpha") }, build: prelu
    )
  ]

@Sendable private func activation(_ site: LayerSite) throws(KerasError) -> Value {
  switch try site.config.activationLayer(kerasVersion: site.builder.kerasVersion) {
  case .elementwise(.linear)?, nil: try site.add(Identity(), [try site.input()])
  case .elementwise(let function)?: try site.add(Activate(function), [try site.input()])
  case .softmax(let axis)?: try site.add(Softmax(axis: axis), [try site.input()])
  }
}

/// `max(x, 0) + alpha * min(x, 0)`.
@Sendable private func prelu(_ site: LayerSite) throws(KerasError) -> Value {
  let x = try site.input()
  var shape = Array(site.type(x).dims.dropFirst())
  for axis in try site.config.ints("shared_axes") ?? [] {
    let place = axis < 0 ? axis + shape.count : axis - 1
    guard shape.indices.contains(place) else { throw site.config.error("shared_axes", "axes of \(site.type(x))") }
    shape[place] = 1
  }
  let alpha = try site.weight("alpha", shape)
  let positive = try site.add(Activate(.relu), [x], part: "positive")
  let zero = site.constant([1], [0], part: "zero")
  let negative = try site.add(Binary(.minimum), [x, zero], part: "negative")
  let sloped = try site.add(Binary(.multiply), [negative, alpha], part: "sloped")
  return try site.add(Binary(.add), [positive, sloped])
}
