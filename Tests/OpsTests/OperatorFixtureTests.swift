import Foundation
import Graphs
import Ops
import Tensors
import Testing

/// A tensor of `Fixtures/operators/cases.json`.
private struct Packed: Decodable {
  var tensor: Tensor

  enum Key: String, CodingKey { case type, shape, data }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    let shape = Shape(try fields.decode([Int].self, forKey: .shape))
    let type = try #require(DataType(rawValue: fields.decode(String.self, forKey: .type)))
    tensor =
      switch type {
      case .float32: Tensor(shape, try fields.decode([Float].self, forKey: .data))
      case .float64: Tensor(shape, .float64(try fields.decode([Double].self, forKey: .data)))
      case .int64: Tensor(shape, .int64(try fields.decode([Int64].self, forKey: .data)))
      case .int32: Tensor(shape, .int32(try fields.decode([Int32].self, forKey: .data)))
      case .uint8: Tensor(shape, .uint8(try fields.decode([UInt8].self, forKey: .data)))
      case .int8: Tensor(shape, .int8(try fields.decode([Int8].self, forKey: .data)))
      case .bool: Tensor(shape, .bool(try fields.decode([Bool].self, forKey: .data)))
      }
  }
}

private struct Case: Decodable {
  var inputs: [Packed]
  var output: Packed
}

private let padding = (before: [0, 2, 1], after: [0, 1, 3])
private let farPadding = (before: [7, 0, 0], after: [9, 0, 0])

