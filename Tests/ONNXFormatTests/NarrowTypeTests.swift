import Graphs
import ModelFiles
import ONNXFormat
import Tensors
import TestSupport
import Testing

/// A tensor of any element type, its data in a field.
private func tensor(_ name: String, _ type: Int, _ dims: [Int], _ data: @escaping Part) -> Part {
  { message in
    for dim in dims { message.int(1, dim) }
    message.int(2, type)
    message.text(8, name)
    data(&message)
  }
}

private func result(_ model: TestModel, _ x: Tensor) throws -> Tensor {
  let graph = try model.bytes.withUnsafeBytes { try importONNX(bytes: $0, name: "model") }.graph
  return try graph.evaluate(["x": x])[0]
}

/// Element types of fewer bits than tensors carry.
struct NarrowTypeTests {
  private let uint4 = 21, int4 = 22, float8e4m3fn = 17

  private func decoded(_ type: Int, _ dims: [Int], _ data: @escaping Part) throws -> Tensor {
    var writer = WireWriter()
    tensor("t", type, dims, data)(&writer)
    return try readONNXTensor(bytes: writer.bytes, name: "t")
  }

  @Test func `numbers of four bits lie two in a byte, the first in its low half`() throws {
    #expect(try decoded(int4, [3]) { $0.data(9, [0x8F, 0x07]) } == Tensor([3], .int8([-1, -8, 7])))
    #expect(try decoded(uint4, [3]) { $0.data(9, [0x8F, 0x07]) } == Tensor([3], .uint8([15, 8, 7])))
    #expect(
      try decoded(uint4, [2, 2]) {
        $0.int(5, 0x21); $0.int(5, 0x43)
      } == Tensor([2, 2], .uint8([1, 2, 3, 4])))
    for bytes in [[0x8F], [1, 2, 3]] as [[UInt8]] {
      #expect(throws: ImportError.self) { try decoded(int4, [3]) { $0.data(9, bytes) } }
    }
    #expect(throws: ImportError.self) { try decoded(uint4, [4]) { $0.int(5, 0x21) } }
    #expect(throws: ImportError.self) { try decoded(uint4, [2]) { $0.int(5, 0x121) } }
  }

  @Test func `float8 is read from bytes and from integers`() throws {
    #expect(try decoded(float8e4m3fn, [2]) { $0.data(9, [0x7E, 0x81]) }.floats == [448, -0x1p-9])
    #expect(try decoded(float8e4m3fn, [1]) { $0.int(5, 0x38) }.floats == [1])
  }

  @Test func `casts to narrow types round to the even number and clamp`() throws {
    let x = Tensor([1, 3, 1, 2], [-9.4, -0.5, 0.5, 1.5, 6.6, 100])
    let cast = { (type: Int) in
      TestModel(
        nodes: [TestModel.node("Cast", ["x"], ["y"], TestModel.int("to", type))], inputs: [("x", [1, 3, 1, 2])])
    }
    #expect(try result(cast(int4), x) == Tensor([1, 3, 1, 2], .int8([-8, 0, 0, 2, 7, 7])))
    #expect(try result(cast(uint4), x) == Tensor([1, 3, 1, 2], .uint8([0, 0, 0, 2, 7, 15])))
    #expect(try result(cast(float8e4m3fn), x).floats == [-9, -0.5, 0.5, 1.5, 6.5, 96])
  }

  @Test func `the zero point says to what is quantized`() throws {
    let model = { (type: Int) in
      TestModel(
        nodes: [TestModel.node("QuantizeLinear", ["x", "s", "z"], ["y"])],
        initializers: [
          tensor("s", 1, [], { $0.float(4, 0.5) }), tensor("z", type, [], { $0.data(9, type == 4 ? [3, 0] : [3]) }),
        ],
        inputs: [("x", [1, 1, 1, 4])])
    }
    let x = Tensor([1, 1, 1, 4], [-100, 0.75, 4, 1e6])
    #expect(try result(model(int4), x) == Tensor([1, 1, 1, 4], .int8([-8, 5, 7, 7])))
    #expect(try result(model(4), x) == Tensor([1, 1, 1, 4], .int32([0, 5, 11, 65535])))
    #expect(try result(model(2), x) == Tensor([1, 1, 1, 4], .uint8([0, 5, 11, 255])))
  }

  @Test func `blocks along an axis share a scale, the last one may be shorter`() throws {
    let model = TestModel(
      opset: 21,
      nodes: [
        TestModel.node("QuantizeLinear", ["x", "s"], ["q"]) { node in
          TestModel.int("axis", 3)(&node)
          TestModel.int("block_size", 2)(&node)
          TestModel.int("output_dtype", 3)(&node)
        },
        TestModel.node("DequantizeLinear", ["q", "s"], ["y"]) { node in
          TestModel.int("axis", 3)(&node)
          TestModel.int("block_size", 2)(&node)
        },
      ],
      initializers: [
        tensor("s", 1, [1, 1, 2, 2]) { message in for scale in [1, 2, 4, 8] as [Float] { message.float(4, scale) } }
      ],
      inputs: [("x", [1, 1, 2, 3])])
    let x = Tensor([1, 1, 2, 3], [1.4, 2.6, 3.2, 5, 7, 20.5])
    #expect(try result(model, x).floats == [1, 3, 4, 4, 8, 24])
  }
}

