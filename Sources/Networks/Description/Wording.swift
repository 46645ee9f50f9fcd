import Scenes

/// How a description says that something is open, and what decides it; a client with options names them.
package struct Wording: Sendable {
  /// Each follows what could be otherwise, in parentheses.
  package var inputLayout = "by the layout of the input", outputLayout = "by the layout of the output"
  package var window = "by the window"
  package var outputName = "choose with the output's name"
  /// What to do where samples may have to stay as they are.
  package var scale = "scale them by 1"

  package init() {}

  package func inputAxes(_ taken: String, others: [String]) -> String {
    "input axes: \(taken)\(choice(others, inputLayout))"
  }

  package func outputAxes(_ taken: String, others: [String]) -> String {
    "output axes: \(taken)\(choice(others, outputLayout))"
  }

  private func choice(_ others: [String], _ way: String) -> String {
    others.isEmpty ? "" : ", could be \(others.joined(separator: " or ")) (\(way))"
  }

  /// `subject` is the word for the input.
  package func imageSize(_ size: PixelSize, others: [PixelSize], of subject: String) -> String {
    let choice = others.map(\.description).joined(separator: ", ")
    return "\(size) alone, though \(subject) does not say so"
      + (others.isEmpty ? "" : "; the same number of pixels has \(choice) (\(window))")
  }

  package func output(_ name: String, others: [String]) -> String {
    "\(name) (the first of \(others.count + 1); others: \(others.joined(separator: ", ")); \(outputName))"
  }
}