/// What each case is in terms of operators.
private let operators: [String: any Op] = {
  var table: [String: any Op] = [
    "power/float": Binary(.power), "remainder/float": Binary(.remainder), "arctan2/float": Binary(.angle),
    "power/int": Binary(.power), "remainder/int": Binary(.remainder), "divide/int": Binary(.divide),
    "divide/float": Binary(.divide), "add/uint8": Binary(.add),
    "equal/float": Compare(.equal), "not_equal/float": Compare(.notEqual), "less/float": Compare(.less),
    "less_equal/float": Compare(.lessOrEqual), "greater/float": Compare(.greater),
    "greater_equal/float": Compare(.greaterOrEqual),
    "logical_and": Logical(.and), "logical_or": Logical(.or), "logical_xor": Logical(.xor),
    "logical_not": Unary(.not), "where": Where(), "where/scalar": Where(),
    "cast/float_to_int32": Cast(to: .int32), "cast/float_to_bool": Cast(to: .bool),
    "cast/int_to_uint8": Cast(to: .uint8), "cast/bool_to_float": Cast(to: .float32),
    "cast/int64_to_float": Cast(to: .float32),
    "slice/steps": Slice([Slice.Axis(0, start: 1, stop: -1), Slice.Axis(1, step: -1), Slice.Axis(2, step: 2)]),
    "slice/backwards": Slice([
      Slice.Axis(0, start: 2, stop: 0, step: -1), Slice.Axis(1, start: -2),
      Slice.Axis(2, start: 4, stop: -100, step: -2),
    ]),
    "slice/onnx": Slice([
      Slice.Axis(0, start: -1, stop: -(1 << 62), step: -2), Slice.Axis(2, start: 1, stop: 1 << 62, step: 3),
    ]),
    "split": Slice.parts(axis: 1, sizes: [1, 2, 1])[1],
    "transpose": Transpose(permutation: [4, 2, 0, 3, 1]), "squeeze": Squeeze(axes: [1, -1]),
    "expand_dims": ExpandDims(axes: [0, -2]), "broadcast_to": BroadcastTo(dims: [2, 3, 4]),
    "expand": BroadcastTo(dims: [2, 1, 4]), "tile/short": Tile(repeats: [2]), "tile/long": Tile(repeats: [2, 1, 2]),
    "repeat": Repeat(3, axis: 1), "roll": Roll(2, axis: 1), "roll/back": Roll(-7, axis: -1),
    "pad/constant": Pad(before: padding.before, after: padding.after, mode: .constant(0.5)),
    "pad/crop": Pad(before: [0, -1, 2], after: [0, 3, -1]),
    "pad/int": Pad(before: [1, 1], after: [1, 1], mode: .constant(-7)),
    "depth_to_space/DCR": DepthToSpace(block: 2), "depth_to_space/CRD": DepthToSpace(block: 2, order: .channelsFirst),
    "space_to_depth": SpaceToDepth(block: 2),
    "gather": Gather(axis: 1), "gather/scalar": Slice([Slice.Axis(2, index: 2)]),
    "l1": Reduce(kind: .l1, axes: [1, 2], keepDims: false), "l2": Reduce(kind: .l2, axes: [1, 2], keepDims: false),
    "sum_square": Reduce(kind: .sumOfSquares, axes: [1, 2], keepDims: false),
    "log_sum": Reduce(kind: .logSum, axes: [1], keepDims: true),
    "log_sum_exp": Reduce(kind: .logSumExp, axes: [-1], keepDims: false),
    "sum/int": Reduce(kind: .sum, axes: [0], keepDims: false),
    "any": Reduce(kind: .max, axes: [0], keepDims: false), "all": Reduce(kind: .min, axes: [0], keepDims: false),
    "argmax": ArgMax(axis: 1), "argmax/last": ArgMax(axis: 1, keepDims: true, last: true),
    "argmin": ArgMax(smallest: true),
    "cumsum": CumulativeSum(axis: 1), "cumsum/onnx": CumulativeSum(axis: 1, exclusive: true, reversed: true),
    "einsum/dense": Einsum("bhwc,cd->bhwd"), "einsum/attention": Einsum("bqhd,bkhd->bhqk"),
    "einsum/ellipsis": Einsum("...ij,jk->...ik"), "einsum/implicit": Einsum("ba,cb"),
    "einsum/diagonal": Einsum("ii->i"), "einsum/total": Einsum("ij->"), "einsum/three": Einsum("ij,jk,kl->il"),
    "one_hot": OneHot(depth: 3), "one_hot/axis": OneHot(depth: 4, axis: 0, dataType: .int32),
    "one_hot/onnx": OneHot(depth: 4, axis: 1, on: 2, off: -1, countsFromEnd: true),
    "shape": ShapeOf(from: 1),
    "range/int": NumberSequence(from: 7, to: -3, by: -3, dataType: .int64),
    "range/float": NumberSequence(from: 0, to: 1, by: 0.25, dataType: .float32),
    "fill": Fill(dims: [2, 3], value: 3, dataType: .int32),
  ]
  let arithmetic: [String: Binary.Function] = [
    "add": .add, "subtract": .subtract, "multiply": .multiply, "maximum": .maximum, "minimum": .minimum,
    "floor_divide": .floorDivide, "mod": .floorRemainder,
  ]
  for (name, function) in arithmetic {
    table["\(name)/float"] = Binary(function)
    table["\(name)/int"] = Binary(function)
  }
  let functions: [String: Unary.Function] = [
    "negative": .negate, "absolute": .abs, "square": .square, "sign": .sign, "floor": .floor, "ceil": .ceil,
    "trunc": .truncate, "round": .round, "sin": .sin, "cos": .cos, "tan": .tan, "arcsin": .asin, "arccos": .acos,
    "arctan": .atan, "sinh": .sinh, "cosh": .cosh, "arcsinh": .asinh, "arccosh": .acosh, "arctanh": .atanh,
    "expm1": .expm1, "log1p": .log1p, "exp2": .exp2, "log2": .log2, "log10": .log10,
  ]
  for (name, function) in functions { table["\(name)/float"] = Unary(function) }
  for (name, mode) in ["reflect": Pad.Mode.reflect, "symmetric": .symmetric, "edge": .edge, "wrap": .wrap] {
    table["pad/\(name)"] = Pad(before: padding.before, after: padding.after, mode: mode)
    if name != "edge" { table["pad/far_\(name)"] = Pad(before: farPadding.before, after: farPadding.after, mode: mode) }
  }
  let kinds: [String: Reduce.Kind] = ["mean": .mean, "sum": .sum, "max": .max, "min": .min, "prod": .product]
  for (name, kind) in kinds {
    table["\(name)/middle"] = Reduce(kind: kind, axes: [1], keepDims: false)
    table["\(name)/outer"] = Reduce(kind: kind, axes: [0, -1], keepDims: true)
  }
  for name in ["batch", "vectors", "left_vector", "right_vector", "int"] { table["matmul/\(name)"] = MatMul() }
  return table
}()

struct OperatorFixtureTests {
  private func cases() throws -> [String: Case] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let data = try Data(contentsOf: root.appending(path: "Fixtures/operators/cases.json"))
    return try JSONDecoder().decode([String: Case].self, from: data)
  }

  @Test func `operators compute what Keras, NumPy and ONNX Runtime do`() throws {
    let cases = try cases()
    #expect(Set(cases.keys) == Set(operators.keys))
    for (name, op) in operators.sorted(by: { $0.key < $1.key }) {
      guard let recorded = cases[name] else { continue }
      let inputs = recorded.inputs.map(\.tensor), expected = recorded.output.tensor
      let result = op.evaluate(inputs)[0]
      #expect(try op.outputTypes(inputs.map(\.type)) == [result.type], "\(name)")
      guard expected.dataType == .float32, result.type == expected.type || name == "gather/scalar" else {
        #expect(result == expected, "\(name)")
        continue
      }
      let worst = zip(result.floats, expected.floats).map { abs($0 - $1) / max(abs($1), 1) }.max() ?? 0
      #expect(worst <= 2e-6, "\(name): \(worst)")
    }
  }
}
