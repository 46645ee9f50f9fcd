import Graphs
package import Tensors

/// One tile of pixels through a layer's real weights, by minimal filtering and directly.
package enum WinogradProbe {
  /// Largest difference, relative to the root mean square of all results, beside that relative to a result itself.
  static let absolute: Float = 1e-4, relative: Float = 1e-3
  /// Output channels that are tried at a time, to keep the packed weights of a trial small.
  private static let channels = 64

  /// True when the layer computes the same either way.
  /// - Parameters:
  ///   - direct, filtered: operators of one image and a kernel, the same but for their algorithm
  ///   - side: rows and columns of an image whose result is one tile
  ///   - depth: channels of the image
  ///   - axis: the axis of `kernel` that holds the output channels
  package static func agree<O: FilteredOp>(
    direct: O, filtered: O, kernel: Tensor, side: Int, depth: Int, axis: Int
  ) -> Bool {
    let image = Tensor([1, side, side, depth], noise(side * side * depth))
    for first in stride(from: 0, to: kernel.shape[axis], by: channels) {
      let part = kernel.slice(axis: axis, first..<min(first + channels, kernel.shape[axis]))
      guard let a = result(filtered, image, part), let b = result(direct, image, part), agree(a, b) else {
        return false
      }
    }
    return true
  }

  /// True when no result differs by more than the limits; never with results that are not finite.
  package static func agree(_ filtered: [Float], _ direct: [Float]) -> Bool {
    let meanSquare = direct.reduce(0) { $0 + Double($1) * Double($1) } / Double(max(direct.count, 1))
    let floor = absolute * Float(meanSquare.squareRoot())
    return zip(filtered, direct).allSatisfy { abs($0 - $1) <= floor + relative * abs($1) }
  }

  private static func result<O: FilteredOp>(_ op: O, _ image: Tensor, _ kernel: Tensor) -> [Float]? {
    let types = [image.type, kernel.type]
    guard let output = try? op.outputTypes(types) else { return nil }
    let site = CompileSite(name: O.name, inputTypes: types, outputTypes: output, constants: [nil, kernel])
    return op.compile(site).result(for: image.floats, site)
  }

  /// Uneven values from -0.5 to 1, as after a layer with a soft threshold; the same every time.
  private static func noise(_ count: Int) -> [Float] {
    var state: UInt64 = 0x243f_6a88_85a3_08d3
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / Float(1 << 24) * 1.5 - 0.5
    }
  }
}

extension Tensor {
  /// A range of indices along one axis.
  fileprivate func slice(axis: Int, _ range: Range<Int>) -> Tensor {
    var dims = shape.dims
    let inner = dims[(axis + 1)...].reduce(1, *), outer = dims[..<axis].reduce(1, *), length = dims[axis]
    dims[axis] = range.count
    var values: [Float] = []
    values.reserveCapacity(outer * range.count * inner)
    for i in 0..<outer {
      let start = (i * length + range.lowerBound) * inner
      values += floats[start..<start + range.count * inner]
    }
    return Tensor(Shape(dims), values)
  }
}

extension Step {
  /// The whole result of a step over one float32 image, on the calling thread.
  fileprivate func result(for image: [Float], _ site: CompileSite) -> [Float] {
    load()
    let input = site.input(0), output = site.output
    let left = inputs[0].marginLeft * input.channels
    let pitch = left + (input.width + inputs[0].marginRight) * input.channels
    let rowFloats = input.width * input.channels
    var padded = [Float](repeating: 0, count: (input.rows + 1) * pitch)
    for y in 0..<input.rows {
      let from = y * rowFloats
      padded.replaceSubrange(y * pitch + left..<y * pitch + left + rowFloats, with: image[from..<from + rowFloats])
    }
    var values = [Float](repeating: 0, count: output.rows * output.width * output.channels)
    let bytes = scratchBytes + sharedBytes(rows: output.rows) + 128
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    defer { memory.deallocate() }
    padded.withUnsafeMutableBytes { padded in
      values.withUnsafeMutableBytes { values in
        func ring(_ first: UnsafeMutableRawPointer, _ zeros: UnsafeMutableRawPointer, _ stride: Int, _ rows: Int)
          -> RowRing
        {
          RowRing(base: first, zeros: zeros, stride: stride * 4, capacity: rows, height: rows)
        }
        let base = padded.baseAddress! + left * 4, target = values.baseAddress!
        let source = [ring(base, base + input.rows * pitch * 4, pitch, input.rows)]
        let result = ring(target, target, output.width * output.channels, output.rows)
        source.withUnsafeBufferPointer { source in
          for round in 0..<rounds {
            let band = Band(
              rows: 0..<output.rows, inputs: source, output: result, scratch: memory,
              shared: memory + (scratchBytes + 63) / 64 * 64, round: round)
            for block in 0..<blocks(rows: output.rows, round: round) { run(block: block, of: band) }
          }
        }
      }
    }
    return values
  }
}
