import Graphs
import Ops
import Tensors
import Testing

struct Float8Tests {
  @Test(arguments: Float8Format.allCases) func `every value of a format is its own nearest`(format: Float8Format) {
    var previous = -Float.infinity
    for bits in UInt8(0)..<0x7F {
      let value = format.value(of: bits)
      guard value.isFinite else { continue }
      #expect(value > previous, "\(bits)")
      #expect(format.rounded(value, saturates: true) == value, "\(bits)")
      #expect(format.rounded(-value, saturates: false) == -value, "\(bits)")
      previous = value
    }
  }

  @Test(arguments: Float8Format.allCases)
  func `what lies between two values goes to the nearer, halves to the even one`(
    format: Float8Format
  ) {
    for bits in UInt8(0)..<0x77 {
      let (low, high) = (format.value(of: bits), format.value(of: bits + 1))
      let middle = (low + high) / 2
      #expect(format.rounded(middle, saturates: true) == (bits % 2 == 0 ? low : high), "\(bits)")
      #expect(format.rounded(middle.nextDown, saturates: true) == low, "\(bits)")
      #expect(format.rounded(middle.nextUp, saturates: true) == high, "\(bits)")
    }
  }

  @Test func `known bits have their values`() {
    #expect(Float8Format.e4m3fn.value(of: 0x7E) == 448)
    #expect(Float8Format.e4m3fn.value(of: 0x01) == 0x1p-9)
    #expect(Float8Format.e4m3fn.value(of: 0x7F).isNaN)
    #expect(Float8Format.e4m3fnuz.value(of: 0x7F) == 240)
    #expect(Float8Format.e4m3fnuz.value(of: 0x01) == 0x1p-10)
    #expect(Float8Format.e4m3fnuz.value(of: 0x80).isNaN)
    #expect(Float8Format.e5m2.value(of: 0x7B) == 57344)
    #expect(Float8Format.e5m2.value(of: 0x7C) == .infinity)
    #expect(Float8Format.e5m2.value(of: 0xFF).isNaN)
    #expect(Float8Format.e5m2fnuz.value(of: 0x01) == 0x1p-17)
    #expect(Float8Format.e5m2fnuz.value(of: 0xFF) == -57344)
  }

  @Test func `what is too large saturates, or is infinite or no number`() {
    for format in Float8Format.allCases {
      let largest: Float = format == .e4m3fn ? 448 : format == .e4m3fnuz ? 240 : 57344
      for x in [Float(1e6), .infinity] {
        #expect(format.rounded(x, saturates: true) == largest)
        #expect(format.rounded(-x, saturates: true) == -largest)
        let beyond = format.rounded(-x, saturates: false)
        #expect(format == .e5m2 ? beyond == -.infinity : beyond.isNaN)
      }
      #expect(format.rounded(.nan, saturates: true).isNaN)
      #expect(format.rounded(-0.0, saturates: true).sign == (format == .e4m3fn || format == .e5m2 ? .minus : .plus))
    }
  }

  @Test func `the operator rounds element by element`() throws {
    let op = RoundToFloat8(.e4m3fn, saturates: true)
    let x = Tensor([2, 2], [0.3, -500, 1.06, 0])
    #expect(try op.outputTypes([x.type]) == [x.type])
    #expect(op.evaluate([x])[0].floats == [0.3125, -448, 1, 0])
    #expect(throws: ShapeError.self) { try op.outputTypes([TensorType(.int32, [2])]) }
  }
}
