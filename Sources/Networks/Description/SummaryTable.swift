package import ModelFiles
import Tensors

extension ModelSummary {
  private static let width = 120

  /// What Keras' `summary()` prints, and where in the file the weights are.
  package func table(_ metadata: ModelDescription) -> String {
    let places = WeightPlaces(rows)
    var table = self.table(metadata.batch, places, namesRowsAbove: true)
    if !table.keepsNames(width: ModelSummary.width) {
      table = self.table(metadata.batch, places, namesRowsAbove: false)
    }
    var lines = table.lines(width: ModelSummary.width, hasTotal: true)
    lines.append("")
    let file = escaped(metadata.weightsFile)
    lines.append("total parameters: \(thousands(parameters)) (\(byteText(byteCount)) in \(file))")
    lines.append("trainable parameters: \(thousands(trainable))")
    lines.append("non-trainable parameters: \(thousands(parameters - trainable))")
    if metadata.optimizerCount > 0 {
      lines.append("optimizer variables in the file: \(thousands(metadata.optimizerCount)) numbers, not read")
    }
    if parameters > 0 { lines.append("weights: \(file), in \(escaped(places.pattern))") }
    return lines.joined(separator: "\n")
  }

  /// A layer that reads just the one in the row above may say so instead of its name, where room is short.
  private func table(_ batch: Int?, _ places: WeightPlaces, namesRowsAbove: Bool) -> TextTable {
    let hasFrozen = trainable != parameters
    var columns: [TextTable.Column] = [
      .init(title: "layer"), .init(title: "class", least: 14), .init(title: "output"),
      .init(title: "parameters", isRight: true),
    ]
    if hasFrozen { columns.append(.init(title: "frozen", isRight: true)) }
    columns += [.init(title: "MACs", isRight: true), .init(title: "connected to"), .init(title: "weights", least: 12)]
    var table = TextTable(columns)
    for (place, row) in rows.enumerated() {
      let indent = String(repeating: "  ", count: row.layer.depth)
      let shapes = row.types.isEmpty ? ["?"] : row.types.map { ModelSummary.shape($0, batch) }
      var cells = [[indent + escaped(row.layer.name)], [escaped(row.layer.computes ?? row.layer.className)], shapes]
      cells.append([thousands(row.parameters)])
      if hasFrozen { cells.append([row.parameters == row.trainable ? "" : thousands(row.parameters - row.trainable)]) }
      cells.append([row.multiplyAdds.map { $0 == 0 ? "" : multiplyAddText($0) } ?? "?"])
      let above = place > 0 && rows[place - 1].layer.depth == row.layer.depth ? rows[place - 1].layer.name : nil
      let isAbove = row.sources.count == 1 && row.sources.first == above
      cells.append(isAbove && !namesRowsAbove ? ["above"] : row.sources.map(escaped))
      let weights = escaped(places[row.layer])
      cells.append([row.sharedWith == nil || weights.isEmpty ? weights : "\(weights) (shared)"])
      table.add(cells)
    }
    var total = [["total"], ["\(leafCount) layers"], [""], [thousands(parameters)]]
    if hasFrozen { total.append([thousands(parameters - trainable)]) }
    table.add(total + [[multiplyAdds.map(multiplyAddText) ?? "?"], [""], [byteText(byteCount)]])
    return table
  }

  /// Every variable with its dataset, its shape and its type in the file.
  package func weightList() -> String {
    var table = TextTable([
      .init(title: "weight"), .init(title: "dataset"), .init(title: "shape"), .init(title: "type"),
    ])
    for row in rows {
      for variable in row.layer.variables {
        let shape = variable.shape.map(String.init).joined(separator: "x")
        table.add([
          ["\(escaped(row.layer.path))/\(variable.name)"], [escaped(variable.dataset)], [shape], [variable.type],
        ])
      }
    }
    return table.lines(width: ModelSummary.width).joined(separator: "\n")
  }

  /// `?x256x256x64`, the batch first.
  private static func shape(_ type: TensorType, _ batch: Int?) -> String {
    let dims = [batch] + type.dims.dropFirst()
    return dims.map { $0.map(String.init) ?? "?" }.joined(separator: "x")
  }
}

/// The groups of a weights file that hold the variables of layers, without what all of their paths begin and end with.
private struct WeightPlaces {
  private var prefix: [Substring] = []
  private var suffix: [Substring] = []

  package init(_ rows: [ModelSummary.Row]) {
    let all = rows.compactMap { WeightPlaces.group($0.layer) }
    guard let first = all.first else { return }
    prefix = all.reduce(first) { common, group in WeightPlaces.common(common, group) }
    suffix = all.reduce(Array(first.reversed())) { WeightPlaces.common($0, $1.reversed()) }.reversed()
    let shortest = all.map(\.count).min() ?? 0
    if all.count == 1 { (prefix, suffix) = ([], []) }
    if prefix.count + suffix.count >= shortest { suffix = [] }
    if prefix.count >= shortest { prefix.removeLast(prefix.count - shortest + (shortest > 0 ? 1 : 0)) }
  }

  /// `layers/*/vars`
  package var pattern: String { (prefix + ["*"] + suffix).joined(separator: "/") }

  package subscript(layer: ModelLayer) -> String {
    WeightPlaces.group(layer)?.dropFirst(prefix.count).dropLast(suffix.count).joined(separator: "/") ?? ""
  }

  /// The innermost group that holds all datasets of a layer; nil without any.
  private static func group(_ layer: ModelLayer) -> [Substring]? {
    let groups = layer.variables.map { Array($0.dataset.split(separator: "/").dropLast()) }
    return groups.first.map { groups.reduce($0, common) }
  }

  private static func common(_ a: [Substring], _ b: [Substring]) -> [Substring] {
    Array(a.prefix(zip(a, b).prefix { $0 == $1 }.count))
  }
}
