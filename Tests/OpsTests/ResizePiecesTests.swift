import Graphs
import Ops
import Tensors
import TestSupport
import Testing

/// A fraction of small numbers, as an exporter writes it.
private func randomScale(_ numbers: inout SeededNumbers) -> Float {
  numbers.element([2, 3, 4, 0.5, 1 / 3, 0.25, 1.5, 2 / 3, 4 / 3, 0.75, 0.4, 0.7])
}

/// An image through the compiled operator, in one band.
private func run(_ op: Resize, _ image: Tensor) throws -> Tensor {
  let site = CompileSite(
    name: "y", inputTypes: [image.type], outputTypes: try op.outputTypes([image.type]), constants: [nil],
    kernels: .underTest)
  let step = try #require(op.step(site), "\(op) has no step")
  return StepHarness(step, site, [image])(bandHeight: site.output.rows)
}

struct ResizePiecesTests {
  @Test func `steps of all rules compute the definition, cut anywhere`() throws {
    var numbers = SeededNumbers(31)
    for trial in 0..<60 {
      let rule = randomRule(&numbers)
      let x = noise([1, numbers.pick(1...9), numbers.pick(1...9), numbers.element([1, 3, 17])], seed: UInt64(trial))
      let axes = [1, 2].filter { _ in numbers.pick(0...3) > 0 }.map { axis -> Resize.Axis in
        let isScale = numbers.pick(0...1) == 0 && rule.coordinates != .alignCorners && x.shape[axis] > 3
        return .init(axis, isScale ? .scale(randomScale(&numbers)) : .size(numbers.pick(1...20)))
      }
      let op = Resize(axes, rule: rule)
      try checkStep(op, [x], firstConstant: 1) { $0.step($1) }
    }
    for rule in [ResizeRule(method: .cubic), ResizeRule(method: .linear, antialias: true)] {
      for scale: Float in [0.5, 1.5] {
        let op = Resize([.init(1, .scale(scale)), .init(2, .scale(scale))], rule: rule)
        // Rows of several segments.
        try checkStep(op, [noise([1, 3, 900, 80], seed: 5)], firstConstant: 1) { $0.step($1) }
      }
    }
  }

  @Test func `a piece with the halo equals the whole to the bit`() throws {
    var numbers = SeededNumbers(37)
    for trial in 0..<60 {
      var rule = randomRule(&numbers)
      if rule.coordinates == .alignCorners { rule.coordinates = .pytorchHalfPixel }
      let op = Resize([.init(1, .scale(randomScale(&numbers))), .init(2, .scale(randomScale(&numbers)))], rule: rule)
      var graph = Graph()
      let image = graph.input("image", TensorType(.float32, [1, nil, nil, 2]))
      graph.output(try graph.add(op, [image], name: "y"), name: "y")
      let geometry = try localGeometry(graph)
      #expect(geometry.isLocal, "\(op): \(geometry.blockers)")
      let (rows, columns) = (geometry.rows, geometry.columns)
      let x = noise([1, 24 * rows.modulus, 24 * columns.modulus, 2], seed: UInt64(trial))
      let whole = try run(op, x)
      // The piece begins with the halo of what is kept, which is counted in moduli. A single output has a place of its own by
      // `pytorchHalfPixel`.
      let kept = (rows: 8..<8 + numbers.pick(2...4), columns: 9..<9 + numbers.pick(2...4))
      let top = kept.rows.lowerBound * rows.modulus - rows.alignedHaloBefore
      let bottom = kept.rows.upperBound * rows.modulus + rows.alignedHaloAfter
      let left = kept.columns.lowerBound * columns.modulus - columns.alignedHaloBefore
      let right = kept.columns.upperBound * columns.modulus + columns.alignedHaloAfter
      #expect(top > 0 && left > 0 && bottom < x.shape[1] && right < x.shape[2])
      let crop = Crop2D(top: top, bottom: x.shape[1] - bottom, left: left, right: x.shape[2] - right)
      let piece = try run(op, crop.evaluate([x])[0])
      func output(_ place: Int, _ axis: SceneGeometry.Axis) -> Int {
        place * axis.outputScale.num / axis.outputScale.den
      }
      var wrong = 0
      for y in output(kept.rows.lowerBound * rows.modulus, rows)..<output(kept.rows.upperBound * rows.modulus, rows) {
        for column in output(
          kept.columns.lowerBound * columns.modulus, columns)..<output(
            kept.columns.upperBound * columns.modulus, columns)
        {
          for c in 0..<2 {
            let here = ((y - output(top, rows)) * piece.shape[2] + column - output(left, columns)) * 2 + c
            if piece.floats[here].bitPattern != whole.floats[(y * whole.shape[2] + column) * 2 + c].bitPattern {
              wrong += 1
            }
          }
        }
      }
      #expect(wrong == 0, "\(trial): \(op)")
    }
  }

  @Test func `several axes of any tensor`() {
    let x = seededTensor([2, 3, 4, 5, 2])
    let op = Resize([.init(1, .size(5)), .init(-2, .scale(2))], rule: ResizeRule(method: .cubic))
    let result = op.evaluate([x])[0]
    #expect(result.shape == [2, 5, 4, 10, 2])
    let first = Resize([.init(3, .scale(2))], rule: op.rule).evaluate([x])[0]
    let then = Resize([.init(1, .size(5))], rule: op.rule).evaluate([first])[0]
    #expect(zip(result.floats, then.floats).allSatisfy { abs($0 - $1) < 1e-5 })
  }
}
