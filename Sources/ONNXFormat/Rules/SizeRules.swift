import Diagnostics
import Graphs
import ModelFiles
import Ops
import Tensors

let sizeRules: [OperatorRule] = [
  OperatorRule(
    "Shape", note: "with start and end",
    build: { (site) throws(ImportError) in
      let end = site.has("end") ? try site.int("end") : nil
      return [try site.add(ShapeOf(from: try site.int("start", default: 0), to: end), [site.input(0)])]
    }),
  OperatorRule(
    "Size", note: "",
    build: { (site) throws(ImportError) in
      let shape = try site.add(ShapeOf(), [site.input(0)], part: "shape")
      return [try site.add(Reduce(kind: .product, axes: [0], keepDims: false), [shape])]
    }),
  OperatorRule(
    "Constant", note: "",
    build: { (site) throws(ImportError) in
      guard site.node.attributes.count == 1 else {
        throw site.error("needs one value, has \(site.node.attributes.count)")
      }
      let tensor: Tensor
      if let value = try site.tensor("value") {
        tensor = value
      } else if site.has("value_float") {
        tensor = Tensor([], [try site.float("value_float")])
      } else if site.has("value_int") {
        tensor = Tensor([], .int64([Int64(try site.int("value_int"))]))
      } else if let floats = try site.floats("value_floats") {
        tensor = Tensor([floats.count], floats)
      } else if let ints = try site.ints("value_ints") {
        tensor = Tensor([ints.count], .int64(ints.map { Int64($0) }))
      } else {
        throw site.unsupported("of \(site.node.attributes.keys.map(printable).joined(separator: ", "))")
      }
      return [site.builder.graph.constant(tensor, name: site.name)]
    }),
  OperatorRule(
    "ConstantOfShape", note: "",
    build: { (site) throws(ImportError) in
      let shape = try site.input(0)
      let value = try site.tensor("value") ?? Tensor([1], [0])
      guard value.shape.count == 1, let number = value.doubles.first else {
        throw site.error("the value must be one number")
      }
      if let tensor = site.known(shape) {
        let dims = try site.integers(tensor, "shape")
        return [try site.add(Fill(dims: dims, value: number, dataType: value.dataType), [])]
      }
      return [try site.add(DynamicFill(value: number, dataType: value.dataType), [shape])]
    }),
  OperatorRule(
    "Range", note: "of numbers that are known, or computed from sizes of the input",
    build: { (site) throws(ImportError) in
      try site.requireFloat32("stash_type")
      let inputs = [try site.input(0), try site.input(1), try site.input(2)]
      let dataType = site.type(inputs[0]).dataType
      return [try site.add(DynamicSequence(dataType: dataType), inputs)]
    }),
]
