import Foundation
import Glibc
import TestSupport
import Testing

private let strace = "/usr/bin/strace"
private let isTraceable: Bool = {
  guard access(strace, X_OK) == 0 else { return false }
  // Where processes may not be traced strace fails.
  return (try? Program.run(["--version"], in: "/", watcher: [strace, "-o", "/dev/null"]))?.status == 0
}()

/// What the program asks of the system when a model names files, addresses or code.
@Suite(.enabled(if: isTraceable, "strace is not installed, or may not trace"))
struct SystemCallTests {
  private let place: Workplace

  init() throws { place = try Workplace() }

  private static let hostile = [
    "configurations/class_tfsm.keras", "configurations/class_lookup.keras", "configurations/class_text.keras",
    "configurations/class_get_file.keras", "configurations/class_load_model.keras", "configurations/class_torch.keras",
    "configurations/class_jax.keras", "configurations/class_flax.keras", "keras/lambda.keras", "keras/lambda.h5",
    "keras/module_os.keras", "keras/unknown_activation.keras", "keras/external_link_root.keras",
    "keras/external_link_leaf.keras", "keras/external_storage.keras", "keras/virtual_dataset.keras",
    "hdf5/external_link_beside_dense.keras", "hdf5/external_storage_latest.keras", "hdf5/virtual_latest.keras",
    "hdf5/weight_name_absolute.keras", "hdf5/legacy_external_leaf.keras", "zip/mode_config.keras",
    "zip/name_absolute.keras", "zip/name_parent.keras",
  ]

  /// The system's own files: libraries, locales, what the processor and the machine are.
  private static let own = [
    "/lib", "/usr/", "/opt/", "/etc/ld.so", "/proc/", "/sys/", "/dev/null", "/etc/localtime",
    "/etc/gnutls/",
  ]

  private func trace(_ arguments: [String]) throws -> (Finished, [String]) {
    let log = FileManager.default.temporaryDirectory.appending(path: "trace-\(UUID().uuidString)").path
    defer { unlink(log) }
    let watcher = [
      strace, "-f", "-qq", "-s", "4096", "-e", "trace=%file,%network,openat", "-e", "signal=none", "-o", log,
    ]
    let result = try Program.run(arguments, in: place.url.path, watcher: watcher)
    let text = String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
    return (result, text.split(separator: "\n").map(String.init))
  }

  /// The path that a line of the trace names; nil when it names none.
  private func path(_ line: String) -> String? {
    let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
    return parts.count > 2 ? String(parts[1]) : nil
  }

  private func expectQuiet(_ lines: [String], _ model: String) throws {
    let program = try Program.path()
    let build = String(program.prefix(upTo: try #require(program.lastIndex(of: "/"))))
    for line in lines {
      for call in ["socket(", "connect(", "sendto(", "unlink", "rename", "mkdir"] {
        #expect(!line.contains(call), "\(line)")
      }
      #expect(!line.contains("O_CREAT") && !line.contains("O_WRONLY") && !line.contains("O_RDWR"), "\(line)")
      guard let path = path(line), path != program, !path.isEmpty, path != "." else { continue }
      // Beside the model its metadata are looked for.
      let stem = (model as NSString).deletingPathExtension
      let sidecars = [model + ".json", stem + ".json", stem + ".emd"]
      let isModel = path == model || sidecars.contains(path)
      let isOwn = Self.own.contains(where: path.hasPrefix) || path.hasPrefix(build)
      #expect(isModel || isOwn, "\(line)")
      #expect(!path.contains("passwd"), "\(line)")
    }
  }

  @Test(arguments: hostile) func `nothing that a model names is opened, and nobody is called`(name: String) throws {
    let model = Workplace.fixtures.path + "/malformed/" + name
    let (result, lines) = try trace(["info", model])
    #expect([3, 4].contains(result.status), "\(result.errors)")
    #expect(lines.contains { $0.contains("open") && path($0) == model }, "the trace is of something else")
    try expectQuiet(lines, model)
  }

  @Test(arguments: [
    "/etc/passwd", "../outside.bin", "sub/../../outside.bin", "sub/../inside.bin", "link.bin", "linked/inside.bin",
    "sub/linked/inside.bin", "hard.bin", "pipe", "sub", "/dev/zero", "file:///etc/passwd", "..\\outside.bin",
  ]) func `what an ONNX model names outside of its directory is not opened`(location: String) throws {
    try place.makeDirectory("model/sub")
    let weights = [UInt8](repeating: 0, count: 16)
    for name in ["outside.bin", "model/inside.bin"] { try place.write(weights, name) }
    let folder = place.path("model") + "/"
    #expect(symlink(place.path("outside.bin"), folder + "link.bin") == 0)
    #expect(link(place.path("outside.bin"), folder + "hard.bin") == 0)
    #expect(symlink(place.url.path, folder + "linked") == 0 && symlink(folder, folder + "sub/linked") == 0)
    #expect(mkfifo(folder + "pipe", 0o600) == 0)
    func opened(_ location: String) throws -> (Finished, [String]) {
      let tensor = TestModel.external("w", [4], [("location", location)])
      try place.write(TestModel.of("Add", ["w"], [], [tensor], x: [4]).bytes, "model/model.onnx")
      let (result, lines) = try trace(["info", folder + "model.onnx"])
      #expect(lines.contains { $0.contains("open") && path($0) == folder + "model.onnx" })
      return (result, lines.filter { $0.contains("open") })
    }
    let (result, lines) = try opened(location)
    #expect(result.status == 4, "\(result.errors)")
    let names = ["outside.bin", "inside.bin", "passwd", "link", "hard.bin", "pipe", "zero", "\"sub\""]
    // A directory on the way may be opened, its links and what is behind them may not.
    let allowed = location.hasPrefix("sub/") ? "\"sub\"" : "nothing"
    for line in lines { for name in names where name != allowed { #expect(!line.contains(name), "\(line)") } }
    let (good, beside) = try opened("inside.bin")
    #expect(good.status == 0 && beside.contains { $0.contains("inside.bin") }, "\(good.errors)")
  }

  @Test func `a good model is read without anything else either`() throws {
    let model = Workplace.fixtures.path + "/malformed/keras/good.keras"
    let (result, lines) = try trace(["info", model])
    #expect(result.status == 0, "\(result.errors)")
    try expectQuiet(lines, model)
  }

  @Test func `a watched program that writes is noticed`() throws {
    let (result, lines) = try trace(["convert", Workplace.fixtures.path + "/malformed/keras/good.keras", "o.onnx"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(lines.contains { $0.contains("O_CREAT") || $0.contains("rename") })
  }
}
