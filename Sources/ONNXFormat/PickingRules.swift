import Graphs
import ModelFiles
import Ops
import Tensors

let pickingRules: [OperatorRule] = [
  OperatorRule(
    "Gather", note: "",
    build: { (site) throws(ImportError) in
      let x = try site.input(0), indices = try site.input(1)
      let axis = try site.axis(try site.int("axis", default: 0), rank: site.type(x).rank)
      if let size = site.type(x).dims[axis], let tensor = site.builder.graph.constant(indices) {
        let known = try site.integers(tensor, "indices")
        guard known.allSatisfy({ (-size..<size).contains($0) }) else {
          throw site.error("an index is beyond axis \(axis) of \(site.type(x))")
        }
      }
      return [try site.add(Gather(axis: axis), [x, indices])]
    }),
  OperatorRule(
    "OneHot", note: "depth and values that are known beforehand",
    build: { (site) throws(ImportError) in
      let x = try site.input(0), values = try site.input(2)
      guard let depth = try site.knownNumber(1, "depth"), depth >= 1, depth <= Double(Limits.dimension) else {
        throw site.error("the depth must be a number from 1 on")
      }
      guard let tensor = site.known(values), tensor.shape.count == 2 else {
        throw site.unsupported("values that are not known beforehand")
      }
      let numbers = tensor.doubles
      let op = OneHot(
        depth: Int(depth), axis: try site.int("axis", default: -1), on: numbers[1], off: numbers[0],
        dataType: tensor.dataType, countsFromEnd: true)
      return [try site.add(op, [x])]
    }),
  OperatorRule(
    "Trilu", note: "of matrices of known size",
    build: { (site) throws(ImportError) in
      let x = try site.input(0)
      let type = site.type(x), rank = type.rank
      guard rank >= 2, let rows = type.dims[rank - 2], let columns = type.dims[rank - 1] else {
        throw site.unsupported("of \(type)")
      }
      let offset = Int(try site.knownNumber(1, "diagonal") ?? 0), isUpper = try site.bool("upper", default: true)
      let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
      guard !overflow, count <= 1 << 24, offset.magnitude <= 1 << 32 else { throw site.unsupported("of \(type)") }
      let mask = (0..<count).map { index in
        let distance = index % columns - index / columns
        return isUpper ? distance >= offset : distance <= offset
      }
      let isKept = site.constant(Tensor([rows, columns], .bool(mask)), part: "mask")
      if type.dataType == .bool { return [try site.add(Logical(.and), [isKept, x])] }
      return [try site.add(Where(), [isKept, x, site.constant(0, like: x, part: "zero")])]
    }),
]
