import Graphs
import ModelFiles
import Ops

let poolingRules: [LayerRule] = [(2, ""), (1, " of a sequence")].flatMap { axes, what -> [LayerRule] in
  let suffix = "\(axes)D"
  return [
    LayerRule(names: ["MaxPooling" + suffix, "MaxPool" + suffix], note: "maximum of windows" + what) {
      (site) throws(ImportError) in
      let (size, strides, padding) = try window(site.config, axes)
      return try site.onImages(axes: axes) { (site, x) throws(ImportError) in
        try site.add(MaxPool2D(size: size, strides: strides, padding: padding), [x])
      }
    },
    LayerRule(
      names: ["AveragePooling" + suffix, "AvgPool" + suffix], note: "mean of windows\(what), padding not counted"
    ) { (site) throws(ImportError) in
      let (size, strides, padding) = try window(site.config, axes)
      return try site.onImages(axes: axes) { (site, x) throws(ImportError) in
        try site.add(AveragePool2D(size: size, strides: strides, padding: padding), [x])
      }
    },
    LayerRule(
      names: ["GlobalAveragePooling" + suffix, "GlobalAvgPool" + suffix],
      note: axes == 2 ? "mean of the image" : "mean of the sequence"
    ) { (site) throws(ImportError) in try global(site, .average, axes) },
    LayerRule(
      names: ["GlobalMaxPooling" + suffix, "GlobalMaxPool" + suffix],
      note: axes == 2 ? "maximum of the image" : "maximum of the sequence"
    ) { (site) throws(ImportError) in try global(site, .max, axes) },
  ]
}

private func window(_ config: LayerConfig, _ axes: Int) throws(ImportError) -> (Pair, Pair, Padding) {
  let size = try config.window("pool_size", axes: axes, default: axes == 2 ? 2 : Pair(1, 2))
  return (size, try config.window("strides", axes: axes, default: size), try config.padding())
}

private func global(_ site: LayerSite, _ kind: GlobalPool2D.Kind, _ axes: Int) throws(ImportError) -> Value {
  guard try site.config.bool("keepdims", default: false) else {
    return try site.add(GlobalPool2D(kind: kind), [try site.image(axes: axes)])
  }
  return try site.onImages(axes: axes) { (site, x) throws(ImportError) in
    try site.add(GlobalPool2D(kind: kind, keepDims: true), [x])
  }
}
