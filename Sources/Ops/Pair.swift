import Graphs

/// A height and a width: strides, window sizes, dilations. An integer literal stands for both.
package struct Pair: Sendable, Hashable, ExpressibleByIntegerLiteral, CustomStringConvertible {
  package var height: Int, width: Int

  package init(_ height: Int, _ width: Int) { (self.height, self.width) = (height, width) }
  package init(_ both: Int) { self.init(both, both) }
  package init(integerLiteral both: Int) { self.init(both, both) }

  /// `2x3`: height first.
  package var description: String { "\(height)x\(width)" }

  /// Checks that both lie in `range`; `what` names the attribute in the error.
  func check(_ what: String, in range: ClosedRange<Int> = 1...Limits.attribute) throws(ShapeError) {
    guard range.contains(height), range.contains(width) else {
      throw ShapeError("\(what) \(self) is not in \(range.lowerBound)...\(range.upperBound)")
    }
  }
}
