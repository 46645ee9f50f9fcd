import Foundation
import Glibc
import Platform
import TestSupport
import Testing

struct WrittenFileTests {
  private let disk: Scratch
  /// More than the writer's buffer, and no two stretches of it alike.
  private static let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7919 >> 3) }
  private static let old = Array("old".utf8)

  init() throws { disk = try Scratch() }

  /// In pieces of all kinds: none, small ones that are gathered, one larger than the buffer.
  private func write(_ name: String, _ calls: FileCalls) throws(WriteError) {
    let file = try WrittenFile(disk.path(name), calls: calls)
    for range in [0..<0, 0..<1, 1..<40_000, 40_000..<80_000, 80_000..<250_000, 250_000..<300_000] {
      let piece = Array(Self.content[range])
      let failure =
        piece.withUnsafeBytes { bytes in
          do throws(WriteError) {
            try file.append(bytes)
            return nil
          } catch { return error }
        } as WriteError?
      if let failure { throw failure }
    }
    try file.finish()
  }

  @Test(arguments: Faults.Call.allCases, Fault.allCases)
  func `whatever call fails, a file is old, absent or whole, and nothing is left beside it`(
    call: Faults.Call, fault: Fault
  ) throws {
    let counted = Faults(nil)
    try write("x", counted.calls)
    #expect(counted.count(.write) > 2 && counted.count(.rename) == 1 && counted.count(.synchronise) == 2)
    for number in 1...counted.count(call) + 1 {
      for isReplacing in [false, true] {
        for name in disk.names { try FileManager.default.removeItem(atPath: disk.path(name)) }
        if isReplacing { try disk.put(Self.old, "x") }
        var failure: WriteError?
        do throws(WriteError) { try write("x", Faults((call, number, fault)).calls) } catch { failure = error }
        if failure == nil {
          #expect(disk.bytes("x") == Self.content)
        } else {
          #expect(fault == .full || fault == .broken, "\(call) \(number)")
          #expect(failure?.kind == fault.number.map { .system($0) })
          // Synchronising the directory comes last: the file has its name by then.
          let hasName = call == .synchronise && number == 2
          #expect(disk.bytes("x") == (hasName ? Self.content : isReplacing ? Self.old : nil), "\(call) \(number)")
        }
        // A temporary that cannot be removed stays.
        if call != .unlink { #expect(disk.names.allSatisfy { $0 == "x" }, "\(disk.names)") }
        let mustFail = fault.number != nil && fault != .interrupted && number <= counted.count(call)
        if [.write, .rename, .synchronise].contains(call) {
          #expect((failure != nil) == mustFail, "\(call) \(number)")
        }
      }
    }
  }

  @Test func `what is given up is removed`() throws {
    do {
      let file = try WrittenFile(disk.path("x"))
      try file.pad(to: 100_000)
      #expect(disk.names.count == 1 && !disk.names.contains("x"))
    }
    #expect(disk.names.isEmpty)
  }

  @Test func `padding is zeros`() throws {
    let file = try WrittenFile(disk.path("x"))
    for (offset, byte) in [(0, UInt8(1)), (4096, 2), (70_000, 3)] {
      try file.pad(to: offset)
      let piece = [byte]
      try piece.withUnsafeBytes { try file.append($0) }
    }
    try file.finish()
    var expected = [UInt8](repeating: 0, count: 70_001)
    (expected[0], expected[4096], expected[70_000]) = (1, 2, 3)
    #expect(disk.bytes("x") == expected)
  }

  @Test func `a link stays, and what it leads to is replaced`() throws {
    try FileManager.default.createDirectory(atPath: disk.path("folder"), withIntermediateDirectories: true)
    try disk.put(Self.old, "folder/real")
    #expect(symlink("folder/real", disk.path("link")) == 0 && symlink("link", disk.path("second")) == 0)
    #expect(symlink("folder/none", disk.path("dangling")) == 0 && symlink("self", disk.path("self")) == 0)
    try write("second", .system)
    try write("dangling", .system)
    #expect(disk.bytes("folder/real") == Self.content && disk.bytes("folder/none") == Self.content)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: disk.path("second")) == "link")
    #expect(throws: WriteError(disk.path("self"), .system(ELOOP))) { try write("self", .system) }
    #expect(throws: WriteError(disk.path("folder"), .isDirectory)) { try write("folder", .system) }
  }

  @Test func `permissions are those of the replaced file, else what the process gives to new ones`() throws {
    try disk.put(Self.old, "x")
    #expect(chmod(disk.path("x"), 0o640) == 0)
    let mask = umask(0)
    umask(mask)
    try write("x", .system)
    try write("new", .system)
    var status = stat()
    #expect(stat(disk.path("x"), &status) == 0 && status.st_mode & 0o7777 == 0o640)
    #expect(stat(disk.path("new"), &status) == 0 && status.st_mode & 0o7777 == 0o666 & ~mask)
  }

  @Test func `a pipe and a device are written to and stay`() throws {
    let pipe = disk.path("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(throws: WriteError(pipe, .noReader)) { try write("pipe", .system) }
    let reader = Glibc.open(pipe, O_RDONLY | O_NONBLOCK)
    defer { close(reader) }
    try Self.old.withUnsafeBytes { try WrittenFile.write([$0], to: pipe) }
    var received = [UInt8](repeating: 0, count: 10)
    #expect(read(reader, &received, 10) == 3 && received.prefix(3) == Self.old[...])
    #expect(disk.names == ["pipe"])
    try Self.old.withUnsafeBytes { try WrittenFile.write([$0], to: "/dev/null") }
    #expect(throws: WriteError("/dev/full", .system(ENOSPC))) {
      try Self.old.withUnsafeBytes { try WrittenFile.write([$0], to: "/dev/full") }
    }
  }

  @Test func `a file beyond what one call writes is right to its end`() throws {
    // Taken in parts, as Linux takes at most 0x7ffff000 bytes.
    var calls = FileCalls.system
    calls.write = { FileCalls.system.write($0, $1, min($2, 1000)) }
    try write("x", calls)
    #expect(disk.bytes("x") == Self.content)
    calls.write = { _, _, _ in 0 }
    #expect(throws: WriteError(disk.path("y"), .nothingTaken)) { try write("y", calls) }
    #expect(disk.names == ["x"])
  }

  @Test func `unfinished files are known until they are finished`() throws {
    let file = try WrittenFile(disk.path("x")), other = try WrittenFile(disk.path("y"))
    try file.finish()
    // Every file of other tests is left alone: they have links of their own.
    UnfinishedFiles.add(disk.path("z"))
    try disk.put([], "z")
    UnfinishedFiles.remove(disk.path("z"))
    #expect(disk.names.count == 3 && disk.names.contains("x"))
    withExtendedLifetime(other) {}
  }
}
