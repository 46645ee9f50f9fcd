package import Graphs
import Tensors

extension Transpose {
  package func compile(_ site: CompileSite) -> any Step {
    site.constants[0] == nil ? PermutedCopy(permutation, site) : evaluatingStep(self, site)
  }
}

/// Elements of any type in another order of axes, each of which has a stride in the input and one in the output.
struct PermutedCopy: Step {
  /// Elements that a block should copy at least.
  private static let enough = 16 << 10

  /// An axis of the output: to its next index it is so many rows and elements of the input, and elements of the output.
  private struct Axis {
    var count: Int, rows: Int, from: Int, to: Int
  }

  let inputs = [StepInput(0, rows: nil)]
  private let output: RowLayout
  /// The axis that blocks are cut from, the output's rows if it has any, and those within, the innermost last.
  private let lead: Axis, axes: [Axis]
  /// Indices of `lead` that a block takes.
  private let group: Int

  init(_ permutation: [Int], _ site: CompileSite) {
    output = site.output
    let input = site.inputTypes[0].shape!, result = site.outputTypes[0].shape!
    let (strides, places) = (input.strides, result.strides)
    let hasRows = imageSize(site.inputTypes[0]) != nil, makesRows = imageSize(site.outputTypes[0]) != nil
    var axes = permutation.enumerated().map { place, axis in
      let isRow = hasRows && axis == 1
      return Axis(count: result[place], rows: isRow ? 1 : 0, from: isRow ? 0 : strides[axis], to: places[place])
    }
    let rows = makesRows ? axes.remove(at: 1) : nil
    axes = PermutedCopy.joined(axes.filter { $0.count != 1 })
    lead = rows ?? (axes.isEmpty ? Axis(count: 1, rows: 0, from: 0, to: 0) : axes.removeFirst())
    self.axes = axes
    let each = axes.reduce(1) { $0 * $1.count }
    group = max(PermutedCopy.enough / max(each, 1), 1)
  }

  /// Axes that follow each other in both joined to one.
  private static func joined(_ axes: [Axis]) -> [Axis] {
    axes.reduce(into: []) { result, axis in
      if let outer = result.last, outer.rows == 0, axis.rows == 0, outer.from == axis.from * axis.count,
        outer.to == axis.to * axis.count
      {
        result[result.count - 1] = Axis(count: outer.count * axis.count, rows: 0, from: axis.from, to: axis.to)
      } else {
        result.append(axis)
      }
    }
  }

  private var makesRows: Bool { output.rows > 1 }

  var kernel: String { "transpose" }
  var cost: StepCost { StepCost(workPerRow: max(output.width * output.channels, 1)) }

  func blocks(rows: Int, round: Int) -> Int { (makesRows ? rows : lead.count).dividedUp(by: group) }

  func run(block: Int, of band: borrowing Band) {
    switch output.dataType.byteCount {
    case 1: run(block, band, UInt8.self)
    case 2: run(block, band, UInt16.self)
    case 4: run(block, band, UInt32.self)
    default: run(block, band, UInt64.self)
    }
  }

  private func run<Element: FixedWidthInteger>(_ block: Int, _ band: borrowing Band, _: Element.Type) {
    let size = MemoryLayout<Element>.stride, rowStride = band.inputs[0].stride
    let source = UnsafeRawPointer(band.inputs[0].row(0))
    let all = makesRows ? band.rows : 0..<lead.count
    let first = all.lowerBound + block * group
    for index in first..<min(first + group, all.upperBound) {
      let from = source + index * (lead.rows * rowStride + lead.from * size)
      let to = makesRows ? band.output.row(index) : band.output.row(0) + index * lead.to * size
      copy(
        axes[...], from.assumingMemoryBound(to: Element.self), to.assumingMemoryBound(to: Element.self),
        rowStride / size)
    }
  }

  /// Copies what lies at all indices of some axes; `rowStride` in elements.
  private func copy<Element: FixedWidthInteger>(
    _ axes: ArraySlice<Axis>, _ source: UnsafePointer<Element>, _ target: UnsafeMutablePointer<Element>,
    _ rowStride: Int
  ) {
    guard let outer = axes.first else { return target.pointee = source.pointee }
    let step = outer.rows * rowStride + outer.from
    if axes.count > 2 {
      for i in 0..<outer.count { copy(axes.dropFirst(), source + i * step, target + i * outer.to, rowStride) }
      return
    }
    guard axes.count == 2, let inner = axes.last else {
      return copyPlane(
        source, target, rows: 1, columns: outer.count, from: (0, step), to: 0)
    }
    copyPlane(
      source, target, rows: outer.count, columns: inner.count, from: (step, inner.rows * rowStride + inner.from),
      to: outer.to)
  }

  /// Rows of elements that lie side by side in the output, `to` apart.
  @inline(__always)
  private func copyPlane<Element: FixedWidthInteger>(
    _ source: UnsafePointer<Element>, _ target: UnsafeMutablePointer<Element>, rows: Int, columns: Int,
    from: (row: Int, column: Int), to: Int
  ) {
    if from.column == 1 {
      for i in 0..<rows { (target + i * to).update(from: source + i * from.row, count: columns) }
      return
    }
    // Where the input lies the other way round a few rows at a time, so that lines of both are used before they leave the cache.
    let together = from.row < from.column ? 16 : 1
    for first in stride(from: 0, to: rows, by: together) {
      let (rows, columns) = together == 1 ? (columns, 1) : (min(together, rows - first), columns)
      let (step, place) = together == 1 ? (from.column, 1) : (from.row, to)
      for j in 0..<columns {
        var read = source + (first * from.row + j * from.column), written = target + (first * to + j)
        for _ in 0..<rows {
          written.pointee = read.pointee
          read += step
          written += place
        }
      }
    }
  }
}
