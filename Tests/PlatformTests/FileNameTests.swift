import Foundation
import Glibc
import Platform
import TestSupport
import Testing

struct FileNameTests {
  private let disk: Scratch

  init() throws { disk = try Scratch() }

  private func refusal(_ path: String, _ suffixes: [String] = []) -> WriteError.Kind? {
    do throws(WriteError) {
      try FileName(path).check(suffixes: suffixes)
      return nil
    } catch { return error.kind }
  }

  /// What the system says when the file is made.
  private func isPossible(_ path: String) -> Bool {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    if descriptor < 0 { return false }
    close(descriptor)
    unlink(path)
    return true
  }

  @Test(arguments: ["a", "ä", "水", "🛰"]) func `a name is refused where the file system would refuse it`(letter: String)
  {
    for count in 240...260 {
      let name =
        String(repeating: letter, count: count / letter.utf8.count)
        + String(repeating: "x", count: count % letter.utf8.count)
      #expect(name.utf8.count == count)
      #expect((refusal(disk.path(name)) == nil) == isPossible(disk.path(name)))
      #expect((refusal(disk.path(name), [".aux.xml"]) == nil) == isPossible(disk.path(name) + ".aux.xml"))
      #expect(isPossible(FileName(disk.path(name)).temporaryStem() + ".rows.part.tif.aux.xml"))
    }
  }

  @Test func `what is no name at all`() {
    for path in ["", ".", "..", "folder/", "/", "folder/.", "folder/.."] { #expect(refusal(path) == .emptyName) }
    for path in ["a", "./a", ".hidden", "..a", "folder/a.tif"] { #expect(refusal(path) == nil) }
  }

  @Test func `a path leaves room for temporary names`() {
    let folder = String(repeating: "/" + String(repeating: "d", count: 199), count: 20)
    #expect(refusal(folder + "/x") == .pathTooLong(4001 + FileName.longestTemporary, limit: 4095))
    #expect(refusal(folder.dropFirst(200) + "/x") == nil)
  }

  @Test func `temporary names are hidden, beside the file, and no two are the same`() {
    let names = (0..<100).map { _ in FileName("folder/mask.tif").temporaryStem() }
    #expect(Set(names).count == 100)
    for name in names {
      #expect(name.hasPrefix("folder/.mask.tif.") && !name.dropFirst(7).contains("/"))
      #expect(name.utf8.count < FileName.longestTemporary)
    }
    #expect(FileName("x").temporaryStem().hasPrefix(".x."))
  }
}
