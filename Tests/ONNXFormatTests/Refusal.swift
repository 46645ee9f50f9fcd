import Diagnostics
import ModelFiles
import ONNXFormat
import TestSupport
import Testing

/// The error that reading a model ends in; nil where it is read.
func failure(_ bytes: [UInt8]) -> ImportError? {
  bytes.withUnsafeBytes { buffer in
    do throws(ImportError) {
      _ = try importONNX(bytes: buffer, name: "model.onnx")
      return nil
    } catch { return error }
  }
}

/// A model that is refused: of which kind the error is, and which words it must hold.
struct Refusal: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let kind: ImportError.Kind
  let words: [String]
  let model: TestModel

  init(_ name: String, _ kind: ImportError.Kind, _ words: String..., model: TestModel) {
    (testDescription, self.kind, self.words, self.model) = (name, kind, words, model)
  }

  func check(at location: SourceLocation = #_sourceLocation) {
    expect(failure(model.bytes), kind, words, at: location)
  }
}

/// Expects an error of a kind, in one line with these words.
func expect(
  _ error: ImportError?, _ kind: ImportError.Kind, _ words: [String], at location: SourceLocation = #_sourceLocation
) {
  let line = error?.description ?? "no error"
  #expect(error?.kind == kind && !line.contains("\n"), "\(line)", sourceLocation: location)
  for word in words { #expect(line.contains(word), "\(word): \(line)", sourceLocation: location) }
}
