import Graphs
import ModelFiles
import Ops
import Tensors

extension MatMul: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    site.finish(site.emit("MatMul", [site.input(0), site.input(1)]))
  }
}

extension Einsum: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let inputs = site.node.inputs.indices.map { site.input($0) }
    site.finish(site.emit("Einsum", inputs, [("equation", .text(subscripts))]))
  }
}

extension Gather: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    site.finish(site.emit("Gather", [site.input(0), site.input(1)], [("axis", .int(axis))]))
  }
}

extension Fill: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let value = site.scalar(value, "value", dataType)
    site.finish(
      dims.isEmpty ? site.emit("Identity", [value]) : site.emit("Expand", [value, site.integers(dims, "shape")]))
  }
}

extension DynamicFill: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let shape = site.emit("Cast", [site.input(0)], [("to", .int(Int(DataType.int64.onnxNumber)))])
    site.finish(site.emit("Expand", [site.scalar(value, "value", dataType), shape]))
  }
}
