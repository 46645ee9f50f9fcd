import Diagnostics
import Graphs
import ModelFiles
import Ops
import Tensors

let resamplingRules: [LayerRule] = [
  LayerRule(
    names: ["UpSampling2D"],
    note: "nearest, bilinear or bicubic, half-pixel centres; bilinear of Keras 2.2 and 2.3 without tf as those had it",
    build: upsampling),
  LayerRule(names: ["UpSampling1D"], note: "repeats the elements of a sequence") { (site) throws(ImportError) in
    let factor = try site.config.int("size", default: 2)
    return try site.onImages(axes: 1) { (site, x) throws(ImportError) in
      try site.add(Resize(method: .nearest, target: .scale(Pair(1, factor))), [x])
    }
  },
  LayerRule(
    names: ["Resizing"],
    note: "nearest, bilinear or bicubic to a fixed size, with or without antialiasing; cropped or padded to the aspect "
      + "ratio where the input's size is known", build: resizing),
  LayerRule(names: ["CenterCrop"], note: "of images whose size is known; smaller ones are enlarged", build: centreCrop),
  LayerRule(
    names: ["RandomCrop"],
    note:
      "nothing at inference; of Keras 2 the largest window of the aspect ratio, resized, of images whose size is known",
    dependsOnTraining: true, build: randomCrop),
  LayerRule(names: ["ZeroPadding2D"], note: "zeros around the image") { (site) throws(ImportError) in
    try pad(site, sides(site.config, "padding"), axes: 2)
  },
  LayerRule(names: ["ZeroPadding1D"], note: "zeros around the sequence") { (site) throws(ImportError) in
    try pad(site, ends(site.config, "padding"), axes: 1)
  },
  LayerRule(names: ["Cropping2D"], note: "removes rows and columns at the sides") { (site) throws(ImportError) in
    try crop(site, sides(site.config, "cropping"), axes: 2)
  },
  LayerRule(names: ["Cropping1D"], note: "removes elements at the ends of a sequence") { (site) throws(ImportError) in
    try crop(site, ends(site.config, "cropping"), axes: 1)
  },
]

private func method(_ config: LayerConfig, default fallback: String) throws(ImportError) -> ResizeRule.Method {
  let name = try config.string("interpolation", default: fallback)
  guard let method = ResizeRule.Method(keras: name.lowercased()) else {
    throw config.unsupported(
      "interpolation \(printable(name))", remedy: .advice("nearest, bilinear and bicubic are supported"))
  }
  return method
}

@Sendable private func upsampling(_ site: LayerSite) throws(ImportError) -> Value {
  let config = site.config
  let method = try method(config, default: "nearest")
  var coordinates = ResizeRule.Coordinates.halfPixel
  // Standalone Keras before 2.4 resized through TensorFlow 1, whose sample positions are not half-pixel.
  if method == .linear, let version = site.builder.kerasVersion, !version.hasSuffix("-tf"),
    ["2.2.", "2.3."].contains(where: { version.hasPrefix($0) })
  {
    coordinates = .asymmetric
    site.builder.note(
      "\(printable(config.layer)): Keras \(printable(version)) upsampled with sample positions i * n / o, and so does this"
    )
  }
  let resize = Resize(
    method: method, target: .scale(try config.pair("size", default: 2)), coordinates: coordinates)
  return try site.onImages { (site, x) throws(ImportError) in try site.add(resize, [x]) }
}

@Sendable private func resizing(_ site: LayerSite) throws(ImportError) -> Value {
  let config = site.config
  let target = Pair(try config.int("height"), try config.int("width"))
  let resize = Resize(
    method: try method(config, default: "bilinear"), target: .size(target),
    antialias: try config.bool("antialias", default: false))
  let isCropped = try config.bool("crop_to_aspect_ratio", default: false)
  let isPadded = try config.bool("pad_to_aspect_ratio", default: false)
  guard !isCropped || !isPadded else { throw config.error("pad_to_aspect_ratio", "false where the image is cropped") }
  let fill = try config.float("fill_value", default: 0)
  return try site.onImages { (site, x) throws(ImportError) in
    var image = x
    if isCropped { image = try cropToAspect(site, x, target) }
    if isPadded { image = try padToAspect(site, x, target, fill) }
    return try site.add(resize, [image])
  }
}

@Sendable private func centreCrop(_ site: LayerSite) throws(ImportError) -> Value {
  let target = Pair(try site.config.int("height"), try site.config.int("width"))
  return try site.onImages { (site, x) throws(ImportError) in
    let size = try knownSize(site, x)
    guard size.height >= target.height, size.width >= target.width else {
      let window = try cropToAspect(site, x, target)
      return try site.add(Resize(method: .linear, target: .size(target)), [window])
    }
    return try site.add(Crop2D(size, to: target), [x])
  }
}

