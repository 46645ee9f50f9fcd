import ModelFiles
import Diagrams
import Graphs
import Tensors

extension ModelSummary {
  /// The model as its file has it, models within it drawn out, every call of a shared layer once.
  func diagram(_ model: ImportedModel, file: String) -> Diagram {
    var calls: [(row: Row, call: ModelLayer.Call)] = []
    for row in rows where !row.layer.isModel {
      for call in row.layer.calls where !call.nodes.isEmpty { calls.append((row, call)) }
    }
    calls.sort { $0.call.nodes.lowerBound < $1.call.nodes.lowerBound }
    let classes = Dictionary(rows.flatMap { row in row.layer.calls.map { ($0.name, row.layer.className) } }) { $1 }
    let models = rows.filter(\.layer.isModel).flatMap(\.layer.calls)
      .filter { !$0.nodes.isEmpty }.sorted { a, b in
        (a.nodes.lowerBound, b.nodes.upperBound) < (b.nodes.lowerBound, a.nodes.upperBound)
      }

    var boxOf: [Int: Int] = [:]
    var boxes: [Diagram.Box] = []
    var edges: [Diagram.Edge] = []
    for (node, input) in zip(model.skeleton.nodes.indices, model.skeleton.nodes) where isInput(node, input, model) {
      boxOf[node] = boxes.count
      boxes.append(box(input.name, "InputLayer", .input, Value(node), model, groups: [], tooltip: input.name))
    }
    // The models that the current call lies in; calls come in the order of their nodes.
    var open: [ModelLayer.Call] = []
    var waiting = models[...]
    for (row, call) in calls {
      while let last = open.last, last.nodes.upperBound <= call.nodes.lowerBound { open.removeLast() }
      while let next = waiting.first, next.nodes.lowerBound <= call.nodes.lowerBound {
        waiting.removeFirst()
        while let last = open.last, last.nodes.upperBound <= next.nodes.lowerBound { open.removeLast() }
        if next.nodes.upperBound >= call.nodes.upperBound { open.append(next) }
      }
      let groups = open.map(\.name)
      let name = groups.last.map {
        call.name.hasPrefix($0 + "/") ? String(call.name.dropFirst($0.count + 1)) : call.name
      }
      let place = boxes.count
      for node in call.nodes { boxOf[node] = place }
      for input in call.inputs {
        if let source = boxOf[input.node], source < place { edges.append(.init(source, place)) }
      }
      let title = row.layer.computes ?? row.layer.className
      boxes.append(
        box(
          name ?? call.name, title, .init(of: title), call.results.first, model,
          groups: groups.map { .init(name: escaped($0), caption: escaped(classes[$0] ?? "")) },
          tooltip: tooltip(row, call)))
    }
    for output in model.outputNodes { if let box = boxOf[output] { boxes[box].isOutput = true } }
    let size = model.measuredTypes.keys.sorted().compactMap { model.measuredTypes[$0] }
      .map { $0.dims.dropFirst().map { $0.map(String.init) ?? "?" }.joined(separator: "×") }
    var facts = [model.description.version.map { escaped($0) }, "\(leafCount) layers"].compactMap { $0 }
    facts.append("\(thousands(parameters)) parameters")
    if let multiplyAdds {
      facts.append("\(multiplyAddText(multiplyAdds)) multiply-adds at \(size.joined(separator: ", "))")
    }
    let title = model.description.name.map { "\(escaped($0)) (\(escaped(file)))" } ?? escaped(file)
    return Diagram(title: title, subtitle: facts.joined(separator: " · "), boxes: boxes, edges: edges)
  }

  private func isInput(_ index: Int, _ node: Node, _ model: ImportedModel) -> Bool {
    node.op is Input && model.inputs.contains { $0.name == node.name }
  }

  private func box(
    _ name: String, _ className: String, _ kind: Diagram.Kind, _ result: Value?, _ model: ImportedModel,
    groups: [Diagram.Group], tooltip: String
  ) -> Diagram.Box {
    let type = result.map { model.skeleton[$0] }
    let sized = result.flatMap { result in self.sized.map { $0[result] } }
    var rows: Int?
    let first = model.description.isChannelsFirst ? 2 : 1
    if let sized, sized.rank == 4, let height = sized.dims[first], let width = sized.dims[first + 1],
      height > 1 || width > 1
    {
      rows = height
    }
    return Diagram.Box(
      name: escaped(name), caption: escaped(className), detail: type.map { shape($0, sized, model) } ?? "?", kind: kind,
      imageRows: rows, groups: groups, tooltip: tooltip)
  }

  /// `H/4×W/4×64` for an image whose size is open, `128×128×64` for one that is not.
  private func shape(_ type: TensorType, _ sized: TensorType?, _ model: ImportedModel) -> String {
    let image = model.inputs.first { $0.type.rank == 4 }
    let whole = image.flatMap { model.measuredTypes[$0.name] }
    let first = model.description.isChannelsFirst ? 2 : 1
    return type.dims.indices.dropFirst().map { axis in
      if let size = type.dims[axis] { return "\(size)" }
      guard type.rank == 4, first...first + 1 ~= axis, let open = image?.type, open.rank == 4, open.dims[axis] == nil,
        let part = sized?.dims[axis], let all = whole?.dims[axis], part > 0
      else { return "?" }
      let letter = axis == first ? "H" : "W"
      if part == all { return letter }
      if all % part == 0 { return "\(letter)/\(all / part)" }
      return part % all == 0 ? "\(part / all)\(letter)" : "?"
    }.joined(separator: "×")
  }

  private func tooltip(_ row: Row, _ call: ModelLayer.Call) -> String {
    var lines = ["\(escaped(call.name)): \(escaped(row.layer.className))"]
    if row.parameters > 0 {
      lines.append("\(thousands(row.parameters)) parameters, \(thousands(row.trainable)) trainable")
    }
    if let cost = row.multiplyAdds, cost > 0 { lines.append("\(multiplyAddText(cost)) multiply-adds") }
    lines += row.layer.variables.map { variable in
      "\(variable.name) \(variable.shape.map(String.init).joined(separator: "×")) in \(escaped(variable.dataset))"
    }
    return lines.joined(separator: "\n")
  }
}
