import Graphs
import ModelFiles
import Ops
import Tensors

extension Activate: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let layout = site.layout
    site.finish(try site.activated(site.input(0, layout), activation), layout)
  }
}

extension ExportSite {
  /// Writes an elementwise function of a value; operators that come after the operator set which is written are composed.
  func activated(_ x: String, _ activation: Activation) throws(ImportError) -> String {
    switch activation {
    case .linear: return x
    case .relu: return emit("Relu", [x])
    case .clamp(let low, let high): return clipped(x, low, high)
    case .leakyRelu(let slope): return emit("LeakyRelu", [x], [("alpha", .float(slope))])
    case .elu(let alpha): return emit("Elu", [x], [("alpha", .float(alpha))])
    case .selu: return emit("Selu", [x])
    case .celu(let alpha): return emit("Celu", [x], [("alpha", .float(alpha))])
    case .sigmoid: return emit("Sigmoid", [x])
    case .tanh: return emit("Tanh", [x])
    case .hardSigmoid(let alpha, let beta):
      return emit("HardSigmoid", [x], [("alpha", .float(alpha)), ("beta", .float(beta))])
    case .hardSwish: return emit("HardSwish", [x])
    case .silu: return emit("Mul", [x, emit("Sigmoid", [x])])
    case .gelu:
      let inner = emit("Erf", [emit("Mul", [x, number(0.5.squareRoot())])])
      return emit("Mul", [emit("Mul", [x, number(0.5)]), emit("Add", [inner, number(1)])])
    case .geluTanh:
      let cube = emit("Mul", [emit("Mul", [emit("Mul", [x, x]), x]), number(0.044715)])
      let inner = emit("Tanh", [emit("Mul", [emit("Add", [x, cube]), number((2 / Double.pi).squareRoot())])])
      return emit("Mul", [emit("Mul", [x, number(0.5)]), emit("Add", [inner, number(1)])])
    case .softplus: return emit("Softplus", [x])
    case .softsign: return emit("Softsign", [x])
    case .exp: return emit("Exp", [x])
    case .log: return emit("Log", [x])
    case .sqrt: return emit("Sqrt", [x])
    case .rsqrt: return emit("Reciprocal", [emit("Sqrt", [x])])
    case .abs: return emit("Abs", [x])
    case .neg: return emit("Neg", [x])
    case .square: return emit("Mul", [x, x])
    case .mish: return emit("Mul", [x, emit("Tanh", [emit("Softplus", [x])])])
    case .erf: return emit("Erf", [x])
    case .reciprocal: return emit("Reciprocal", [x])
    case .logSigmoid: return emit("Neg", [emit("Softplus", [emit("Neg", [x])])])
    case .squareplus(let b):
      let root = emit("Sqrt", [emit("Add", [emit("Mul", [x, x]), number(Double(b))])])
      return emit("Mul", [emit("Add", [x, root]), number(0.5)])
    case .tanhShrink: return emit("Sub", [x, emit("Tanh", [x])])
    case .softShrink(let threshold): return emit("Sub", [x, clipped(x, -threshold, threshold)])
    case .hardShrink(let threshold): return emit("Shrink", [x], [("bias", .float(0)), ("lambd", .float(threshold))])
    case .thresholdedRelu(let theta): return thresholded(x, theta)
    case .reluGeneral(let highest, let slope, let threshold): return generalRelu(x, highest, slope, threshold)
    case .sparsePlus:
      let bent = emit("Add", [clipped(x, -1, 1), number(1)])
      let square = emit("Mul", [emit("Mul", [bent, bent]), number(0.25)])
      return emit("Add", [square, emit("Sub", [emit("Max", [x, number(1)]), number(1)])])
    }
  }

  private func number(_ value: Double) -> String { scalar(value, "number") }

  /// Without the ends that are infinite.
  private func clipped(_ x: String, _ low: Float, _ high: Float) -> String {
    let ends = [
      low == -.infinity ? "" : scalar(Double(low), "min"), high == .infinity ? "" : scalar(Double(high), "max"),
    ]
    return emit("Clip", [x] + (ends[1].isEmpty ? Array(ends.prefix(1)) : ends))
  }

  /// ONNX has the operator for thresholds from 0 on only.
  private func thresholded(_ x: String, _ theta: Float) -> String {
    if theta >= 0 { return emit("ThresholdedRelu", [x], [("alpha", .float(theta))]) }
    return emit("Where", [emit("Greater", [x, scalar(Double(theta), "theta")]), x, number(0)])
  }

  /// `min(x, highest)` above the threshold, else `slope * (x - threshold)`.
  private func generalRelu(_ x: String, _ highest: Float, _ slope: Float, _ threshold: Float) -> String {
    var above = x
    if highest < .infinity { above = emit("Min", [x, scalar(Double(highest), "max")]) }
    let low = emit("Mul", [emit("Sub", [x, scalar(Double(threshold), "threshold")]), scalar(Double(slope), "slope")])
    return emit("Where", [emit("Greater", [x, scalar(Double(threshold), "threshold")]), above, low])
  }
}
