import Tensors
import Testing

struct ComparisonTests {
  private func compare(_ x: [Float], _ y: [Float]) -> Comparison {
    Comparison(Tensor([x.count, 1], x), against: Tensor([y.count, 1], y), rtol: 1e-3, atol: 1e-6)
  }

  @Test func `NaN and infinities agree with themselves alone`() {
    let odd: [Float] = [.nan, .infinity, -.infinity, 1]
    #expect(compare(odd, odd).beyond == 0)
    #expect(compare([.nan, 1], [1, .nan]).beyond == 2)
    #expect(compare([.infinity, -.infinity], [-.infinity, .infinity]).beyond == 2)
    #expect(compare([1, .infinity], [.infinity, 1]).beyond == 2)
  }

  @Test func `what is beyond the tolerance is counted and found`() {
    let comparison = compare([1, 2.1, 3], [1.0005, 2, 3])
    #expect(comparison.beyond == 1)
    #expect(comparison.worstIndex == [1, 0])
    #expect(comparison.referenceMaximum == 3)
  }
}
