import Graphs
import ModelFiles
import Ops
import Tensors

let attentionRules: [LayerRule] = [
  LayerRule(
    names: ["MultiHeadAttention"], note: "of sequences, without masks",
    variables: { (config) throws(ImportError) in
      let parts = try config.bool("use_bias", default: true) ? ["kernel", "bias"] : ["kernel"]
      return ["query", "key", "value", "output"].flatMap { name in
        parts.enumerated().map { place, part in
          .init(name: "\(name)_\(part)", path: "\(name)_dense/vars/\(place)")
        }
      }
    }, dependsOnTraining: true, build: attention),
  LayerRule(
    names: ["Embedding"], note: "a vector for each number, without masks",
    variables: { (_) throws(ImportError) in variables("embeddings") }, build: embedding),
]

/// `softmax(q k / sqrt(d)) v` for each head, with q, k and v made of the inputs and the heads joined by matrices.
@Sendable private func attention(_ site: LayerSite) throws(ImportError) -> Value {
  let config = site.config
  let heads = try config.int("num_heads"), depth = try config.int("key_dim")
  let width = try config.int("value_dim", default: depth)
  for key in ["sliding_window"] where config.value([key]) != nil { throw config.unsupported(key) }
  if try config.bool("use_gate", default: false) { throw config.unsupported("use_gate") }
  for key in ["attention_mask", "query_mask", "value_mask", "key_mask", "return_attention_scores", "use_causal_mask"] {
    switch site.arguments.keywords[key] {
    case nil, .null?, .bool(false)?: continue
    default: throw config.unsupported("called with \(key)")
    }
  }
  let (query, key, value) = try operands(site)
  for input in [query, key, value] where site.type(input).rank != 3 {
    throw config.unsupported("is given \(site.type(input)), which is not a batch of sequences")
  }
  if let axes = try config.ints("attention_axes"), axes != [1], axes != [-2] {
    throw config.unsupported("attention_axes other than the sequence")
  }

  let q = try projected(site, query, "query", heads, depth, order: [0, 2, 1, 3])
  let k = try projected(site, key, "key", heads, depth, order: [0, 2, 3, 1])
  let v = try projected(site, value, "value", heads, width, order: [0, 2, 1, 3])
  let factor = site.constant([1], [1 / Float(depth).squareRoot()], part: "scale")
  let scaled = try site.add(Binary(.multiply), [q, factor], part: "scaled")
  let scores = try site.add(Softmax(), [try site.add(MatMul(), [scaled, k], part: "products")], part: "scores")
  let mixed = try site.add(MatMul(), [scores, v], part: "mixed")
  let joined = try site.add(Transpose(permutation: [0, 2, 1, 3]), [mixed], part: "heads")
  let all = try site.product(heads, width)
  let flat = try site.add(Reshape(dims: [0, 0, all]), [joined], part: "joined")

  guard let size = try config.ints("output_shape")?.first ?? site.type(query).dims[2] else {
    throw config.unsupported("the size of the result is not known")
  }
  guard try config.ints("output_shape")?.count ?? 1 == 1 else {
    throw config.unsupported("output_shape of several axes")
  }
  let kernel = try site.weight("output_kernel", [heads, width, size])
  let matrix = try site.add(Reshape(dims: [all, size]), [kernel], part: "output_matrix")
  let added = try config.bool("use_bias", default: true) ? [try site.weight("output_bias", [size])] : []
  return try site.add(Dense(), [flat, matrix] + added)
}

/// Query, key and value; the key is the value where it is not given.
private func operands(_ site: LayerSite) throws(ImportError) -> (query: Value, key: Value, value: Value) {
  func operand(_ place: Int, _ name: String) throws(ImportError) -> Value? {
    let positional = site.arguments.positional
    let argument = place < positional.count ? positional[place] : site.arguments.keywords[name]
    guard let argument, !argument.isNull else { return nil }
    guard case .tensor(let value) = argument else { throw site.config.error(name, "a tensor") }
    return value
  }
  guard let query = try operand(0, "query"), let value = try operand(1, "value") else {
    throw ImportError(.malformed, site.config.layer, "MultiHeadAttention takes a query and a value")
  }
  return (query, try operand(2, "key") ?? value, value)
}

/// An input times a matrix for each head: `[N, L, C]` to `[N, L, heads, size]`, in another order of axes.
private func projected(
  _ site: LayerSite, _ x: Value, _ name: String, _ heads: Int, _ size: Int, order: [Int]
) throws(ImportError) -> Value {
  let channels = try site.lastDimension(x), all = try site.product(heads, size)
  let kernel = try site.weight(name + "_kernel", [channels, heads, size])
  let matrix = try site.add(Reshape(dims: [channels, all]), [kernel], part: name + "_matrix")
  var inputs = [x, matrix]
  if try site.config.bool("use_bias", default: true) {
    let bias = try site.weight(name + "_bias", [heads, size])
    inputs.append(try site.add(Reshape(dims: [all]), [bias], part: name + "_vector"))
  }
  let product = try site.add(Dense(), inputs, part: name + "_product")
  let split = try site.add(Reshape(dims: [0, 0, heads, size]), [product], part: name + "_heads")
  return try site.add(Transpose(permutation: order), [split], part: name)
}

@Sendable private func embedding(_ site: LayerSite) throws(ImportError) -> Value {
  let config = site.config
  if try config.bool("mask_zero", default: false) { throw config.unsupported("mask_zero") }
  let count = try config.int("input_dim"), size = try config.int("output_dim")
  let table = try site.weight("embeddings", [count, size])
  let places = try site.add(Cast(to: .int64), [try site.input()], part: "numbers")
  return try site.add(Gather(axis: 0), [table, places])
}
