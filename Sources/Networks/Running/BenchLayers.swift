import Diagnostics
import Engine

/// The rows of `bench --profile`, in the order of the graph: what each layer takes in one run, against the roofline.
package struct BenchLayers {
  struct Layer {
    let name: String, kernel: String
    let seconds: Double, visits: Int
    let gigaMultiplyAdds: Double, bytes: Double
    /// Operations that the kernel does for a byte moved.
    let intensity: Double
    /// The roof that bounds the layer, and the time that it allows over the time taken; above 1 where caches serve what
    /// is counted as memory traffic.
    let roof: String, shareOfBound: Double

    var gigaMultiplyAddsPerSecond: Double { gigaMultiplyAdds / max(seconds, 1e-12) }

    init(_ stage: StageProfile, runs: Int, _ roofline: Roofline) {
      (name, kernel) = (stage.name, stage.kernel)
      seconds = stage.seconds / Double(runs)
      visits = stage.visits / runs
      gigaMultiplyAdds = Double(stage.multiplyAdds) / 1e9
      bytes = Double(stage.inputBytes) + Double(stage.outputBytes) + Double(stage.weightBytes) * Double(visits)
      let flops = 2 * Double(stage.kernelMultiplyAdds)
      intensity = flops / max(bytes, 1)
      let bound = roofline.bound(flops: flops, bytes: bytes)
      (roof, shareOfBound) = (bound.roof, bound.seconds / max(seconds, 1e-12))
    }
  }

  let roofline: Roofline
  let layers: [Layer]

  init(_ profile: [StageProfile], runs: Int, roofline: Roofline) {
    self.roofline = roofline
    layers = profile.filter { $0.visits > 0 }.map { Layer($0, runs: runs, roofline) }
  }

  /// By the layer's definition: above 1 where a kernel needs fewer multiplications than that.
  private func shareOfPeak(_ layer: Layer) -> Double {
    2 * layer.gigaMultiplyAddsPerSecond / roofline.gigaflops
  }

  package var table: String {
    let peak = decimal(roofline.gigaflops, 0), copies = decimal(roofline.gigabytesPerSecond, 1)
    var lines = [
      "measured peak \(peak) GFLOP/s, memory \(copies) GB/s",
      "     ms      %   GMAC/s  of peak       MB  FLOP/B  bound by  of bound  visits  kernel / layer",
    ]
    let total = layers.reduce(0) { $0 + $1.seconds }
    for layer in layers {
      let computes = layer.gigaMultiplyAdds > 0
      let columns = [
        padded(decimal(layer.seconds * 1e3, 2), 8), padded(decimal(layer.seconds / max(total, 1e-12) * 100, 1), 6),
        padded(computes ? decimal(layer.gigaMultiplyAddsPerSecond, 1) : "", 8),
        padded(computes ? percent(shareOfPeak(layer)) : "", 8), padded(decimal(layer.bytes / 1e6, 1), 8),
        padded(computes ? decimal(layer.intensity, 1) : "", 7), padded(layer.roof, 9),
        padded(percent(layer.shareOfBound), 9), padded("\(layer.visits)", 7),
      ]
      lines.append(columns.joined(separator: " ") + "  \(layer.kernel) / \(escaped(layer.name))")
    }
    return lines.joined(separator: "\n")
  }

  /// Members for the report's object.
  package var jsonMembers: [(key: String, value: String)] {
    let rows = jsonList(layers) { layer in
      jsonObject([
        ("name", jsonQuoted(layer.name)), ("kernel", jsonQuoted(layer.kernel)), ("seconds", "\(layer.seconds)"),
        ("visits", "\(layer.visits)"), ("gmac", "\(layer.gigaMultiplyAdds)"),
        ("gmac_per_s", "\(layer.gigaMultiplyAddsPerSecond)"), ("share_of_peak", "\(shareOfPeak(layer))"),
        ("bytes", "\(layer.bytes)"), ("flop_per_byte", "\(layer.intensity)"), ("bound", jsonQuoted(layer.roof)),
        ("share_of_bound", "\(layer.shareOfBound)"),
      ])
    }
    return [
      ("peak_gflops", "\(roofline.gigaflops)"), ("memory_gb_per_s", "\(roofline.gigabytesPerSecond)"),
      ("layers", rows),
    ]
  }

  private func percent(_ share: Double) -> String { decimal(share * 100, 0) + " %" }
}

private func padded(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}
