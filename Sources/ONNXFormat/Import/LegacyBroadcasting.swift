import Graphs
import ModelFiles
import Ops
import Tensors

extension NodeSite {
  /// The two operands of an arithmetic, comparing or logical operator.
  ///
  /// Before opset 7 the second is only repeated along the first where `broadcast` says so: its axes are those of the first from
  /// `axis` on, without it the last ones.
  func operands() throws(ImportError) -> [Value] {
    let a = try input(0), b = try input(1)
    guard opset < 7 else { return [a, b] }
    let (rank, own) = (type(a).rank, type(b).rank)
    guard try bool("broadcast") else {
      ignore("axis", "nothing is repeated")
      guard rank == own else { throw error("\(type(a)) and \(type(b)) differ, and broadcast is not set") }
      return [a, b]
    }
    guard own <= rank else { throw error("\(type(b)) cannot be repeated along \(type(a))") }
    guard has("axis") else { return [a, b] }
    let behind = rank - own - (try axis(try int("axis"), rank: max(rank, 1)))
    guard behind >= 0 else { throw error("axis \(try int("axis")) leaves no room for \(type(b)) in \(type(a))") }
    if behind == 0 { return [a, b] }
    return [a, try add(ExpandDims(axes: Array(own..<own + behind)), [b], part: "operand")]
  }
}
