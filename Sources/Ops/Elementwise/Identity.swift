package import Graphs
package import Tensors

/// Passes its input on: dropout and other layers that do nothing at inference.
package struct Identity: Op {
  package static let name = "identity"

  package init() {}

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    return inputs
  }
}

extension Identity {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] { [inputs[0]] }

  package func passesOn(_ inputs: [TensorType]) -> Bool { true }

  package func reach(_ inputs: [TensorType]) -> [Reach] { pointwiseReach(count: 1) }
}

extension Identity {
  package func compile(_ site: CompileSite) -> any Step {
    guard site.constants[0] == nil else { return evaluatingStep(self, site) }
    let output = site.output
    let pixelBytes = output.channels * output.dataType.byteCount
    return RowStep(
      "copy", [StepInput(0, rows: .identity)], segments: RowSegments(output, work: 1)
    ) { band, row, segment in
      (band.output.row(row) + segment.lowerBound * pixelBytes).copyMemory(
        from: band.inputs[0].row(row) + segment.lowerBound * pixelBytes, byteCount: segment.count * pixelBytes)
    }
  }
}
