import Graphs
import Ops

let poolingRules: [LayerRule] = [
  LayerRule(names: ["MaxPooling2D", "MaxPool2D"], note: "maximum of windows") { (site) throws(KerasError) in
    let (size, strides, padding) = try window(site.config)
    return try site.add(MaxPool2D(size: size, strides: strides, padding: padding), [try site.input()])
  },
  LayerRule(names: ["AveragePooling2D", "AvgPool2D"], note: "mean of windows, padding not counted") {
    (site) throws(KerasError) in
    let (size, strides, padding) = try window(site.config)
    return try site.add(AveragePool2D(size: size, strides: strides, padding: padding), [try site.input()])
  },
  LayerRule(names: ["GlobalAveragePooling2D", "GlobalAvgPool2D"], note: "mean of the image") {
    (site) throws(KerasError) in try global(site, .average)
  },
  LayerRule(names: ["GlobalMaxPooling2D", "GlobalMaxPool2D"], note: "maximum of the image") {
    (site) throws(KerasError) in try global(site, .max)
  },
]

private func window(_ config: LayerConfig) throws(KerasError) -> (Pair, Pair, Padding) {
  try config.requireChannelsLast()
  let size = try config.pair("pool_size", default: 2)
  return (size, try config.pair("strides", default: size), try config.padding())
}

private func global(_ site: LayerSite, _ kind: GlobalPool2D.Kind) throws(KerasError) -> Value {
  try site.config.requireChannelsLast()
  let keepDims = try site.config.bool("keepdims", default: false)
  return try site.add(GlobalPool2D(kind: kind, keepDims: keepDims), [try site.input()])
}