/// Models of operator set 6, and of three spatial axes.
struct OlderAndWiderTests {
  @Test func `before version 7 the axes of the second operand begin where the first says`() throws {
    let x = Tensor([1, 3, 2, 2], (0..<12).map { Float($0) })
    let add = { (attributes: @escaping Part, count: Int) in
      TestModel(
        opset: 6, nodes: [TestModel.node("Add", ["x", "b"], ["y"], name: "add", attributes)],
        initializers: [
          tensor("b", 1, [count]) { message in for index in 0..<count { message.float(4, Float(100 * index)) } }
        ],
        inputs: [("x", [1, 3, 2, 2])])
    }
    let channels: Part = { node in
      TestModel.int("broadcast", 1)(&node)
      TestModel.int("axis", 1)(&node)
    }
    #expect(try result(add(channels, 3), x).floats == (0..<12).map { Float($0 + 100 * ($0 / 4)) })
    #expect(try result(add(TestModel.int("broadcast", 1), 2), x).floats == (0..<12).map { Float($0 + 100 * ($0 % 2)) })
    #expect(failure(add({ _ in }, 2).bytes)?.site == "add")
    #expect(failure(add(channels, 2).bytes)?.site == "add")
  }

  /// `[N, C, D, H, W]` by its definition.
  private func convolved(_ x: Tensor, _ w: Tensor, stride: Int, dilation: Int, pad: Int) -> [Float] {
    let (c, d, h, width) = (x.shape[1], x.shape[2], x.shape[3], x.shape[4])
    let (filters, k) = (w.shape[0], w.shape[2])
    func count(_ size: Int) -> Int { (size + 2 * pad - (k - 1) * dilation - 1) / stride + 1 }
    var result: [Float] = []
    for filter in 0..<filters {
      for z in 0..<count(d) {
        for y in 0..<count(h) {
          for column in 0..<count(width) {
            var sum = 0.0
            for channel in 0..<c {
              for tap in 0..<k * k * k {
                let place = [z, y, column].enumerated().map { axis, start in
                  start * stride + tap / [k * k, k, 1][axis] % k * dilation - pad
                }
                guard zip(place, [d, h, width]).allSatisfy({ (0..<$1).contains($0) }) else { continue }
                let index = ((channel * d + place[0]) * h + place[1]) * width + place[2]
                sum += Double(x.floats[index]) * Double(w.floats[(filter * c + channel) * k * k * k + tap])
              }
            }
            result.append(Float(sum))
          }
        }
      }
    }
    return result
  }

  @Test(arguments: [(1, 1, 0), (2, 1, 1), (1, 2, 2)])
  func `convolution over three axes is its definition`(stride: Int, dilation: Int, pad: Int) throws {
    let x = seededTensor([1, 2, 6, 5, 7], seed: 1), w = seededTensor([3, 2, 3, 3, 3], seed: 2)
    let model = TestModel(
      nodes: [
        TestModel.node("Conv", ["x", "w"], ["y"]) { node in
          TestModel.ints("strides", [stride, stride, stride])(&node)
          TestModel.ints("dilations", [dilation, dilation, dilation])(&node)
          TestModel.ints("pads", [Int](repeating: pad, count: 6))(&node)
        }
      ],
      initializers: [
        tensor("w", 1, [3, 2, 3, 3, 3]) { message in for value in w.floats { message.float(4, value) } }
      ],
      inputs: [("x", [1, 2, 6, 5, 7])])
    let expected = convolved(x, w, stride: stride, dilation: dilation, pad: pad)
    let found = try result(model, x).floats
    #expect(found.count == expected.count)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test func `pooling over three axes takes the largest and the mean of a box`() throws {
    let x = Tensor([1, 1, 2, 3, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    let pool = { (type: String) in
      TestModel(
        nodes: [
          TestModel.node(type, ["x"], ["y"]) { node in
            TestModel.ints("kernel_shape", [2, 2, 2])(&node)
            TestModel.ints("pads", [1, 0, 0, 0, 0, 0])(&node)
          }
        ], inputs: [("x", [1, 1, 2, 3, 2])])
    }
    #expect(try result(pool("MaxPool"), x).floats == [4, 6, 10, 12])
    #expect(try result(pool("AveragePool"), x).floats == [2.5, 4.5, 5.5, 7.5])
  }
}
