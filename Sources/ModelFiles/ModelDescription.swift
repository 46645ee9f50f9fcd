/// What a model file says of its model beside the graph, whatever format it has.
package struct ModelDescription: Sendable, Hashable {
  package var kind: ModelKind
  /// The name that the model has in its file.
  package var name: String?
  /// As a file of Keras says it; nil when it does not.
  package var kerasVersion: String?
  /// Who wrote an ONNX file; empty where it does not say.
  package var producer = ""
  /// The versions of ONNX's operators and of its file format.
  package var opset: Int?, irVersion: Int?
  /// What the writer of an ONNX file added, such as the names of classes.
  package var properties: [String: String] = [:]
  /// What a user should know: things assumed, things ignored.
  package var notes: [String]
  /// The layer class, or the operator, from which each node of the graph came, by the node's name.
  package var origins: [String: String]
  /// The layers in the order of the file; those of a model within the model follow it. In ONNX the nodes in the order in which they are
  /// computed, those of functions in their place.
  package var layers: [ModelLayer]
  /// The outputs of the model in its file, those included that were not imported.
  package var outputNames: [String]
  /// The file that holds the weights: a member of an archive, or a path.
  package var weightsFile: String
  /// The batch size that the model is fixed to; nil where it is open, as nearly always.
  package var batch: Int?
  /// True where the channels of images come before their rows.
  package var isChannelsFirst: Bool
  /// Elements of what the optimiser of the training keeps in the file; 0 where there is nothing.
  package var optimizerCount = 0
  /// The precisions other than float32 that layers ask for, such as `mixed_float16`, and how many do. All is computed in float32.
  package var policies: [String: Int] = [:]

  package init(
    kind: ModelKind, name: String?, notes: [String], origins: [String: String], layers: [ModelLayer],
    outputNames: [String], weightsFile: String, batch: Int?, isChannelsFirst: Bool
  ) {
    (self.kind, self.name, self.notes, self.origins, self.layers) = (kind, name, notes, origins, layers)
    (self.outputNames, self.weightsFile, self.batch) = (outputNames, weightsFile, batch)
    self.isChannelsFirst = isChannelsFirst
  }

  /// Elements of all weights, shared ones once; at most `Int.max`.
  package var parameterCount: Int { layers.distinctVariables.reduce(0) { $0.addingClamped($1.count) } }

  /// Who wrote the file and in which version of its format, such as `Keras 3.5.0`.
  package var version: String? {
    guard let opset else { return kerasVersion.map { "Keras \($0)" } }
    return "opset \(opset)" + (producer.isEmpty ? "" : ", by \(producer)")
  }

  /// What decides where channels are when sizes do not: the convention of who writes such files.
  package var prefersChannelsLast: Bool { kind != .onnx && !isChannelsFirst }
}

extension Int {
  /// The sum, at most `Int.max`; for numbers that are not negative.
  package func addingClamped(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
