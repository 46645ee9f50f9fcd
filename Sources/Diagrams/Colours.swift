/// The colours of a kind of layer.
struct Colours {
  var fill: String, line: String

  init(_ kind: Diagram.Kind) {
    (fill, line) =
      switch kind {
      case .input: ("#e5e7eb", "#374151")
      case .convolution: ("#dbeafe", "#2563eb")
      case .pooling: ("#fee2e2", "#dc2626")
      case .upsampling: ("#dcfce7", "#15803d")
      case .merging: ("#ccfbf1", "#0f766e")
      case .normalization: ("#ede9fe", "#7c3aed")
      case .activation: ("#fef3c7", "#b45309")
      case .dense: ("#fce7f3", "#be185d")
      case .regularization: ("#f3f4f6", "#9ca3af")
      case .other: ("#f5f5f4", "#78716c")
      }
  }
}

extension Diagram.Kind {
  /// Its name in the legend.
  var label: String {
    switch self {
    case .input: "input"
    case .convolution: "convolution"
    case .pooling: "pooling"
    case .upsampling: "upsampling"
    case .merging: "merging"
    case .normalization: "normalisation"
    case .activation: "activation"
    case .dense: "dense, attention"
    case .regularization: "nothing at inference"
    case .other: "other"
    }
  }
}
