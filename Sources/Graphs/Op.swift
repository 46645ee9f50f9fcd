package import Tensors

/// What an operator means: its result types, its plain definition, which input rows and columns an output depends on, and,
/// where it costs time, a faster way to compute a band of rows.
package protocol Op: Sendable, Hashable {
  /// The word used in dumps and errors.
  static var name: String { get }

  /// The attributes in dump form, such as `strides=2x2 padding=same`; empty when there are none worth showing.
  var attributes: String { get }

  /// Result types for these input types. Unknown dimensions stay unknown where they propagate.
  func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType]

  /// The plain definition on whole tensors: oracle for kernels, constant folder and fallback.
  func evaluate(_ inputs: [Tensor]) -> [Tensor]

  /// For each input, the rows and columns that an output pixel depends on; the input types are fully known NHWC where it matters.
  func reach(_ inputs: [TensorType]) -> [Reach]

  /// The operator with the values of its last inputs as attributes, once these are known; `nil` for all that keep their inputs.
  ///
  /// `constants` are the values of inputs that are known. Errors: values that the operator cannot take.
  func settled(_ inputs: [TensorType], _ constants: [Tensor?]) throws(ShapeError) -> Settled?

  /// True where the result is the first input unchanged, whatever sizes of it are unknown.
  func passesOn(_ inputs: [TensorType]) -> Bool

  /// True where the result repeats one number, however large it is, if each input does.
  var repeatsOneNumber: Bool { get }

  /// Multiply-adds for one whole result, 0 where none are worth counting.
  func multiplyAdds(_ inputs: [TensorType]) -> Int

  /// The step that computes bands of rows; the default wraps `evaluate`.
  func compile(_ site: CompileSite) -> any Step
}

extension Op {
  package var attributes: String { "" }
  package func settled(_ inputs: [TensorType], _ constants: [Tensor?]) throws(ShapeError) -> Settled? { nil }
  package func passesOn(_ inputs: [TensorType]) -> Bool { false }
  package var repeatsOneNumber: Bool { false }
  package func multiplyAdds(_ inputs: [TensorType]) -> Int { 0 }
  package func compile(_ site: CompileSite) -> any Step { EvaluatingStep(self, site) }
}

/// An operator that cannot take the types it was given.
package struct ShapeError: Error, Hashable, CustomStringConvertible {
  package var what: String
  package init(_ what: String) { self.what = what }
  package var description: String { what }
}
