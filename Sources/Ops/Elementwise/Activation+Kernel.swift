import Kernels

extension Activation {
  /// The activation as a clamp in a kernel's epilogue, or as a function that is applied to what the kernel wrote.
  enum Epilogue: Sendable {
    case clamp(low: Float, high: Float)
    case function(Function)

    /// The bounds that the kernel applies itself.
    var bounds: (low: Float, high: Float) {
      if case .clamp(let low, let high) = self { (low, high) } else { (-.infinity, .infinity) }
    }

    /// Applies what is not a clamp.
    func finish(_ x: UnsafeMutablePointer<Float>, count: Int, _ kernels: KernelSet) {
      if case .function(let function) = self { function.apply(x, count: count, kernels) }
    }
  }

  /// A function by its kernel, or by its definition where it has none.
  enum Function: Sendable {
    case kernel(ActivationKernel, Float, Float, Float)
    case definition(Activation)

    func apply(_ x: UnsafeMutablePointer<Float>, count: Int, _ kernels: KernelSet) {
      switch self {
      case .kernel(let kernel, let p0, let p1, let p2): kernels.activate(kernel, x, count: count, p0, p1, p2)
      case .definition(let activation): for place in 0..<count { x[place] = activation.apply(x[place]) }
      }
    }
  }

  var epilogue: Epilogue {
    switch self {
    case .linear: .clamp(low: -.infinity, high: .infinity)
    case .relu: .clamp(low: 0, high: .infinity)
    case .clamp(let low, let high): .clamp(low: low, high: high)
    default: .function(kernel ?? .definition(self))
    }
  }

  /// Its kernel; `nil` for clamps, and for what has none.
  private var kernel: Function? {
    func function(_ kernel: ActivationKernel, _ p0: Float = 0, _ p1: Float = 0, _ p2: Float = 0) -> Function {
      .kernel(kernel, p0, p1, p2)
    }
    return switch self {
    case .leakyRelu(let slope): function(.leaky, slope)
    case .elu(let alpha): function(.elu, alpha, 1)
    case .selu: function(.elu, 1.673_263_2, 1.050_701)
    case .celu(let alpha): function(.celu, alpha)
    case .sigmoid: function(.sigmoid)
    case .tanh: function(.tanh)
    case .hardSigmoid(let alpha, let beta): function(.hardSigmoid, alpha, beta)
    case .hardSwish: function(.hardSwish)
    case .silu: function(.silu)
    case .gelu: function(.gelu)
    case .geluTanh: function(.geluTanh)
    case .softplus: function(.softplus)
    case .softsign: function(.softsign)
    case .exp: function(.exp)
    case .log: function(.log)
    case .sqrt: function(.sqrt)
    case .rsqrt: function(.rsqrt)
    case .abs: function(.abs)
    case .neg: function(.neg)
    case .square: function(.square)
    case .mish: function(.mish)
    case .erf: function(.erf)
    case .thresholdedRelu(let theta): function(.thresholded, theta)
    case .reluGeneral(let highest, let slope, let threshold): function(.reluGeneral, highest, slope, threshold)
    case .logSigmoid: function(.logSigmoid)
    case .reciprocal: function(.reciprocal)
    case .squareplus(let b): function(.squareplus, b)
    case .tanhShrink: function(.tanhShrink)
    case .softShrink(let threshold): function(.softShrink, threshold)
    case .hardShrink(let threshold): function(.hardShrink, threshold)
    case .sparsePlus: function(.sparsePlus)
    default: nil
    }
  }
}

extension Activation {
  /// Applies the function in place.
  func apply(_ x: UnsafeMutablePointer<Float>, count: Int, _ kernels: KernelSet) {
    switch epilogue {
    case .clamp(-Float.infinity, Float.infinity): break
    case .clamp(let low, let high): kernels.activate(.clamp, x, count: count, low, high)
    case .function: epilogue.finish(x, count: count, kernels)
    }
  }

  /// Rough cost of an element, in multiply-adds.
  var work: Int {
    switch epilogue {
    case .clamp: 2
    case .function: 16
    }
  }
}
