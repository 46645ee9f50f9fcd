import Diagnostics
import KerasImport
import ModelFiles
import ONNXFormat

/// What became of a mutated model, and what is wrong with that.
struct Verdict {
  /// `loaded`, or the kind of error.
  private(set) var outcome = "loaded"
  private(set) var complaint: String?

  init(_ mutant: Mutant) {
    mutant.bytes.withUnsafeBytes { bytes in
      if mutant.isONNX {
        do throws(ImportError) { _ = try importONNX(bytes: bytes, name: "mutant") } catch {
          judge("\(error.kind)", error.description)
        }
      } else {
        do throws(ImportError) { _ = try importKeras(bytes: bytes, name: "mutant") } catch {
          judge("\(error.kind)", error.description)
        }
      }
    }
  }

  private mutating func judge(_ kind: String, _ text: String) {
    outcome = kind
    if !["notAModel", "malformed", "unsupported", "limit", "unreadable"].contains(kind) {
      complaint = "ends as \(kind): \(text)"
    } else if text.isEmpty || text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
      complaint = "is not refused in one clean line"
    }
  }
}
