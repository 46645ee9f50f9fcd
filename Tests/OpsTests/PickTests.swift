import Graphs
import Ops
import Tensors
import Testing

/// Operators that choose elements of their input axis by axis.
struct PickTests {
  private let line = Tensor([5], [0, 1, 2, 3, 4])

  private func result(_ op: any Op, _ input: Tensor) throws -> Tensor {
    let result = op.evaluate([input])[0]
    #expect(try op.outputTypes([input.type]) == [result.type], "\(op)")
    return result
  }

  @Test func `slices by Python's rules`() throws {
    let cases: [(Int?, Int?, Int, [Float])] = [
      (nil, nil, 1, [0, 1, 2, 3, 4]), (1, 3, 1, [1, 2]), (-2, nil, 1, [3, 4]), (nil, -2, 1, [0, 1, 2]),
      (1, .max, 2, [1, 3]), (nil, nil, 2, [0, 2, 4]), (3, 1, 1, []), (-100, 100, 1, [0, 1, 2, 3, 4]),
      (nil, nil, -1, [4, 3, 2, 1, 0]), (3, 0, -2, [3, 1]), (nil, 2, -1, [4, 3]), (-2, -100, -1, [3, 2, 1, 0]),
      (.max, .min, -1, [4, 3, 2, 1, 0]), (0, nil, -1, [0]), (7, nil, 1, []), (nil, nil, .max, [0]),
      (nil, nil, .min, [4]), (4, 4, -1, []),
    ]
    for (start, stop, step, expected) in cases {
      let slice = Slice([Slice.Axis(0, start: start, stop: stop, step: step)])
      #expect(try result(slice, line) == Tensor([expected.count], expected), "\(slice.attributes)")
    }
    #expect(try result(Slice([Slice.Axis(0, index: -1)]), line) == Tensor([1], [4]))
    #expect(try result(Slice([Slice.Axis(0, index: 2)]), line) == Tensor([1], [2]))
    let square = Tensor([2, 3], .int64([1, 2, 3, 4, 5, 6]))
    let flipped = Slice([Slice.Axis(-1, step: -1), Slice.Axis(0, start: 1)])
    #expect(try result(flipped, square) == Tensor([1, 3], .int64([6, 5, 4])))
    #expect(flipped.attributes == "axis=-1 ::-1, axis=0 1:")
    #expect(Slice.parts(axis: 0, sizes: [2, 0, 3]).map { $0.evaluate([line])[0].floats } == [[0, 1], [], [2, 3, 4]])
  }

  @Test func `borders of every mode`() throws {
    let x = Tensor([3], [1, 2, 3])
    let cases: [(Pad.Mode, Int, Int, [Float])] = [
      (.constant(9), 2, 1, [9, 9, 1, 2, 3, 9]), (.reflect, 2, 1, [3, 2, 1, 2, 3, 2]),
      (.symmetric, 2, 1, [2, 1, 1, 2, 3, 3]), (.edge, 2, 1, [1, 1, 1, 2, 3, 3]), (.wrap, 2, 1, [2, 3, 1, 2, 3, 1]),
      (.reflect, 5, 4, [2, 1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3]), (.symmetric, 4, 4, [3, 3, 2, 1, 1, 2, 3, 3, 2, 1, 1]),
      (.wrap, 4, 4, [3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1]), (.constant(0), -1, 1, [2, 3, 0]), (.edge, 1, -2, [1, 1]),
      (.reflect, -1, 1, [2, 3, 2]), (.constant(0), -2, -1, []),
    ]
    for (mode, before, after, expected) in cases {
      let pad = Pad(before: [before], after: [after], mode: mode)
      #expect(try result(pad, x) == Tensor([expected.count], expected), "\(pad.attributes)")
    }
    #expect(try result(Pad(before: [3], after: [1], mode: .reflect), Tensor([1], [7])).floats == [7, 7, 7, 7, 7])
    let square = Tensor([2, 2], .int64([1, 2, 3, 4]))
    let padded = try result(Pad(before: [1, 0], after: [0, 1], mode: .constant(-1)), square)
    #expect(padded == Tensor([3, 3], .int64([-1, -1, -1, 1, 2, -1, 3, 4, -1])))
  }

  @Test func `borders of images are those that passes know`() throws {
    let image = TensorType(.float32, [1, nil, nil, 3])
    func canonical(_ before: [Int], _ after: [Int], _ mode: Pad.Mode = .constant(0)) -> String {
      let op = Pad.canonical(before: before, after: after, mode: mode, of: image)
      return "\(type(of: op).name) \(op.attributes)"
    }
    #expect(canonical([0, 1, 2, 0], [0, 3, 4, 0]) == "pad2d 1,3,2,4")
    #expect(canonical([0, 1, 2, 0], [0, 3, 4, 0], .constant(0.5)) == "pad2d 1,3,2,4 value=0.5")
    #expect(canonical([0, -1, 0, 0], [0, 0, -2, 0], .reflect) == "crop2d 1,0,0,2")
    #expect(canonical([0, -1, 0, 0], [0, 1, 0, 0]) == "pad [0:0,-1:1,0:0,0:0] constant(0.0)")
    #expect(canonical([0, 1, 0, 0], [0, 1, 0, 0], .reflect) == "pad [0:0,1:1,0:0,0:0] reflect")
    #expect(canonical([0, 0, 0, 1], [0, 0, 0, 0]) == "pad [0:0,0:0,0:0,1:0] constant(0.0)")
  }

  @Test func `repetitions`() throws {
    let x = Tensor([2, 1], [1, 2])
    #expect(try result(BroadcastTo(dims: [2, 3]), x) == Tensor([2, 3], [1, 1, 1, 2, 2, 2]))
    #expect(try result(BroadcastTo(dims: [2, 1, 1]), x) == Tensor([2, 2, 1], [1, 2, 1, 2]))
    #expect(try result(BroadcastTo(dims: [1]), x) == x)
    #expect(try result(Tile(repeats: [2, 2]), x) == Tensor([4, 2], [1, 1, 2, 2, 1, 1, 2, 2]))
    #expect(try result(Tile(repeats: [3]), x) == Tensor([2, 3], [1, 1, 1, 2, 2, 2]))
    #expect(try result(Tile(repeats: [2, 1, 1]), x) == Tensor([2, 2, 1], [1, 2, 1, 2]))
    #expect(try result(Tile(repeats: [0, 1]), x) == Tensor([0, 1], []))
    #expect(try result(Repeat(2, axis: 0), x) == Tensor([4, 1], [1, 1, 2, 2]))
    #expect(try result(Repeat(2, axis: -1), line.reshaped([5, 1])).shape == [5, 2])
    #expect(try result(Roll(2, axis: 0), line).floats == [3, 4, 0, 1, 2])
    #expect(try result(Roll(-6, axis: -1), line).floats == [1, 2, 3, 4, 0])
    #expect(try result(Roll(.min, axis: 0), Tensor([0], [])) == Tensor([0], []))
  }

  @Test func `axes of size one come and go`() throws {
    let x = Tensor([1, 2, 1], [1, 2])
    #expect(try result(Squeeze(), x) == Tensor([2], [1, 2]))
    #expect(try result(Squeeze(axes: [-1]), x) == Tensor([1, 2], [1, 2]))
    #expect(try result(ExpandDims(axes: [0, -1]), Tensor([2], [1, 2])) == x)
    #expect(try result(ExpandDims(axes: [2, 1]), Tensor([2], [1, 2])).shape == [2, 1, 1])
  }
}