/// At inference Keras 2 resizes what is not cut out, Keras 3.8 and later pass the image on, and those between cut out what they do not
/// resize.
@Sendable private func randomCrop(_ site: LayerSite) throws(ImportError) -> Value {
  let target = Pair(try site.config.int("height"), try site.config.int("width"))
  let version = site.builder.kerasVersion ?? ""
  return try site.onImages { (site, x) throws(ImportError) in
    if !version.hasPrefix("2."), !(0..<8).contains(where: { version.hasPrefix("3.\($0).") }) {
      return try site.add(Identity(), [x])
    }
    if try knownSize(site, x) == target { return try site.add(Identity(), [x]) }
    guard version.hasPrefix("2.") else {
      throw site.config.unsupported(
        "of Keras \(printable(version)), of images that are not \(target.height) by \(target.width)",
        remedy: .advice("save the model with Keras 3.8 or later"))
    }
    let window = try cropToAspect(site, x, target)
    return try site.add(Resize(method: .linear, target: .size(target)), [window])
  }
}

extension ResizeRule.Method {
  /// By its name in Keras and TensorFlow.
  init?(keras name: String) {
    switch name {
    case "nearest": self = .nearest
    case "bilinear": self = .linear
    case "bicubic": self = .cubic
    default: return nil
    }
  }
}

/// What depends on the size of the image is decided here, so the size must be known.
private func knownSize(_ site: LayerSite, _ x: Value) throws(ImportError) -> Pair {
  let dims = site.type(x).dims
  guard let height = dims[1], let width = dims[2], height > 0, width > 0 else {
    throw site.config.unsupported(
      "the window depends on the size of the image, which is not known",
      remedy: .advice("save the model with the height and width in its input shape"))
  }
  return Pair(height, width)
}

/// The largest window in the middle that has the aspect ratio of `target`.
private func cropToAspect(_ site: LayerSite, _ x: Value, _ target: Pair) throws(ImportError) -> Value {
  let size = try knownSize(site, x), fitting = fitted(size, target)
  let window = Pair(
    max(min(size.height, fitting.height), 1), max(min(size.width, fitting.width), 1))
  return try site.add(Crop2D(size, to: window), [x], part: "window")
}

/// The image in the middle of the smallest frame that has the aspect ratio of `target`; an odd row or column is left out.
private func padToAspect(_ site: LayerSite, _ x: Value, _ target: Pair, _ fill: Float) throws(ImportError) -> Value {
  let size = try knownSize(site, x), fitting = fitted(size, target)
  let rows = (max(size.height, fitting.height) - size.height) / 2
  let columns = rows > 0 ? 0 : (max(size.width, fitting.width) - size.width) / 2
  let pad = Pad2D(top: rows, bottom: rows, left: columns, right: columns, value: fill)
  return try site.add(pad, [x], part: "frame")
}

/// The height that goes with the width of an image at the aspect ratio of `target`, and the width that goes with its
/// height.
private func fitted(_ size: Pair, _ target: Pair) -> Pair {
  Pair(size.width * target.height / target.width, size.height * target.width / target.height)
}

extension Crop2D {
  /// The window of this size in the middle of an image.
  fileprivate init(_ size: Pair, to window: Pair) {
    let (rows, columns) = (size.height - window.height, size.width - window.width)
    self.init(top: rows / 2, bottom: rows - rows / 2, left: columns / 2, right: columns - columns / 2)
  }
}

/// How much is added or removed: at the top, the bottom, the left, the right.
private typealias Sides = (top: Int, bottom: Int, left: Int, right: Int)

private func pad(_ site: LayerSite, _ sides: Sides, axes: Int) throws(ImportError) -> Value {
  try site.onImages(axes: axes) { (site, x) throws(ImportError) in
    try site.add(Pad2D(top: sides.top, bottom: sides.bottom, left: sides.left, right: sides.right), [x])
  }
}

private func crop(_ site: LayerSite, _ sides: Sides, axes: Int) throws(ImportError) -> Value {
  try site.onImages(axes: axes) { (site, x) throws(ImportError) in
    try site.add(Crop2D(top: sides.top, bottom: sides.bottom, left: sides.left, right: sides.right), [x])
  }
}

/// One number, `[vertical, horizontal]` or `[[top, bottom], [left, right]]`.
private func sides(_ config: LayerConfig, _ key: String) throws(ImportError) -> Sides {
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

/// One number, or `[start, end]`: the sides of an image of one row.
private func ends(_ config: LayerConfig, _ key: String) throws(ImportError) -> Sides {
  let ends = try config.pair(key, default: 1, in: 0...Limits.dimension)
  return (0, 0, ends.height, ends.width)
}
