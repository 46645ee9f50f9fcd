import Graphs
import ModelFiles
import Ops
import Tensors

/// Layers that `keras.applications` defines for networks of its own.
let applicationRules: [LayerRule] = [
  LayerRule(
    names: ["LayerScale"], note: "of ConvNeXt: a learned factor per channel",
    variables: { (_) throws(ImportError) in variables("gamma") }
  ) { (site) throws(ImportError) in
    let x = try site.input()
    let channels = try site.lastDimension(x)
    guard try site.config.int("projection_dim") == channels else {
      throw site.config.error("projection_dim", "\(channels), the channels of the input")
    }
    return try site.add(Binary(.multiply), [x, try site.weight("gamma", [channels])])
  },
  LayerRule(names: ["StochasticDepth"], note: "of ConvNeXt: nothing at inference", dependsOnTraining: true) {
    (site) throws(ImportError) in
    // Others of this name weigh a branch by how often it was there.
    guard site.config.values["drop_path_rate"] != nil else { throw site.config.error("drop_path_rate", "a number") }
    return try site.add(Identity(), [try site.input()])
  },
  LayerRule(
    names: ["CustomScaleLayer", "Custom>CustomScaleLayer"],
    note: "of InceptionResNetV2: the sum of one input and a multiple of another"
  ) { (site) throws(ImportError) in
    guard site.inputs.count == 2 else {
      throw ImportError(.malformed, site.config.layer, "\(site.config.className) takes two tensors")
    }
    guard site.config.values["scale"] != nil else { throw site.config.error("scale", "a number") }
    let scale = site.constant([1], [try site.config.float("scale", default: 1)], part: "scale")
    let scaled = try site.add(Binary(.multiply), [site.inputs[1], scale], part: "scaled")
    return try site.add(Binary(.add), [site.inputs[0], scaled])
  },
]
