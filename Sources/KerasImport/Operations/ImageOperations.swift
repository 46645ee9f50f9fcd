import Diagnostics
import Graphs
import ModelFiles
import Ops
import Tensors

let imageOperations: [OperationRule] = [
  OperationRule(
    "Resize",
    "images size interpolation antialias crop_to_aspect_ratio pad_to_aspect_ratio fill_mode fill_value data_format "
      + "preserve_aspect_ratio",
    tensorFlow: [
      "image.resize": "images size method=interpolation preserve_aspect_ratio antialias",
      "compat.v1.image.resize_images": "images size method=interpolation align_corners preserve_aspect_ratio",
      "compat.v1.image.resize_bilinear": "images size align_corners name= half_pixel_centers",
      "compat.v1.image.resize_nearest_neighbor": "images size align_corners name= half_pixel_centers",
    ], note: "nearest, bilinear or bicubic, with or without antialiasing", build: resize),
  OperationRule(
    "MaxPool", "inputs pool_size strides padding data_format",
    tensorFlow: [
      "nn.max_pool2d nn.max_pool": "input=inputs ksize=pool_size strides padding data_format",
      "compat.v1.nn.max_pool": "value=inputs ksize=pool_size strides padding data_format",
    ], note: "of images"
  ) { (site) throws(ImportError) in
    try pool(site) { MaxPool2D(size: $0, strides: $1, padding: $2) }
  },
  OperationRule(
    "AveragePool", "inputs pool_size strides padding data_format",
    tensorFlow: [
      "nn.avg_pool2d nn.avg_pool": "input=inputs ksize=pool_size strides padding data_format",
      "compat.v1.nn.avg_pool": "value=inputs ksize=pool_size strides padding data_format",
    ], note: "of images, padding not counted"
  ) { (site) throws(ImportError) in
    try pool(site) { AveragePool2D(size: $0, strides: $1, padding: $2) }
  },
  OperationRule(
    "DepthToSpace", "x block_size data_format", tensorFlow: ["nn.depth_to_space": "input=x block_size data_format"],
    note: "channels to pixels"
  ) { (site) throws(ImportError) in
    let block = try site.int("block_size")
    return try site.onImage("x") { (x) throws(ImportError) in (DepthToSpace(block: block), [x]) }
  },
  OperationRule(
    "SpaceToDepth", "x block_size data_format", tensorFlow: ["nn.space_to_depth": "input=x block_size data_format"],
    note: "pixels to channels"
  ) { (site) throws(ImportError) in
    let block = try site.int("block_size")
    return try site.onImage("x") { (x) throws(ImportError) in (SpaceToDepth(block: block), [x]) }
  },
  OperationRule(
    "RGBToGrayscale", "images data_format", tensorFlow: ["image.rgb_to_grayscale": "images"], note: "of three channels"
  ) { (site) throws(ImportError) in
    try site.onImage("images") { (x) throws(ImportError) in
      guard site.type(x).dims[3] == 3 else { throw site.config.unsupported("channels other than 3") }
      let kernel = site.site.constant([1, 1, 3, 1], [0.2989, 0.5870, 0.1140], part: "weights")
      return (Conv2D(), [x, kernel])
    }
  },
]

extension OperationSite {
  /// Adds one operator on the image for a parameter, seen as NHWC whatever `data_format` says.
  func onImage(
    _ name: String, _ operation: (Value) throws(ImportError) -> (any Op, [Value])
  ) throws(ImportError) -> [Value] {
    let x = try tensor(name)
    guard type(x).rank == 4 else {
      throw config.unsupported("is given \(type(x)), which is not a batch of images")
    }
    guard try isChannelsFirst(self) else {
      let (op, inputs) = try operation(x)
      return [try add(op, inputs)]
    }
    let (op, inputs) = try operation(try add(Transpose(permutation: [0, 2, 3, 1]), [x], part: "channels_last"))
    return [try add(Transpose(permutation: [0, 3, 1, 2]), [try add(op, inputs, part: "image")])]
  }

  /// `same` or `valid`, in either case.
  func padding() throws(ImportError) -> Padding {
    switch try string("padding", default: "valid").lowercased() {
    case "same": return .same
    case "valid": return .valid
    default: throw error("padding", "\"same\" or \"valid\"")
    }
  }

  /// A window's size or strides: one number, one for each axis of the image, or one for each of the tensor.
  func window(_ name: String, default fallback: Pair) throws(ImportError) -> Pair {
    guard let numbers = try ints(name), numbers.count == 4 else { return try pair(name, default: fallback) }
    let others = try isChannelsFirst(self) ? [numbers[0], numbers[1]] : [numbers[0], numbers[3]]
    let sizes = Array(try isChannelsFirst(self) ? numbers[2...] : numbers[1...2])
    guard others == [1, 1], sizes.allSatisfy({ $0 > 0 }) else {
      throw config.unsupported("\(name) of the batch or the channels")
    }
    return Pair(sizes[0], sizes[1])
  }
}

private func pool(
  _ site: OperationSite, _ op: (Pair, Pair, Padding) -> any Op
) throws(ImportError) -> [Value] {
  let size = try site.window("pool_size", default: 1)
  let strides = try site.window("strides", default: size)
  let padding = try site.padding()
  return try site.onImage("inputs") { (x) throws(ImportError) in (op(size, strides, padding), [x]) }
}

@Sendable private func resize(_ site: OperationSite) throws(ImportError) -> [Value] {
  for key in ["crop_to_aspect_ratio", "pad_to_aspect_ratio", "preserve_aspect_ratio", "align_corners"]
  where try site.bool(key) { throw site.config.unsupported(key) }
  let method = try method(site)
  // Functions of TensorFlow 1 place pixels by their corners where they are not told otherwise.
  let isOld = site.isTensorFlow && site.config.values["function"]?.string?.hasPrefix("compat.v1.") == true
  let isCentred = try site.bool("half_pixel_centers")
  let isAsymmetric = isOld && !isCentred
  if isAsymmetric, method == .cubic { throw site.config.unsupported("the bicubic interpolation of TensorFlow 1") }
  let coordinates: ResizeRule.Coordinates = isAsymmetric ? .asymmetric : .halfPixel
  let antialias = try site.bool("antialias")
  if let size = try? site.ints("size") {
    guard size.count == 2, size.allSatisfy({ $0 > 0 }) else { throw site.error("size", "two whole numbers from 1") }
    let op = Resize(
      method: method, target: .size(Pair(size[0], size[1])), coordinates: coordinates, antialias: antialias)
    return try site.onImage("images") { (x) throws(ImportError) in (op, [x]) }
  }
  let size = try site.tensor("size")
  let op = DynamicResize(imagesBy: .image(method, coordinates: coordinates, antialias: antialias))
  return try site.onImage("images") { (x) throws(ImportError) in (op, [x, size]) }
}

private func method(_ site: OperationSite) throws(ImportError) -> ResizeRule.Method {
  let name: String
  if case .integer(let number) = site.argument("interpolation") {
    name =
      ["bilinear", "nearest", "bicubic"].indices.contains(number) ? ["bilinear", "nearest", "bicubic"][number] : ""
  } else {
    name = try site.string("interpolation", default: "bilinear").lowercased()
  }
  let isNearest = site.config.values["function"]?.string?.hasSuffix("nearest_neighbor") == true
  guard let method = ResizeRule.Method(keras: isNearest ? "nearest" : name) else {
    throw site.config.unsupported("interpolation \(printable(name))")
  }
  return method
}
