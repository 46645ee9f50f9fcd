import Kernels

/// The taps of one phase along one axis: kernel index `tap` reads the input `offset` from where the output stands.
struct AxisTap: Sendable, Hashable {
  var tap: Int, offset: Int
}

/// Which input floats a phase reads, as runs as long as memory allows, and the kernel elements that go with them in the
/// same order.
struct TapPlan {
  /// Runs of each channel group.
  var runs: [[RunConvolution.RunTemplate]] = []
  /// For each float of a run list the kernel tap (row-major) and the input channel within the group; the same for all
  /// groups.
  var depth: [(tap: Int, channel: Int)] = []

  /// - Parameters:
  ///   - kernelWidth: taps of a kernel row
  ///   - sources: channels of each source
  init(rows: [AxisTap], columns: [AxisTap], kernelWidth: Int, sources: [Int], groups: Int) {
    let columns = columns.sorted { $0.offset < $1.offset }
    if groups == 1 {
      runs = [[]]
      for row in rows {
        var first = 0
        for (source, channels) in sources.enumerated() {
          for stretch in TapPlan.stretches(columns) {
            runs[0].append(
              .init(
                source: source, row: row.offset, column: stretch[0].offset, channel: 0,
                length: stretch.count * channels))
            for column in stretch {
              for c in first..<first + channels { depth.append((row.tap * kernelWidth + column.tap, c)) }
            }
          }
          first += channels
        }
      }
      return
    }
    let perGroup = sources.reduce(0, +) / groups
    runs = Array(repeating: [], count: groups)
    for row in rows {
      for column in columns {
        for c in 0..<perGroup { depth.append((row.tap * kernelWidth + column.tap, c)) }
        for group in 0..<groups {
          for part in TapPlan.split(group * perGroup..<(group + 1) * perGroup, sources) {
            runs[group].append(
              .init(
                source: part.source, row: row.offset, column: column.offset, channel: part.channels.lowerBound,
                length: part.channels.count))
          }
        }
      }
    }
  }

  /// Columns cut where their offsets are not consecutive.
  private static func stretches(_ columns: [AxisTap]) -> [[AxisTap]] {
    var result: [[AxisTap]] = []
    for column in columns {
      if let last = result.last?.last, last.offset + 1 == column.offset {
        result[result.count - 1].append(column)
      } else {
        result.append([column])
      }
    }
    return result
  }

  /// A range of the concatenated channels, source by source.
  private static func split(_ range: Range<Int>, _ sources: [Int]) -> [(source: Int, channels: Range<Int>)] {
    var result: [(source: Int, channels: Range<Int>)] = [], first = 0
    for (source, channels) in sources.enumerated() {
      let part = range.clamped(to: first..<first + channels)
      if !part.isEmpty { result.append((source, part.lowerBound - first..<part.upperBound - first)) }
      first += channels
    }
    return result
  }
}

/// Where a kernel tensor keeps the weight of a tap, input channel and output channel.
struct KernelLayout: Sendable {
  var tap: Int, input: Int, output: Int
}

extension PackedWeights {
  /// Packs a kernel tensor in the order of the plans, one for each phase.
  init(
    kernels: KernelSet, plans: [TapPlan], kernel: [Float], layout: KernelLayout, channels: Int, groups: Int,
    bias: [Float]?
  ) {
    let depths = plans.map(\.depth)
    self.init(kernels: kernels, depths: depths.map(\.count), channels: channels, groups: groups, bias: bias) {
      phase, depth, range, target in
      let (tap, input) = depths[phase][depth]
      let base = tap * layout.tap + input * layout.input
      for n in range { target[n - range.lowerBound] = kernel[base + n * layout.output] }
    }
  }
}
