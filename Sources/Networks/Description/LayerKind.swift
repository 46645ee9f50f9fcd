import Diagrams

extension Diagram.Kind {
  /// What a layer does, by its class or by the function that it is, such as `Conv2D`, `keras.ops Add` or `tf.nn.relu`.
  package init(of title: String) {
    let last = title.split { " .>".contains($0) }.last ?? ""
    let key = last.lowercased().filter(\.isLetter)
    self = Diagram.Kind.exact[key] ?? Diagram.Kind.parts.first { key.contains($0.part) }?.kind ?? .other
  }

  private static let exact: [String: Diagram.Kind] = {
    let names: [Diagram.Kind: String] = [
      .input: "inputlayer",
      .merging:
        "add addv subtract multiply mul truedivide divide average maximum minimum concatenate concat dot stack matmul",
      .activation:
        "activation relu relux leakyrelu prelu elu selu gelu silu swish mish softmax softplus softsign sigmoid tanh thresholdedrelu",
      .dense: "dense einsumdense einsum embedding", .upsampling: "resizing resize depthtospace pixelshuffle",
      .normalization: "rescaling normalize", .regularization: "identity activityregularization gaussiannoise",
    ]
    var result: [String: Diagram.Kind] = [:]
    for (kind, words) in names { for word in words.split(separator: " ") { result[String(word)] = kind } }
    return result
  }()

  private static let parts: [(part: String, kind: Diagram.Kind)] = [
    ("convdtranspose", .upsampling), ("upsampling", .upsampling), ("conv", .convolution), ("pool", .pooling),
    ("normalization", .normalization), ("attention", .dense), ("dropout", .regularization), ("random", .regularization),
    ("sigmoid", .activation), ("relu", .activation),
  ]
}
