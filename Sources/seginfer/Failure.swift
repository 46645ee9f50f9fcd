import Diagnostics

/// The exit codes of the command line.
enum ExitStatus: Int32 {
  case ok = 0
  case differs = 1
  case usage = 2
  case unsupported = 3
  case malformed = 4
  case inputOutput = 5
  case limit = 7
}

/// What ends a command: one line for the user and an exit code.
struct Failure: Error {
  var status: ExitStatus
  /// The file or option at fault, as the user typed it.
  var file: String?
  var place: String?
  var what: String
  var hint: String?

  init(_ status: ExitStatus, file: String? = nil, at place: String? = nil, _ what: String, hint: String? = nil) {
    (self.status, self.file, self.place, self.what, self.hint) = (status, file, place, what, hint)
  }

  /// `error: <file>: <where>: <what>; <hint>`, in which the file is named once.
  var line: String {
    let parts = [file, place.map(withoutFile), withoutFile(what)].compactMap { $0 }.filter { !$0.isEmpty }.map(escaped)
    return "error: " + parts.joined(separator: ": ") + (hint.map { "; " + escaped($0) } ?? "")
  }
}

extension Failure {
  /// A text that begins with the file's name, or quotes it as GDAL does, without that name.
  private func withoutFile(_ text: String) -> String {
    guard let file, !file.isEmpty else { return text }
    if text == file { return "" }
    let rest = text.hasPrefix(file + ": ") ? String(text.dropFirst(file.count + 2)) : text
    return rest.replacing("`\(file)'", with: "the file").replacing("(\(file): ", with: "(")
  }
}

/// Text as it is shown, cut at 1000 characters, so that names from files cannot drive the terminal.
func escaped(_ text: String) -> String { printable(text, limit: 1000) }
