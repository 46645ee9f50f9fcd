import Graphs
import Ops
import Tensors
import Testing

struct TypeTests {
  private let image = TensorType(.float32, [1, 8, nil, 3])

  @Test func `unknown sizes stay unknown and known ones are computed`() throws {
    let kernel = TensorType(.float32, [3, 3, 3, 5])
    func same(_ op: any Op, _ inputs: [TensorType], _ dims: [Int?]) throws {
      #expect(try op.outputTypes(inputs)[0].dims == dims, "\(op)")
    }
    try same(Conv2D(strides: 2, padding: .same), [image, kernel], [1, 4, nil, 5])
    try same(Conv2D(), [image, kernel], [1, 6, nil, 5])
    try same(
      Conv2DTranspose(strides: 2, padding: .same), [image, TensorType(.float32, [3, 3, 5, 3])], [1, 16, nil, 5])
    try same(DepthwiseConv2D(), [image, TensorType(.float32, [3, 3, 3, 2])], [1, 6, nil, 6])
    try same(MaxPool2D(size: 2, strides: 2, padding: .valid), [image], [1, 4, nil, 3])
    try same(Resize(method: .linear, target: .scale(Pair(2, 3))), [image], [1, 16, nil, 3])
    try same(Resize(method: .nearest, target: .size(5)), [image], [1, 5, 5, 3])
    try same(Pad2D(top: 1, bottom: 2, left: 3, right: 4), [image], [1, 11, nil, 3])
    try same(Crop2D(top: 1, bottom: 2, left: 3, right: 4), [image], [1, 5, nil, 3])
    try same(Concat(axis: 3), [image, TensorType(.float32, [1, nil, 9, 2])], [1, 8, 9, 5])
    try same(Binary(.add), [image, TensorType(.float32, [1, 1, 7, 3])], [1, 8, 7, 3])
    try same(GlobalPool2D(kind: .max), [image], [1, 3])
    try same(ArgMax(), [image], [1, 8, nil])
    try same(Reduce(kind: .mean, axes: [1, 2], keepDims: true), [image], [1, 1, 1, 3])
    try same(Squeeze(axes: [0]), [image], [8, nil, 3])
    try same(Squeeze(), [image], [8, nil, 3])
    try same(ExpandDims(axes: [1, -1]), [image], [1, 1, 8, nil, 3, 1])
    try same(Slice([Slice.Axis(1, start: 1, stop: -1), Slice.Axis(2, step: 2)]), [image], [1, 6, nil, 3])
    try same(Pad(before: [0, 1, 1, 0], after: [0, -2, 1, 0], mode: .edge), [image], [1, 7, nil, 3])
    try same(BroadcastTo(dims: [5, 1, 7, 3]), [image], [5, 8, 7, 3])
    try same(Tile(repeats: [2, 1, 4, 1, 1]), [image], [2, 1, 32, nil, 3])
    try same(Repeat(3, axis: 1), [image], [1, 24, nil, 3])
    try same(Compare(.less), [image, image], [1, 8, nil, 3])
    try same(MatMul(), [image, TensorType(.float32, [3, 7])], [1, 8, nil, 7])
    try same(Einsum("bhwc,cd->bdwh"), [image, TensorType(.float32, [3, 7])], [1, 7, nil, 8])
    try same(Gather(axis: 1), [image, TensorType(.int64, [nil, 2])], [1, nil, 2, nil, 3])
    try same(DepthToSpace(block: 1), [image], [1, 8, nil, 3])
    try same(SpaceToDepth(block: 2), [image], [1, 4, nil, 12])
    try same(OneHot(depth: 5, axis: 1), [image], [1, 5, 8, nil, 3])
    try same(CumulativeSum(axis: 1), [image], [1, 8, nil, 3])
    try same(Transpose(permutation: [0, 3, 1, 2]), [image], [1, 3, 8, nil])
  }

