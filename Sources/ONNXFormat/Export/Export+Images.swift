import Graphs
import ModelFiles
import Ops
import Tensors

extension MaxPool2D: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    site.finish(site.pool("MaxPool", size, strides, dilation, padding), .channelsFirst)
  }
}

extension AveragePool2D: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    guard dilation == 1 else { throw site.refusal("operator set \(DraftModel.opset) averages no dilated windows") }
    let counted: (name: String, value: DraftAttribute) = ("count_include_pad", .int(countPadding ? 1 : 0))
    site.finish(site.pool("AveragePool", size, strides, dilation, padding, [counted]), .channelsFirst)
  }
}

extension ExportSite {
  fileprivate func pool(
    _ op: String, _ size: Pair, _ strides: Pair, _ dilation: Pair, _ padding: Padding,
    _ attributes: [(name: String, value: DraftAttribute)] = []
  ) -> String {
    var attributes = attributes
    // Where sizes are known, what a last window reaches beyond the image counts as padding.
    if case .ceiling = padding, types[0].dims[1] == nil || types[0].dims[2] == nil {
      attributes.append(("ceil_mode", .int(1)))
    }
    if dilation != 1 { attributes.append(("dilations", .ints([dilation.height, dilation.width]))) }
    return emit(
      op, [input(0, .channelsFirst)],
      attributes + [
        ("kernel_shape", .ints([size.height, size.width])),
        window(padding, size: size, strides: strides, dilation: dilation),
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
