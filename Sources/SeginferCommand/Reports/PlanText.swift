import Networks
import Orthophotos

extension ScenePlan {
  /// What `--plan` prints.
  var text: String {
    let multiplied = "\(decimal(Double(multiplyAdds) / 1e9, 2)) G, \(decimal(arithmeticFactor, 3)) times one pass"
    let lines = [
      "stitching: \(stitching.summary)", "multiply-adds: \(multiplied)", "memory: \(mebibytes(memory.total))",
    ]
    return (lines + memory.parts.map { "  \($0.name): \(mebibytes($0.bytes))" } + ["threads: \(threads)"])
      .joined(separator: "\n")
  }
}
