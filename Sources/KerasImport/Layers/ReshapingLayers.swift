import Graphs
import ModelFiles
import Ops
import Tensors

let reshapingRules: [LayerRule] = [
  LayerRule(names: ["Flatten"], note: "all but the batch into one axis") { (site) throws(ImportError) in
    var x = try site.input()
    let rank = site.type(x).rank
    if rank == 2 { return try site.add(Identity(), [x]) }
    if try site.config.isChannelsFirst(), rank > 2 {
      x = try site.add(Transpose(permutation: [0] + (2..<rank) + [1]), [x], part: "channels_last")
    }
    return try site.add(Reshape(dims: [0, -1]), [x])
  },
  LayerRule(names: ["RepeatVector"], note: "a vector as every element of a sequence") { (site) throws(ImportError) in
    let x = try site.input()
    let count = try site.config.int("n")
    guard site.type(x).rank == 2 else { throw site.config.unsupported("is given \(site.type(x)), not a vector") }
    let channels = try site.lastDimension(x)
    let pixel = try site.add(Reshape(dims: [0, 1, 1, channels]), [x], part: "element")
    let row = try site.add(Resize(method: .nearest, target: .scale(Pair(1, count))), [pixel], part: "row")
    return try site.add(Reshape(dims: [0, count, channels]), [row])
  },
  LayerRule(names: ["Reshape"], note: "one dimension may be -1") { (site) throws(ImportError) in
    guard let target = try site.config.ints("target_shape"), target.allSatisfy({ $0 == -1 || $0 > 0 }),
      target.count < Limits.rank, target.count(where: { $0 == -1 }) <= 1
    else { throw site.config.error("target_shape", "sizes, or -1 for one of them") }
    return try site.add(Reshape(dims: [0] + target), [try site.input()])
  },
  LayerRule(names: ["Permute"], note: "any order of the axes after the batch") { (site) throws(ImportError) in
    let x = try site.input()
    guard let axes = try site.config.ints("dims"), axes.count == site.type(x).rank - 1,
      axes.sorted() == Array(1...max(axes.count, 1))
    else {
      throw site.config.error("dims", "the axes 1 ... n in some order")
    }
    return try site.add(Transpose(permutation: [0] + axes), [x])
  },
]
