import Tensors
import Testing

struct NumberTests {
  @Test func `the bits of a bfloat16 are a number`() {
    let values: [(UInt16, Float)] = [
      (0x0000, 0), (0x3F80, 1), (0xC000, -2), (0x4049, 3.140625), (0x0001, 0x1p-133), (0x7F80, .infinity),
      (0xFF7F, -0x1.FEp127),
    ]
    for (bits, value) in values { #expect(Float(BFloat16(bitPattern: bits)) == value) }
    #expect(Float(BFloat16(bitPattern: 0x7FC0)).isNaN)
  }

  @Test func `quotients are rounded up`() throws {
    for divisor in 1...9 {
      for dividend in 0...40 {
        let quotient = try #require((0...40).first { $0 * divisor >= dividend })
        #expect(dividend.dividedUp(by: divisor) == quotient)
        #expect(dividend.roundedUp(to: divisor) == quotient * divisor)
      }
    }
  }

  @Test func `noise is the same every time, within bounds and even`() {
    var first = Noise(seed: 1), again = Noise(seed: 1), other = Noise(seed: 2)
    let values = (0..<4000).map { _ in first.next() }
    #expect(values == (0..<4000).map { _ in again.next() })
    #expect(values != (0..<4000).map { _ in other.next() })
    #expect(values.allSatisfy { (0..<1).contains($0) })
    for part in 0..<4 {
      let share = values.count { Int($0 * 4) == part }
      #expect((800..<1200).contains(share))
    }
  }
}
