import Graphs
import ModelFiles
import Ops
import Tensors

extension MaxPool2D: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    site.finish(site.pool("MaxPool", size, strides, padding), .channelsFirst)
  }
}

extension AveragePool2D: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let counted: (name: String, value: DraftAttribute) = ("count_include_pad", .int(countPadding ? 1 : 0))
    site.finish(site.pool("AveragePool", size, strides, padding, [counted]), .channelsFirst)
  }
}

extension ExportSite {
  fileprivate func pool(
    _ op: String, _ size: Pair, _ strides: Pair, _ padding: Padding,
    _ attributes: [(name: String, value: DraftAttribute)] = []
  ) -> String {
    emit(
      op, [input(0, .channelsFirst)],
      attributes + [
        ("kernel_shape", .ints([size.height, size.width])), window(padding, size: size, strides: strides),
        ("strides", .ints([strides.height, strides.width])),
      ])
  }
}

extension GlobalPool2D: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let op = kind == .average ? "GlobalAveragePool" : "GlobalMaxPool"
    let result = site.emit(op, [site.input(0, .channelsFirst)])
    if keepDims { return site.finish(result, .channelsFirst) }
    site.finish(site.emit("Squeeze", [result, site.integers([2, 3], "axes")]))
  }
}

extension Pad2D: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let pads = site.integers([0, 0, top, left, 0, 0, bottom, right], "pads")
    let inputs = [site.input(0, .channelsFirst), pads] + (value == 0 ? [] : [site.scalar(Double(value), "value")])
    site.finish(site.emit("Pad", inputs), .channelsFirst)
  }
}

extension Crop2D: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    // An end that counts from the last element cannot say "up to the last".
    let ends = [bottom, right].map { $0 == 0 ? Int(Int32.max) : -$0 }
    let result = site.emit(
      "Slice",
      [
        site.input(0, .channelsFirst), site.integers([top, left], "starts"), site.integers(ends, "ends"),
        site.integers([2, 3], "axes"),
      ])
    site.finish(result, .channelsFirst)
  }
}

extension Resize2D: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let image = site.input(0, .channelsFirst)
    switch target {
    case .scale(let factors):
      let scales = Tensor([4], [1, 1, Float(factors.height), Float(factors.width)])
      site.finish(
        try site.resize([image, "", site.initializer(scales, "scales")], method, coordinates, antialias), .channelsFirst
      )
    case .size(let size):
      site.finish(
        try site.resize(image, size: site.integers([size.height, size.width], "size"), method, coordinates, antialias),
        .channelsFirst)
    }
  }
}

extension DynamicResize2D: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let size = site.emit("Cast", [site.input(1)], [("to", .int(Int(DataType.int64.onnxNumber)))])
    let result = try site.resize(site.input(0, .channelsFirst), size: size, method, coordinates, antialias)
    site.finish(result, .channelsFirst)
  }
}

extension ExportSite {
  /// Rows and columns are given; images and channels stay as many as they are.
  fileprivate func resize(
    _ image: String, size: String, _ method: Resize2D.Method, _ coordinates: Resize2D.Coordinates, _ antialias: Bool
  ) throws(ImportError) -> String {
    let kept = emit("Shape", [image], [("end", .int(2)), ("start", .int(0))])
    return try resize(
      [image, "", "", emit("Concat", [kept, size], [("axis", .int(0))])], method, coordinates, antialias)
  }

  fileprivate func resize(
    _ inputs: [String], _ method: Resize2D.Method, _ coordinates: Resize2D.Coordinates, _ antialias: Bool
  ) throws(ImportError) -> String {
    guard !antialias else { throw refusal("operator set \(DraftModel.opset) has no antialiased resizing") }
    var rule = coordinates == .halfPixel ? "half_pixel" : "asymmetric"
    let own: [(name: String, value: DraftAttribute)]
    switch method {
    case .nearest:
      // floor((i + 0.5) * n / o) is the nearest of the half-pixel position, halves upwards.
      own = [
        ("mode", .text("nearest")), ("nearest_mode", .text(coordinates == .halfPixel ? "round_prefer_ceil" : "floor")),
      ]
      if case .scale? = (node.op as? Resize2D)?.target {
        // By whole factors both rules read the same pixel, and this one is exact in floating point.
        rule = "asymmetric"
        return emit(
          "Resize", inputs,
          [
            ("coordinate_transformation_mode", .text(rule)), ("mode", .text("nearest")),
            ("nearest_mode", .text("floor")),
          ])
      }
    case .bilinear: own = [("mode", .text("linear"))]
    case .bicubic: own = [("cubic_coeff_a", .float(-0.5)), ("exclude_outside", .int(1)), ("mode", .text("cubic"))]
    }
    return emit("Resize", inputs, [("coordinate_transformation_mode", .text(rule))] + own)
  }
}

extension DepthToSpace: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let mode = order == .pixelsFirst ? "DCR" : "CRD"
    let attributes: [(name: String, value: DraftAttribute)] = [("blocksize", .int(block)), ("mode", .text(mode))]
    site.finish(site.emit("DepthToSpace", [site.input(0, .channelsFirst)], attributes), .channelsFirst)
  }
}

extension SpaceToDepth: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    guard order == .pixelsFirst else { throw site.refusal("there is no such order of channels") }
    site.finish(
      site.emit("SpaceToDepth", [site.input(0, .channelsFirst)], [("blocksize", .int(block))]), .channelsFirst)
  }
}
