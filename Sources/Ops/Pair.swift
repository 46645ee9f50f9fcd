import Graphs

/// A height and a width: strides, window sizes, dilations. An integer literal stands for both.
public struct Pair: Sendable, Hashable, ExpressibleByIntegerLiteral, CustomStringConvertible {
  public var height: Int, width: Int

  public init(_ height: Int, _ width: Int) { (self.height, self.width) = (height, width) }
  public init(_ both: Int) { self.init(both, both) }
  public init(integerLiteral both: Int) { self.init(both, both) }

  /// `2x3`: height first.
  public var description: String { "\(height)x\(width)" }

  /// Checks that both lie in `range`; `what` names the attribute in the error.
  func check(_ what: String, in range: ClosedRange<Int> = 1...Limits.attribute) throws(ShapeError) {
    guard range.contains(height), range.contains(width) else {
      throw ShapeError("\(what) \(self) is not in \(range.lowerBound)...\(range.upperBound)")
    }
  }
}
