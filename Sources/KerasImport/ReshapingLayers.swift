import Graphs
import Ops
import Tensors

let reshapingRules: [LayerRule] = [
  LayerRule(names: ["Flatten"], note: "all but the batch into one axis") { (site) throws(KerasError) in
    try site.config.requireChannelsLast()
    let x = try site.input()
    return site.type(x).rank == 2
      ? try site.add(Identity(), [x]) : try site.add(Reshape(dims: [0, -1]), [x])
  },
  LayerRule(names: ["Reshape"], note: "one dimension may be -1") { (site) throws(KerasError) in
    guard let target = try site.config.ints("target_shape"), target.allSatisfy({ $0 == -1 || $0 > 0 }),
      target.count < Limits.rank
    else { throw site.config.error("target_shape", "sizes, or -1 for one of them") }
    return try site.add(Reshape(dims: [0] + target), [try site.input()])
  },
  LayerRule(names: ["Permute"], note: "any order of the axes after the batch") { (site) throws(KerasError) in
    guard let axes = try site.config.ints("dims"), axes.sorted() == Array(1...max(axes.count, 1)) else {
      throw site.config.error("dims", "the axes 1 ... n in some order")
    }
    return try site.add(Transpose(permutation: [0] + axes), [try site.input()])
  },
]
