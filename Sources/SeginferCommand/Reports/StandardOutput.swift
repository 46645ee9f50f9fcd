import Glibc
import Networks
import Platform

/// Writes lines of a result to stdout. Errors: they do not get there, as on a full disk.
func writeResult(_ text: String) throws(Failure) {
  var text = text + "\n"
  let failure =
    text.withUTF8 { bytes in
      do throws(WriteError.Kind) {
        try FileCalls.system.writeAll(UnsafeRawBufferPointer(bytes), to: STDOUT_FILENO)
        return nil
      } catch { return WriteError("standard output", error) }
    } as WriteError?
  if let failure { throw Failure(Fault(failure)) }
}

/// Writes to stderr as it is; what cannot be written is dropped.
func writeToStandardError(_ text: String) {
  var text = text
  text.withUTF8 { bytes in
    try? FileCalls.system.writeAll(UnsafeRawBufferPointer(bytes), to: STDERR_FILENO)
  }
}

/// Writes a line to stderr.
func note(_ text: String) { writeToStandardError(text + "\n") }
