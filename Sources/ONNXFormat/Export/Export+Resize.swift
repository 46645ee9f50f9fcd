import Diagnostics
import Graphs
import ModelFiles
import Ops
import Tensors

extension Resize2D: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let image = site.input(0, .channelsFirst)
    if method == .bicubic || antialias, let height = site.types[0].dims[1], let width = site.types[0].dims[2] {
      let (rows, columns) = resolve(size: Pair(height, width))
      return site.finish(site.mixed(image, rows, columns, method), .channelsFirst)
    }
    switch target {
    case .scale(let factors):
      let scales = Tensor([4], [1, 1, Float(factors.height), Float(factors.width)])
      let inputs = [image, "", site.initializer(scales, "scales")]
      if method == .nearest {
        // By whole factors every rule reads the same pixel, and this one is exact in floating point.
        return site.finish(site.emit("Resize", inputs, nearest("asymmetric", "floor")), .channelsFirst)
      }
      site.finish(try site.resize(inputs, method, coordinates, antialias), .channelsFirst)
    case .size(let size):
      let sizes = site.sizes(of: image, site.integers([size.height, size.width], "size"))
      site.finish(try site.resize([image, "", "", sizes], method, coordinates, antialias), .channelsFirst)
    }
  }
}

extension DynamicResize2D: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let image = site.input(0, .channelsFirst)
    let size = site.emit("Cast", [site.input(1)], [("to", .int(Int(DataType.int64.onnxNumber)))])
    site.finish(
      try site.resize([image, "", "", site.sizes(of: image, size)], method, coordinates, antialias), .channelsFirst)
  }
}

private func nearest(_ coordinates: String, _ rule: String) -> [(name: String, value: DraftAttribute)] {
  [
    ("coordinate_transformation_mode", .text(coordinates)), ("mode", .text("nearest")), ("nearest_mode", .text(rule)),
  ]
}

extension ExportSite {
  /// All sizes of a resized image: rows and columns are given, images and channels stay as many as they are.
  fileprivate func sizes(of image: String, _ size: String) -> String {
    emit("Concat", [emit("Shape", [image], [("end", .int(2)), ("start", .int(0))]), size], [("axis", .int(0))])
  }

  fileprivate func resize(
    _ inputs: [String], _ method: Resize2D.Method, _ coordinates: Resize2D.Coordinates, _ antialias: Bool
  ) throws(ImportError) -> String {
    guard !antialias else {
      var error = refusal("runtimes differ about antialiased resizing of images of unknown size")
      error.remedy = .fixInputSize
      throw error
    }
    let rule =
      switch coordinates {
      case .halfPixel: "half_pixel"
      case .asymmetric: "asymmetric"
      case .alignCorners: "align_corners"
      }
    switch method {
    case .nearest:
      // The pixel of floor((i + 0.5) * n / o) is the nearest one of the half-pixel position, halves upwards.
      return emit("Resize", inputs, nearest(rule, coordinates == .halfPixel ? "round_prefer_ceil" : "floor"))
    case .bilinear:
      return emit("Resize", inputs, [("coordinate_transformation_mode", .text(rule)), ("mode", .text("linear"))])
    case .bicubic:
      return emit(
        "Resize", inputs,
        [
          ("coordinate_transformation_mode", .text(rule)), ("cubic_coeff_a", .float(-0.5)),
          ("exclude_outside", .int(1)),
          ("mode", .text("cubic")),
        ])
    }
  }

  /// Resampling as two products with the matrices of its weights: runtimes differ about what lies outside the image.
  fileprivate func mixed(
    _ image: String, _ rows: ResizeAxis, _ columns: ResizeAxis, _ method: Resize2D.Method
  ) -> String {
    let across = initializer(columns.matrix(method).permuted([1, 0]), "columns")
    let wide = emit("MatMul", [image, across])
    return emit("MatMul", [initializer(PermutedTensor(rows.matrix(method)), "rows"), wide])
  }
}

extension ResizeAxis {
  /// The weight of each input (columns) in each output (rows).
  fileprivate func matrix(_ method: Resize2D.Method) -> Tensor {
    var weights = [Float](repeating: 0, count: output * input)
    for i in 0..<output {
      for tap in mixture(i, method) { weights[i * input + tap.source] += Float(tap.weight) }
    }
    return Tensor([output, input], weights)
  }
}