  @Test func `errors say what was expected`() {
    func refused(_ op: any Op, _ inputs: [TensorType], _ what: String) {
      #expect(throws: ShapeError(what)) { try op.outputTypes(inputs) }
    }
    let four = TensorType(.float32, [3, 3, 4, 5])
    refused(Conv2D(), [image, four], "expects 4 input channels for the kernel 3x3x4x5, the input has 3")
    refused(Conv2D(), [image], "takes 2 to 3 inputs, gets 1")
    refused(Conv2D(strides: 0), [image, TensorType(.float32, [1, 1, 3, 1])], "strides 0x0 is not in 1...16777216")
    refused(
      Conv2D(), [TensorType(.float32, [1, 2, 2, 4]), four], "a window of 3 rows does not fit into 2 rows")
    refused(
      Conv2D(), [TensorType(.float32, [1, 8, 8, 4]), four, TensorType(.float32, [4])],
      "the bias has 4 elements, expected 5")
    refused(Crop2D(top: 4, bottom: 4, left: 0, right: 0), [image], "cropping 8 of 8 rows leaves nothing")
    refused(
      Concat(axis: 3), [image, TensorType(.float32, [1, 9, nil, 3])], "sizes differ along axis 1: 8 and 9")
    refused(
      Binary(.add), [image, TensorType(.float32, [2])], "cannot broadcast f32[1x8x?x3] with f32[2]: 3 and 2")
    refused(Softmax(axis: 4), [image], "axis 4 does not exist in rank 4")
    refused(Activate(.relu), [TensorType(.int64, [1])], "the input must be float32, gets i64[1]")
    refused(Transpose(permutation: [0, 0, 1, 2]), [image], "[0,0,1,2] does not permute the axes of f32[1x8x?x3]")
    refused(Slice([Slice.Axis(1, step: 0)]), [image], "the step along axis 1 is 0")
    refused(Slice([Slice.Axis(1), Slice.Axis(-3)]), [image], "axis -3 is cut twice")
    refused(Squeeze(axes: [1]), [image], "axis 1 of f32[1x8x?x3] does not have size 1")
    refused(ExpandDims(axes: [5]), [image], "axis 5 does not exist in rank 5")
    refused(
      Pad(before: [0, -9, 0, 0], after: [0, 0, 0, 0]), [image], "padding -9:0 removes more than axis 1 of f32[1x8x?x3]")
    refused(
      Pad(before: [0, -8, 0, 0], after: [0, 1, 0, 0], mode: .edge), [image],
      "axis 1 of f32[1x8x?x3] has nothing to fill its padding with")
    refused(Binary(.add), [image, TensorType(.int64, [3])], "the data types of f32[1x8x?x3] and i64[3] differ")
    refused(Binary(.angle), [TensorType(.int64, [3]), TensorType(.int64, [3])], "angle does not take i64[3]")
    refused(Where(), [image, image, image], "the condition must be bool, gets f32[1x8x?x3]")
    refused(Logical(.or), [image, image], "takes bools, gets f32[1x8x?x3]")
    refused(Unary(.not), [image], "not does not take f32[1x8x?x3]")
    refused(Reduce(kind: .l2, axes: [0], keepDims: false), [TensorType(.int32, [1])], "l2 does not take i32[1]")
    let matrix = TensorType(.float32, [2, 4])
    refused(MatMul(), [image, matrix], "f32[1x8x?x3] and f32[2x4] do not fit together: 3 and 2")
    refused(Einsum("ab,bc->ac"), [image, matrix], "ab of ab,bc->ac does not name 4 axes")
    refused(Einsum("ab,bc->ad"), [matrix, matrix], "ab,bc->ad has a result with axes that are unknown or named twice")
    refused(Einsum("ab->a"), [matrix, matrix], "ab->a does not name 2 inputs")
    refused(
      Einsum("ab,cd->"), [TensorType(.float32, [1 << 14, 1 << 14]), matrix],
      "ab,cd-> sums over more than 67108864 elements")
    refused(Einsum("a1->a"), [matrix], "a1 of a1->a is not a list of axes")
    refused(Einsum("abc...->a"), [matrix], "abc... of abc...->a is not a list of axes")
    refused(Gather(axis: 1), [image, Tensor([1], .int64([-9])).type], "index -9 is beyond axis 1 of f32[1x8x?x3]")
    refused(Gather(axis: 1), [image, image], "the indices must be integers, gets f32[1x8x?x3]")
    refused(DepthToSpace(block: 2), [image], "3 channels do not fill blocks of 2x2")
    refused(SpaceToDepth(block: 3), [image], "f32[1x8x?x3] does not consist of blocks of 3x3")
    refused(
      NumberSequence(from: 0, to: 1, by: 0, dataType: .float32), [],
      "there are too many steps of 0.0 from 0.0 to 1.0")
    refused(
      Pad2D(top: -1, bottom: 0, left: 0, right: 0), [image], "padding -1,0,0,0 is not in 0..<16777217")
  }

