import Diagnostics
import Graphs
import ModelFiles
import Ops
import Tensors

extension Resize: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let isImage = site.types[0].rank == 4 && isOfImages
    let layout: ExportLayout = isImage ? .channelsFirst : .plain
    let input = site.input(0, layout)
    if isImage, rule.method == .cubic || rule.antialias, let height = site.types[0].dims[1],
      let width = site.types[0].dims[2], let (rows, columns) = imageAxes(Pair(height, width))
    {
      return site.finish(site.mixed(input, rows, columns), layout)
    }
    if isImage, let factors = repeats {
      // By whole factors every rule reads the same pixel, and this one is exact in floating point.
      let scales = [1, 1, Float(factors.height), Float(factors.width)]
      let rule = ResizeRule(method: .nearest, coordinates: .asymmetric, rounding: .floor)
      return site.finish(try site.resize(input, scales: scales, rule), layout)
    }
    let targets = try targets(site, layout)
    switch targets {
    case .scales(let scales): site.finish(try site.resize(input, scales: scales, equivalentRule), layout)
    case .sizes(let sizes):
      let sizes = isImage ? site.sizes(of: input, site.integers(sizes, "size")) : site.integers(sizes, "size")
      site.finish(try site.resize(input, sizes: sizes, equivalentRule), layout)
    }
  }

  private enum Targets {
    case scales([Float])
    /// Of images, the rows and columns.
    case sizes([Int])
  }

  private func targets(_ site: ExportSite, _ layout: ExportLayout) throws(ImportError) -> Targets {
    guard proportions == .stretch else { throw site.refusal("its sizes keep their proportions") }
    let rank = site.types[0].rank
    var scales = [Float?](repeating: 1, count: rank), sizes = site.output.dims
    for axis in axes {
      let place = axis.axis < 0 ? axis.axis + rank : axis.axis
      switch axis.target {
      case .scale(let scale): scales[place] = scale
      case .size(let size): (scales[place], sizes[place]) = (nil, size)
      }
    }
    let factors = scales.compactMap { $0 }
    if factors.count == rank { return .scales(layout.arranged(factors)) }
    if layout == .channelsFirst { sizes = [sizes[1], sizes[2]] }
    let known = sizes.compactMap { $0 }
    guard known.count == sizes.count else { throw site.refusal("some of its sizes are not known") }
    return .sizes(known)
  }

  /// The rule by the name that most runtimes know, where it says the same.
  private var equivalentRule: ResizeRule {
    var result = rule.named
    let isLarge = axes.allSatisfy { axis in
      switch axis.target {
      case .scale(let scale): scale == scale.rounded()
      case .size(let size): size > 1
      }
    }
    if rule.coordinates == .pytorchHalfPixel, isLarge { result.coordinates = .halfPixel }
    return result
  }
}

extension ResizeRule {
  /// The pixel of floor((i + 0.5) * n / o) is the nearest one of the half-pixel position, halves upwards.
  fileprivate var named: ResizeRule {
    var result = self
    if method == .nearest, coordinates == .tensorFlowHalfPixel, rounding == .floor {
      (result.coordinates, result.rounding) = (.halfPixel, .preferCeil)
    }
    return result
  }
}

extension DynamicResize: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    guard axes == [1, 2], isSizes, site.types[0].rank == 4, proportions == .stretch else {
      throw site.refusal("it resizes by values that are computed, other axes than rows and columns or by scales")
    }
    let image = site.input(0, .channelsFirst)
    let size = site.emit("Cast", [site.input(1)], [("to", .int(Int(DataType.int64.onnxNumber)))])
    site.finish(try site.resize(image, sizes: site.sizes(of: image, size), rule.named), .channelsFirst)
  }
}

extension ExportSite {
  /// All sizes of a resized image: rows and columns are given, images and channels stay as many as they are.
  fileprivate func sizes(of image: String, _ size: String) -> String {
    emit("Concat", [emit("Shape", [image], [("end", .int(2)), ("start", .int(0))]), size], [("axis", .int(0))])
  }

  fileprivate func resize(_ input: String, scales: [Float], _ rule: ResizeRule) throws(ImportError) -> String {
    let scales = initializer(Tensor([scales.count], scales), "scales")
    return emit("Resize", [input, "", scales], try attributes(rule))
  }

  fileprivate func resize(_ input: String, sizes: String, _ rule: ResizeRule) throws(ImportError) -> String {
    emit("Resize", [input, "", "", sizes], try attributes(rule))
  }

  private func attributes(_ rule: ResizeRule) throws(ImportError) -> [(name: String, value: DraftAttribute)] {
    guard !rule.antialias else {
      var error = refusal("runtimes differ about antialiased resizing of images of unknown size")
      error.remedy = .fixInputSize
      throw error
    }
    guard let coordinates = resizeCoordinates.first(where: { $0.value == rule.coordinates })?.key,
      rule.coordinates != .crop
    else { throw refusal("it takes a part of the image") }
    let mode = ("coordinate_transformation_mode", DraftAttribute.text(coordinates))
    switch rule.method {
    case .nearest:
      guard let rounding = resizeRoundings.first(where: { $0.value == rule.rounding })?.key else {
        throw refusal("its rounding is that of an old operator set")
      }
      return [mode, ("mode", .text("nearest")), ("nearest_mode", .text(rounding))]
    case .linear: return [mode, ("mode", .text("linear"))]
    case .cubic:
      return [
        mode, ("cubic_coeff_a", .float(Float(rule.cubic))), ("exclude_outside", .int(rule.excludesOutside ? 1 : 0)),
        ("mode", .text("cubic")),
      ]
    }
  }

  /// Resizing as two products with the matrices of its weights: runtimes differ about what lies outside the image.
  fileprivate func mixed(_ image: String, _ rows: ResizeAxis, _ columns: ResizeAxis) -> String {
    let across = initializer(columns.matrix.permuted([1, 0]), "columns")
    let wide = emit("MatMul", [image, across])
    return emit("MatMul", [initializer(PermutedTensor(rows.matrix), "rows"), wide])
  }
}

extension ResizeAxis {
  /// The weight of each input (columns) in each output (rows).
  fileprivate var matrix: Tensor {
    var weights = [Float](repeating: 0, count: output * input)
    for i in 0..<output {
      let taps = taps(i)
      for (k, weight) in taps.weights.enumerated() { weights[i * input + taps.first + k] = Float(weight) }
    }
    return Tensor([output, input], weights)
  }
}
