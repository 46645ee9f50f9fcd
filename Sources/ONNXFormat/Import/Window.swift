import Diagnostics
import Graphs
import ModelFiles
import Ops
import Tensors

/// The sliding window of a convolution or pooling as its attributes give it; over one spatial axis it has one row.
struct Window {
  var size: Pair
  var strides: Pair
  var dilation: Pair
  /// Padding before and after each axis.
  var before: Pair, after: Pair
  var automatic: Automatic

  enum Automatic: String { case none = "NOTSET", sameUpper = "SAME_UPPER", sameLower = "SAME_LOWER", valid = "VALID" }

  /// - Parameters:
  ///   - axes: spatial axes of the input
  ///   - part: one or two of them that the window is to cover; nil for all
  ///   - kernel: the size that weights have, nil where the attribute must say it
  init(_ site: NodeSite, axes: Int, part: Range<Int>? = nil, kernel: [Int]? = nil) throws(ImportError) {
    let part = part ?? 0..<axes
    func covered(_ values: some Collection<Int>) -> Pair {
      let own = Array(values)[part]
      return own.count == 1 ? Pair(1, own[part.lowerBound]) : Pair(own[part.lowerBound], own[part.lowerBound + 1])
    }
    func pair(_ name: String, _ range: ClosedRange<Int>, default fallback: [Int]?) throws(ImportError) -> Pair {
      guard let values = try site.ints(name) ?? fallback else { throw site.error("lacks \(name)") }
      guard values.count == axes, values.allSatisfy(range.contains) else {
        throw site.error("\(name) must be \(axes) numbers from \(range.lowerBound) on, gets \(values)")
      }
      return covered(values)
    }
    let ones = [Int](repeating: 1, count: axes)
    size = try pair("kernel_shape", 1...Limits.windowSize, default: kernel)
    if let kernel, size != covered(kernel) {
      throw site.error("kernel_shape is \(size), the weights are of \(kernel)")
    }
    strides = try pair("strides", 1...Limits.windowSize, default: ones)
    dilation = try pair("dilations", 1...Limits.windowSize, default: ones)
    let text = try site.string("auto_pad", default: "NOTSET")
    guard let automatic = Automatic(rawValue: text.isEmpty ? "NOTSET" : text) else {
      throw site.error("auto_pad is \(printable(text)), which does not exist")
    }
    self.automatic = automatic
    let pads = try site.ints("pads") ?? []
    guard pads.isEmpty || pads.count == 2 * axes, pads.allSatisfy((0...Limits.windowSize).contains) else {
      throw site.error("pads must be \(2 * axes) numbers from 0 on, gets \(pads)")
    }
    guard !pads.isEmpty, automatic == .none else {
      (before, after) = (0, 0)
      return
    }
    (before, after) = (covered(pads.prefix(axes)), covered(pads.suffix(axes)))
    if part.count == 1 { (before.height, after.height) = (0, 0) }
  }

  /// The same window with rows and columns exchanged.
  var turned: Window {
    func turned(_ pair: Pair) -> Pair { Pair(pair.width, pair.height) }
    var result = self
    (result.size, result.strides, result.dilation) = (turned(size), turned(strides), turned(dilation))
    (result.before, result.after) = (turned(before), turned(after))
    return result
  }

  var padding: Padding {
    switch automatic {
    case .none:
      before == 0 && after == 0
        ? .valid : .explicit(top: before.height, bottom: after.height, left: before.width, right: after.width)
    case .valid: .valid
    case .sameUpper: .same
    case .sameLower: .sameLower
    }
  }
}
