import FoundationEssentials
import Graphs
import ModelFiles
import ONNXFormat
import Ops
import Tensors
import Testing

/// ONNX's own backend tests, where the package `onnx` lies: in `.build-conformance`, as `tools/conformance` puts it there, or in
/// the directory that `SEGINFER_ONNX_SUITE` names (`onnx/backend/test/data`).
private let suite: String? = {
  if let path = ProcessInfo.processInfo.environment["SEGINFER_ONNX_SUITE"] { return path }
  let libraries = packageRoot + "/.build-conformance/lib"
  return names(in: libraries).map { "\(libraries)/\($0)/site-packages/onnx/backend/test/data" }.first {
    FileManager.default.fileExists(atPath: $0 + "/node")
  }
}()

/// Cases that differ without being wrong, and why.
private let known: [String: String] = {
  let stored = "its tensors of bfloat16 are stored as uint16"
  var result = [
    "test_averagepool_3d_dilations_large_count_include_pad_is_1_ceil_mode_is_True":
      "it counts what ceil_mode adds as padding, which neither PyTorch nor ONNX Runtime does"
  ]
  for kind in ["cubic", "linear"] {
    result["test_resize_downsample_scales_\(kind)_align_corners"] =
      "corners are not aligned in a size that is no whole number"
  }
  for name in [
    "cast_BFLOAT16_to_FLOAT", "cast_FLOAT_to_BFLOAT16", "castlike_BFLOAT16_to_FLOAT", "castlike_FLOAT_to_BFLOAT16",
  ] {
    result["test_" + name] = stored
    result["test_" + name + "_expanded"] = stored
  }
  return result
}()

struct BackendSuiteTests {
  @Test(
    .enabled(if: suite != nil, "ONNX's backend tests are not here; tools/conformance --fetch gets them"),
    arguments: [("node", 880), ("pytorch-converted", 50), ("pytorch-operator", 30), ("simple", 5)])
  func `every case is computed as recorded, or refused with a reason`(group: String, least: Int) throws {
    let root = try #require(suite) + "/" + group
    var passed = 0
    for name in names(in: root) where FileManager.default.fileExists(atPath: "\(root)/\(name)/model.onnx") {
      switch outcome("\(root)/\(name)") {
      case .passed: passed += 1
      case .refused(let reason): #expect(!reason.isEmpty, "\(name)")
      case .differs(let what): #expect(known[name] != nil, "\(group)/\(name): \(what)")
      }
    }
    #expect(passed >= least, "\(passed) of \(group)")
  }

  private enum Outcome {
    case passed, refused(String), differs(String)
  }

  private func outcome(_ directory: String) -> Outcome {
    let sets = names(in: directory).filter { $0.hasPrefix("test_data_set_") }.map { "\(directory)/\($0)" }
    var passed = Outcome.refused("no data")
    for set in sets {
      do {
        let what = try difference("\(directory)/model.onnx", set)
        if let what { return .differs(what) }
        passed = .passed
      } catch let error as ImportError where [.notAModel, .unsupported].contains(error.kind) {
        return .refused(error.what)
      } catch let error as OpenSizes {
        return .refused(error.description)
      } catch { return .differs("\(error)") }
    }
    return passed
  }

  /// Nil where all outputs agree.
  private func difference(_ model: String, _ set: String) throws -> String? {
    let open = Result { try importONNX(path: model).graph }
    let names = try inputNames(ofONNX: model)
    // What is refused for another reason than its sizes may have data that are no tensors.
    if case .failure(let error as ImportError) = open, [.notAModel, .unsupported].contains(error.kind),
      !hasSmallInputs(set)
    {
      throw error
    }
    let inputs: [Tensor]
    do { inputs = try numbered("input", set) } catch {
      _ = try open.get()
      throw error
    }
    guard names.count == inputs.count else { throw CaseError("\(inputs.count) inputs for \(names.count)") }
    let given = Dictionary(zip(names, inputs)) { first, _ in first }
    let results: [Tensor]
    do { results = try computed(open.get(), given) } catch {
      // Sizes that depend on inputs are those of the data.
      let small = given.filter { $1.shape.rank <= 1 && $1.shape.count <= TensorType.trackedCount }
      guard isOpen(error), !small.isEmpty else { throw error }
      do { results = try computed(importONNX(path: model, values: small).graph, given) } catch {
        guard "\(error)".contains("not fully known") else { throw error }
        throw OpenSizes(description: "\(error)")
      }
    }
    for (place, (result, expected)) in try zip(results, numbered("output", set)).enumerated() {
      guard result.type == expected.type else { return "output \(place) is \(result.type), not \(expected.type)" }
      guard result.dataType == .float32 || result.dataType == .float64 else {
        if result != expected { return "output \(place) differs" }
        continue
      }
      let floats = [result, expected].map { Cast(to: .float32).evaluate([$0])[0] }
      let comparison = Comparison(floats[0], against: floats[1], rtol: 1e-3, atol: 1e-6)
      if comparison.beyond > 0 { return "output \(place) differs by \(comparison.maximum)" }
    }
    return nil
  }

  private struct OpenSizes: Error, CustomStringConvertible {
    let description: String
  }

  /// True where the model may be one whose sizes depend on inputs.
  private func isOpen(_ error: any Error) -> Bool { (error as? ImportError)?.kind != .malformed }

  private func hasSmallInputs(_ set: String) -> Bool {
    guard let inputs = try? numbered("input", set) else { return false }
    return inputs.contains { $0.shape.rank <= 1 && $0.shape.count <= TensorType.trackedCount }
  }

  private func computed(_ graph: Graph, _ given: [String: Tensor]) throws -> [Tensor] {
    let inputs = Set(graph.inputs.map { graph.nodes[$0].name })
    return try run(graph, given.filter { inputs.contains($0.key) })
  }

  private func numbered(_ prefix: String, _ set: String) throws -> [Tensor] {
    let files = Set(names(in: set))
    return try (0...).lazy.map { "\(prefix)_\($0).pb" }.prefix { files.contains($0) }.map { name in
      let path = "\(set)/\(name)"
      return try readONNXTensor(bytes: [UInt8](Data(contentsOf: URL(filePath: path))), name: path)
    }
  }
}
