import FoundationEssentials
import Glibc
import Graphs
import KerasImport
import ModelFiles
import Synchronization
import Tensors
import Testing

private let malformed = packageRoot + "/Fixtures/malformed/keras"

private func constants(_ model: KerasModel) -> [Tensor] {
  model.graph.nodes.compactMap { ($0.op as? Constant)?.tensor }
}

struct ReadingTests {
  @Test(arguments: [
    malformed + "/good.keras", malformed + "/good.h5", fixtures + "/deflated/model.keras",
    fixtures + "/legacy_packed/model.h5",
  ])
  func `a model in memory is the model in the file`(path: String) throws {
    let fromFile = try importKeras(path: path)
    let image = try bytes(path)
    let fromMemory = try #require(
      image.withUnsafeBytes { image in try? importKeras(bytes: image, name: "memory") })
    #expect("\(fromMemory.graph)" == "\(fromFile.graph)")
    // The file that holds the weights goes by the name that it was given.
    var expected = fromFile.description
    expected.weightsFile = fromMemory.description.weightsFile
    #expect(fromMemory.description == expected)
    #expect(!constants(fromFile).isEmpty)
    #expect(constants(fromMemory) == constants(fromFile))
  }

  @Test func `layers that share their weights share the memory`() throws {
    let graph = try importKeras(path: fixtures + "/shared_between_models/model.keras").graph
    func place(_ name: String) throws -> UnsafePointer<Float> {
      let node = try #require(graph.nodes.first { $0.name == name })
      let floats = try #require(node.op as? Constant).tensor.floats
      return try #require(floats.withUnsafeBufferPointer { $0.baseAddress })
    }
    #expect(try place("left/shared/kernel") == place("right/shared/kernel"))
    #expect(try place("right/shared/kernel") != place("right/own/kernel"))
  }

  @Test(arguments: [512, 1024]) func `an HDF5 file may begin with a block of the user`(length: Int) throws {
    let scratch = try Scratch()
    let path = malformed + "/good.h5"
    let moved = try scratch.write([UInt8](repeating: 0x20, count: length) + bytes(path), as: "moved.h5")
    #expect(try constants(importKeras(path: moved)) == constants(importKeras(path: path)))
  }

  @Test func `no file stays open, whether it was imported or refused`() throws {
    let scratch = try Scratch()
    let whole = try bytes(malformed + "/good.keras")
    #expect(failure(try scratch.write(whole, as: "good.keras")) == nil)
    #expect(failure(try scratch.write(whole.dropLast(40), as: "cut.keras")) != nil)
    #expect(failure(try scratch.write(try bytes(malformed + "/good.h5"), as: "good.h5")) == nil)
    #expect(failure(try scratch.write(try bytes(malformed + "/h5_truncated.h5"), as: "cut.h5")) != nil)
    let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    let open = descriptors.compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
    }
    #expect(!open.isEmpty)
    #expect(!open.contains { $0.contains(scratch.path) })
  }

  @Test(arguments: ["good.keras", "good.h5"])
  func `a file that shrinks while it is read ends in an error or a model, never in a crash`(name: String) throws {
    let scratch = try Scratch()
    let whole = try bytes("\(malformed)/\(name)")
    for round in 0..<60 {
      let path = try scratch.write(whole, as: "\(round)-\(name)")
      let size = off_t(whole.count * round / 60)
      whileRepeating {
        truncate(path, size)
      } body: {
        _ = failure(path)
      }
      // Whether the import was overtaken is chance; what is left of the file is no model.
      truncate(path, size)
      #expect(failure(path) != nil)
    }
  }

  @Test(arguments: ["good.keras", "good.h5"])
  func `a file that grows, or gives way to another one, ends in an error or the model`(name: String) throws {
    let scratch = try Scratch()
    let whole = try bytes("\(malformed)/\(name)")
    let good = try constants(importKeras(path: "\(malformed)/\(name)"))
    let (path, other) = (try scratch.write(whole, as: name), scratch.path + "/other")
    func load() throws {
      do throws(ImportError) {
        let isSame = constants(try importKeras(path: path)) == good
        #expect(isSame)
      } catch { #expect([.unreadable, .malformed].contains(error.kind), "\(error)") }
    }
    var grown = 0
    whileRepeating {
      let descriptor = open(path, O_WRONLY | O_APPEND)
      grown += write(descriptor, "x", 1)
      close(descriptor)
    } body: {
      for _ in 0..<50 { try? load() }
    }
    #expect(grown > 0)
    _ = try scratch.write(whole, as: name)
    whileRepeating {
      guard let copy = fopen(other, "w") else { return }
      whole.withUnsafeBytes { _ = fwrite($0.baseAddress, 1, $0.count, copy) }
      fclose(copy)
      rename(other, path)
    } body: {
      for _ in 0..<50 { try? load() }
    }
    _ = try scratch.write(whole, as: name)
    try load()
  }

  @Test(arguments: ["good.keras", "good.h5"])
  func `a file that is written to while it is read is refused`(name: String) throws {
    let scratch = try Scratch()
    let path = try scratch.write(try bytes("\(malformed)/\(name)"), as: name)
    #expect(failure(path) == nil)
    var isRefused = false
    var second = 0
    whileRepeating {
      second += 1
      let time = timespec(tv_sec: second, tv_nsec: 0)
      utimensat(AT_FDCWD, path, [time, time], 0)
    } body: {
      isRefused = (0..<1000).contains { _ in failure(path) == ImportError(.unreadable, path, "") }
    }
    #expect(isRefused)
  }
}

/// Runs `body` while another thread repeats `action`.
private func whileRepeating(_ action: @escaping () -> Void, body: () -> Void) {
  let repeater = Repeater(action)
  var thread = pthread_t()
  let context = Unmanaged.passUnretained(repeater).toOpaque()
  let status = pthread_create(
    &thread, nil,
    { context in
      guard let context else { return nil }
      Unmanaged<Repeater>.fromOpaque(context).takeUnretainedValue().run()
      return nil
    }, context)
  #expect(status == 0)
  body()
  repeater.isOver.store(true, ordering: .relaxed)
  pthread_join(thread, nil)
}

private final class Repeater {
  let isOver = Atomic(false)
  private let action: () -> Void

  init(_ action: @escaping () -> Void) { self.action = action }

  func run() { while !isOver.load(ordering: .relaxed) { action() } }
}
