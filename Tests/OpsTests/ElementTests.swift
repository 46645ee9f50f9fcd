import Graphs
import Ops
import Tensors
import Testing

/// Operators that work element by element, in every data type.
struct ElementTests {
  private func result(_ op: any Op, _ inputs: Tensor...) throws -> Tensor {
    let result = op.evaluate(inputs)[0]
    // Of unknown elements, which are no sizes.
    let types = inputs.map { TensorType($0.dataType, $0.shape) }
    #expect(try op.outputTypes(types) == [result.type], "\(op)")
    return result
  }

  @Test func `arithmetic of integers wraps around and rounds as the function says`() throws {
    let (a, b) = (Tensor([5], .int32([7, -7, 7, -7, 5])), Tensor([5], .int32([2, 2, -2, -2, 0])))
    let expected: [Binary.Function: [Int32]] = [
      .add: [9, -5, 5, -9, 5], .subtract: [5, -9, 9, -5, 5], .multiply: [14, -14, -14, 14, 0],
      .divide: [3, -3, -3, 3, 0], .maximum: [7, 2, 7, -2, 5], .minimum: [2, -7, -2, -7, 0], .power: [49, 49, 0, 0, 1],
      .floorDivide: [3, -4, -4, 3, 0], .floorRemainder: [1, 1, -1, -1, 0], .remainder: [1, -1, 1, -1, 0],
    ]
    for (function, values) in expected {
      #expect(try result(Binary(function), a, b) == Tensor([5], .int32(values)), "\(function)")
    }
    let bytes = try result(Binary(.add), Tensor([2], .uint8([200, 1])), Tensor([], .uint8([100])))
    #expect(bytes == Tensor([2], .uint8([44, 101])))
    let least = try result(Binary(.divide), Tensor([1], .int64([.min])), Tensor([1], .int64([-1])))
    #expect(least == Tensor([1], .int64([.min])))
  }

  @Test func `arithmetic of floats rounds as the function says`() throws {
    let a = Tensor([5], [7.5, -7.5, 7.5, 1, 1]), b = Tensor([5], [2, 2, -2, 0.1, 0])
    #expect(try result(Binary(.floorDivide), a, b).floats == [3, -4, -4, 9, .infinity])
    let rest = try result(Binary(.floorRemainder), a, b).floats
    #expect(Array(rest[..<3]) == [1.5, 0.5, -0.5] && abs(rest[3] - 0.1) < 1e-6 && rest[4].isNaN)
    #expect(try Array(result(Binary(.remainder), a, b).floats[..<3]) == [1.5, -1.5, 1.5])
    let doubles = try result(Binary(.divide), Tensor([1], .float64([1])), Tensor([1], .float64([3])))
    #expect(doubles == Tensor([1], .float64([1.0 / 3])))
    let rectified = try result(
      Binary(.subtract, activation: .relu), Tensor([2], .float64([1, 3])), Tensor([], .float64([2])))
    #expect(rectified == Tensor([2], .float64([0, 1])))
    #expect(try result(Activate(.relu), Tensor([2], .float64([-1, 1e300]))) == Tensor([2], .float64([0, 1e300])))
  }

  @Test func `comparisons and logic make bools`() throws {
    let a = Tensor([3], [1, 2, .nan]), b = Tensor([], [2])
    let expected: [Compare.Relation: [Bool]] = [
      .equal: [false, true, false], .notEqual: [true, false, true], .less: [true, false, false],
      .lessOrEqual: [true, true, false], .greater: [false, false, false], .greaterOrEqual: [false, true, false],
    ]
    for relation in Compare.Relation.allCases {
      #expect(try result(Compare(relation), a, b) == Tensor([3], .bool(expected[relation] ?? [])), "\(relation)")
    }
    let large = Int64(1) << 53
    let integers = try result(
      Compare(.less), Tensor([1], .int64([large])), Tensor([1], .int64([large + 1])))
    #expect(integers == Tensor([1], .bool([true])))
    let (x, y) = (Tensor([2, 1], .bool([true, false])), Tensor([2], .bool([true, false])))
    #expect(try result(Logical(.and), x, y) == Tensor([2, 2], .bool([true, false, false, false])))
    #expect(try result(Logical(.or), x, y) == Tensor([2, 2], .bool([true, true, true, false])))
    #expect(try result(Logical(.xor), x, y) == Tensor([2, 2], .bool([false, true, true, false])))
    #expect(try result(Unary(.not), y) == Tensor([2], .bool([false, true])))
  }

  @Test func `a condition chooses between two tensors of any data type`() throws {
    let condition = Tensor([2, 1], .bool([true, false]))
    let chosen = try result(Where(), condition, Tensor([3], [1, 2, 3]), Tensor([], [9]))
    #expect(chosen == Tensor([2, 3], [1, 2, 3, 9, 9, 9]))
    let integers = try result(Where(), condition, Tensor([2, 1], .int64([1, 2])), Tensor([2, 1], .int64([3, 4])))
    #expect(integers == Tensor([2, 1], .int64([1, 4])))
  }

