import Networks

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

extension Failure {
  /// A fault of the libraries, in the words of the options.
  init(_ fault: Fault) {
    let place = [fault.setting?.option, fault.site].compactMap { $0 }.joined(separator: " ")
    self.init(
      ExitStatus(fault.kind), file: fault.file, at: place.isEmpty ? nil : place, fault.what, hint: fault.remedy?.text)
  }
}

extension ExitStatus {
  init(_ kind: Fault.Kind) {
    self =
      switch kind {
      case .usage: .usage
      case .unsupported: .unsupported
      case .malformed: .malformed
      case .inputOutput: .inputOutput
      case .limit: .limit
      case .differs: .differs
      }
  }
}

/// Runs what the libraries do, and words what they throw.
func worded<T: ~Copyable>(_ body: () throws(Fault) -> T) throws(Failure) -> T {
  do { return try body() } catch { throw Failure(error) }
}