  @Test(
    arguments: [
      (Binary.Function.divide, 8, 0), (.floorDivide, 8, 0), (.remainder, 8, 0), (.floorRemainder, 8, 0),
      (.divide, .min, -1), (.floorDivide, .min, -1), (.add, .max, 1), (.subtract, .min, 1),
      (.multiply, 1 << 32, 1 << 31),
      (.multiply, .min, -1), (.power, 2, 63), (.power, 3, 1 << 40), (.power, -2, 64), (.power, 0, -1),
    ] as [(Binary.Function, Int64, Int64)]) func `arithmetic of known sizes neither divides by zero nor wraps around`(
      function: Binary.Function, a: Int64, b: Int64
    )
  {
    let (a, b) = (Tensor([1], .int64([a])).type, Tensor([], .int64([b])).type)
    #expect(throws: ShapeError.self) { try Binary(function).outputTypes([a, b]) }
    let unknown = TensorType(.int64, [1])
    #expect(throws: Never.self) { try Binary(function).outputTypes([unknown, b]) }
    #expect(throws: Never.self) { try Binary(function).outputTypes([a, unknown]) }
  }

  @Test(
    arguments: [
      (Binary.Function.add, Int64.max - 1, 1, Int64.max), (.multiply, 1 << 31, 1 << 31, 1 << 62), (.divide, 7, -2, -3),
      (.floorDivide, 7, -2, -4), (.remainder, .min, -1, 0), (.floorRemainder, -7, 2, 1), (.power, 2, 62, 1 << 62),
      (.power, -2, 63, .min), (.power, 1, .max, 1), (.power, -1, .max, -1), (.power, 7, -1, 0), (.power, 0, 0, 1),
      (.maximum, .max, .min, .max),
    ] as [(Binary.Function, Int64, Int64, Int64)]) func `arithmetic of known sizes is that of integers`(
      function: Binary.Function, a: Int64, b: Int64, result: Int64
    ) throws
  {
    let (a, b) = (Tensor([1], .int64([a])), Tensor([1], .int64([b])))
    #expect(try Binary(function).outputTypes([a.type, b.type])[0].elements == [Int(result)])
    #expect(Binary(function).evaluate([a, b])[0].integers == [result])
  }

  @Test func `a product or sum of known sizes does not wrap around`() throws {
    let sizes = Tensor([3], .int64([1 << 31, 1 << 31, 2])).type
    #expect(try Reduce(kind: .sum, axes: [0], keepDims: false).outputTypes([sizes])[0].elements == [(1 << 32) + 2])
    #expect(throws: ShapeError.self) { try Reduce(kind: .product, axes: [0], keepDims: false).outputTypes([sizes]) }
    let large = Tensor([2], .int64([.max, .max])).type
    #expect(throws: ShapeError.self) { try Reduce(kind: .sum, axes: [0], keepDims: false).outputTypes([large]) }
    #expect(try Reduce(kind: .max, axes: [0], keepDims: false).outputTypes([large])[0].elements == [.max])
  }

  @Test func `sizes that overflow are refused`() {
    let wide = TensorType(.float32, [1, 1 << 31, 1 << 31, 1])
    #expect(throws: ShapeError.self) { try MaxPool2D(size: 1, strides: 1, padding: .same).outputTypes([wide]) }
    #expect(throws: ShapeError.self) {
      try Resize(method: .nearest, target: .scale(Pair(1 << 24))).outputTypes([
        TensorType(.float32, [1, 1 << 20, 1, 1])
      ])
    }
    #expect(throws: ShapeError.self) {
      try Conv2D(dilation: Pair(.max)).outputTypes([
        TensorType(.float32, [1, 8, 8, 1]), TensorType(.float32, [3, 3, 1, 1]),
      ])
    }
    for op: any Op in [
      Repeat(1 << 24, axis: 0), Tile(repeats: [1 << 24]), BroadcastTo(dims: [.max, 1]),
      Pad(before: [.max], after: [0]),
    ] {
      #expect(throws: ShapeError.self) { try op.outputTypes([TensorType(.float32, [1 << 30])]) }
    }
    #expect(throws: ShapeError.self) {
      try Reshape(dims: [.max, .max]).outputTypes([TensorType(.float32, [4])])
    }
  }
}