  @Test func `every function of one operand`() throws {
    let table: [(Unary.Function, [Double])] = [
      (.negate, [1.5, -0.5, -2.5]), (.abs, [1.5, 0.5, 2.5]), (.square, [2.25, 0.25, 6.25]), (.sign, [-1, 1, 1]),
      (.floor, [-2, 0, 2]), (.ceil, [-1, 1, 3]), (.round, [-2, 0, 2]), (.truncate, [-1, 0, 2]),
      (.sin, [-0.997_494_987, 0.479_425_539, 0.598_472_144]), (.cos, [0.070_737_202, 0.877_582_562, -0.801_143_616]),
      (.tan, [-14.101_419_947, 0.546_302_490, -0.747_022_297]), (.asin, [.nan, 0.523_598_776, .nan]),
      (.acos, [.nan, 1.047_197_551, .nan]), (.atan, [-0.982_793_723, 0.463_647_609, 1.190_289_950]),
      (.sinh, [-2.129_279_455, 0.521_095_305, 6.050_204_481]), (.cosh, [2.352_409_615, 1.127_625_965, 6.132_289_480]),
      (.asinh, [-1.194_763_217, 0.481_211_825, 1.647_231_146]), (.acosh, [.nan, .nan, 1.566_799_237]),
      (.atanh, [.nan, 0.549_306_144, .nan]), (.expm1, [-0.776_869_840, 0.648_721_271, 11.182_493_961]),
      (.log1p, [.nan, 0.405_465_108, 1.252_762_968]), (.exp2, [0.353_553_391, 1.414_213_562, 5.656_854_249]),
      (.log2, [.nan, -1, 1.321_928_095]), (.log10, [.nan, -0.301_029_996, 0.397_940_009]),
    ]
    for (function, expected) in table {
      let values = try result(Unary(function), Tensor([3], .float64([-1.5, 0.5, 2.5])))
      for (value, wanted) in zip(values.doubles, expected) {
        #expect(
          value.isNaN && wanted.isNaN || abs(value - wanted) <= 1e-9 * max(1, abs(wanted)), "\(function): \(value)")
      }
    }
    let special = Tensor([3], [.nan, -.infinity, 1])
    #expect(try result(Unary(.isNaN), special) == Tensor([3], .bool([true, false, false])))
    #expect(try result(Unary(.isInfinite), special) == Tensor([3], .bool([false, true, false])))
    #expect(try result(Unary(.isFinite), special) == Tensor([3], .bool([false, false, true])))
    let covered = Set(table.map(\.0)).union([.not, .isNaN, .isInfinite, .isFinite])
    #expect(covered.count == Unary.Function.allCases.count)
  }

  @Test func `functions of integers`() throws {
    let x = Tensor([3], .int8([-128, -3, 5]))
    #expect(try result(Unary(.negate), x) == Tensor([3], .int8([-128, 3, -5])))
    #expect(try result(Unary(.abs), x) == Tensor([3], .int8([-128, 3, 5])))
    #expect(try result(Unary(.square), x) == Tensor([3], .int8([0, 9, 25])))
    #expect(try result(Unary(.sign), x) == Tensor([3], .int8([-1, -1, 1])))
    #expect(try result(Unary(.floor), x) == x)
  }

  @Test func `casts cut off fractions, keep to the range and wrap integers`() throws {
    let x = Tensor([6], [-1.7, 2.9, 300, -1e30, .nan, .infinity])
    #expect(try result(Cast(to: .int32), x) == Tensor([6], .int32([-1, 2, 300, .min, 0, .max])))
    #expect(try result(Cast(to: .uint8), x) == Tensor([6], .uint8([0, 2, 255, 0, 0, 255])))
    #expect(try result(Cast(to: .int64), x) == Tensor([6], .int64([-1, 2, 300, .min, 0, .max])))
    #expect(try result(Cast(to: .bool), Tensor([3], [0, -0.0, 0.1])) == Tensor([3], .bool([false, false, true])))
    let integers = Tensor([3], .int64([-1, 257, 1 << 40]))
    #expect(try result(Cast(to: .uint8), integers) == Tensor([3], .uint8([255, 1, 0])))
    #expect(try result(Cast(to: .int8), integers) == Tensor([3], .int8([-1, 1, 0])))
    #expect(try result(Cast(to: .float32), integers) == Tensor([3], [-1, 257, 0x1p40]))
    let flags = Tensor([2], .bool([true, false]))
    for dataType in DataType.allCases {
      let there = try result(Cast(to: dataType), flags)
      #expect(there.dataType == dataType)
      #expect(try result(Cast(to: .bool), there) == flags)
    }
  }
}

extension Tensor {
  fileprivate var doubles: [Double] { if case .float64(let e) = elements { e } else { [] } }
}
