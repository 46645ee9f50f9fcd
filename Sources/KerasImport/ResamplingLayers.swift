import Graphs
import Ops

let resamplingRules: [LayerRule] = [
  LayerRule(names: ["UpSampling2D"], note: "nearest or bilinear, half-pixel centres", build: upsampling),
  LayerRule(names: ["Resizing"], note: "nearest or bilinear to a fixed size, without antialiasing", build: resizing),
  LayerRule(names: ["ZeroPadding2D"], note: "zeros around the image") { (site) throws(KerasError) in
    let (top, bottom, left, right) = try sides(site.config, "padding")
    return try site.add(Pad2D(top: top, bottom: bottom, left: left, right: right), [try site.input()])
  },
  LayerRule(names: ["Cropping2D"], note: "removes rows and columns at the sides") { (site) throws(KerasError) in
    let (top, bottom, left, right) = try sides(site.config, "cropping")
    return try site.add(Crop2D(top: top, bottom: bottom, left: left, right: right), [try site.input()])
  },
]

private func method(_ config: LayerConfig, default fallback: String) throws(KerasError) -> Resize2D.Method {
  let name = try config.string("interpolation", default: fallback)
  guard let method = Resize2D.Method(rawValue: name) else {
    throw config.unsupported("interpolation \(printable(name))", hint: "nearest and bilinear are supported")
  }
  return method
}

@Sendable private func upsampling(_ site: LayerSite) throws(KerasError) -> Value {
  let config = site.config
  try config.requireChannelsLast()
  let method = try method(config, default: "nearest")
  // Standalone Keras before 2.4 resized through TensorFlow 1, whose sample positions are not half-pixel.
  if method == .bilinear, let version = site.builder.kerasVersion, !version.hasSuffix("-tf"),
    ["2.2.", "2.3."].contains(where: { version.hasPrefix($0) })
  {
    throw config.unsupported(
      "bilinear upsampling of standalone Keras \(printable(version))", hint: "re-save it with Keras 2.4 or later")
  }
  return try site.add(Resize2D(method: method, target: .scale(try config.pair("size", default: 2))), [try site.input()])
}

@Sendable private func resizing(_ site: LayerSite) throws(KerasError) -> Value {
  let config = site.config
  try config.requireChannelsLast()
  for key in ["antialias", "crop_to_aspect_ratio", "pad_to_aspect_ratio"] where try config.bool(key, default: false) {
    throw config.unsupported(key)
  }
  let size = Pair(try config.int("height"), try config.int("width"))
  let method = try method(config, default: "bilinear")
  return try site.add(Resize2D(method: method, target: .size(size)), [try site.input()])
}

/// One number, `[vertical, horizontal]` or `[[top, bottom], [left, right]]`.
private func sides(_ config: LayerConfig, _ key: String) throws(KerasError) -> (Int, Int, Int, Int) {
  try config.requireChannelsLast()
  guard let rows = config.value([key])?.array, rows.count == 2, let vertical = rows[0].array,
    let horizontal = rows[1].array, vertical.count == 2, horizontal.count == 2
  else {
    let both = try config.pair(key, in: 0...Limits.dimension)
    return (both.height, both.height, both.width, both.width)
  }
  let values = (vertical + horizontal).compactMap(\.int)
  guard values.count == 4, values.allSatisfy({ (0...Limits.dimension).contains($0) }) else {
    throw config.error(key, "whole numbers that are not negative")
  }
  return (values[0], values[1], values[2], values[3])
}
