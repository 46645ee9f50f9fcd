import Diagnostics
import Graphs
import KerasImport
import ModelFiles
import Ops
import Tensors
import Testing

private let containers = packageRoot + "/Fixtures/containers/zip/"

/// Archives that are too large to be kept, and all that are nearly one.
struct ZipLimitTests {
  private func refusal(_ archive: [UInt8]) -> ImportError? {
    archive.withUnsafeBytes { bytes in
      do throws(ImportError) {
        _ = try importKeras(bytes: bytes, name: "model")
        return nil
      } catch { return error }
    }
  }

  private func constants(_ archive: [UInt8]) -> [Tensor]? {
    archive.withUnsafeBytes { bytes in
      (try? importKeras(bytes: bytes, name: "model"))?.graph.nodes.compactMap { ($0.op as? Constant)?.tensor }
    }
  }

  @Test(arguments: [10_001, 70_000]) func `more members than are accepted are a limit`(count: Int) throws {
    var builder = ZipBuilder()
    for number in 0..<count { builder.add(Array("\(number)".utf8)) }
    let error = try #require(refusal(builder.finished()))
    #expect(error.kind == .limit && error.what.contains("\(count) members"), "\(error)")
  }

  @Test func `as many members as are accepted are read`() throws {
    var builder = ZipBuilder()
    for number in 0..<10_000 { builder.add(Array("\(number)".utf8)) }
    let error = try #require(refusal(builder.finished()))
    #expect(error.kind == .notAModel, "\(error)")
  }

  @Test(arguments: [5_000_000, Int.max]) func `a count of members is refused before any is looked at`(count: Int) throws
  {
    var builder = ZipBuilder()
    builder.add(Array("config.json".utf8))
    let error = try #require(refusal(builder.finished(declared: count)))
    #expect(error.kind == .limit && error.what.contains("\(count) members"), "\(error)")
  }

  @Test(arguments: [4096, 4097, 65_535]) func `a name is at most 4096 bytes long`(count: Int) throws {
    var builder = ZipBuilder()
    builder.add([UInt8](repeating: 0x61, count: count))
    let error = try #require(refusal(builder.finished()))
    #expect(error.kind == (count == 4096 ? .notAModel : .malformed))
    #expect(error.site.count <= 203 && error.description.utf8.count < 400)
  }

  @Test func `a comment may be as long as its field can say, and no longer`() throws {
    var builder = ZipBuilder()
    builder.add(Array("a".utf8))
    let text = [UInt8](repeating: 0x20, count: 65_536)
    #expect(try #require(refusal(builder.finished(comment: Array(text.dropLast())))).kind == .notAModel)
    #expect(try #require(refusal(builder.finished(comment: text))).kind == .malformed)
  }

  @Test(arguments: ["python_stored", "infozip_stream", "python_stream_zip64"])
  func `no truncation imports`(name: String) throws {
    let whole = try bytes("\(containers)\(name).keras")
    for count in stride(from: 0, to: whole.count, by: 7) {
      let error = try #require(refusal(Array(whole[..<count])), "cut to \(count) bytes")
      #expect(error.kind == .malformed, "\(error)")
    }
  }

  @Test(arguments: ["python_stored", "infozip_stream", "python_stream_zip64", "zip64_end", "zip64_sizes"])
  func `whatever byte outside of its members changes, an archive holds the same model or none`(name: String) throws {
    let whole = try bytes("\(containers)\(name).keras")
    let good = try #require(constants(whole))
    let signatures = whole.indices.filter {
      whole[$0...].starts(with: [0x50, 0x4B]) && whole.indices.contains($0 + 3) && whole[$0 + 2] < 9
    }
    var refusals = 0
    for start in signatures {
      for place in start..<min(start + 60, whole.count) {
        for change: UInt8 in [1, 0x80, 0xFF] {
          var copy = whole
          copy[place] ^= change
          guard let found = constants(copy) else {
            refusals += 1
            continue
          }
          let isSame = found == good
          #expect(isSame, "byte \(place)")
        }
      }
    }
    #expect(refusals > 100)
  }
}
