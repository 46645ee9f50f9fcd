import Graphs
package import Kernels
package import Tensors

/// One tile of pixels through a layer's real weights, by minimal filtering and directly.
package enum WinogradProbe {
  /// Largest difference, relative to the root mean square of all results, beside that relative to a result itself.
  static let absolute: Float = 1e-4, relative: Float = 1e-3
  /// Output channels that are tried at a time.
  private static let channels = 64

  /// True when the layer computes the same either way.
  ///
  /// Of many output channels those are tried that are evenly spread, and those whose weights have the largest magnitudes
  /// in sum, for these bound the error.
  /// - Parameters:
  ///   - direct, filtered: operators of one image and a kernel, the same but for their algorithm
  ///   - side: rows and columns of an image whose result is one tile
  ///   - depth: channels of the image
  ///   - axis: the axis of `kernel` that holds the output channels
  ///   - kernels: those that both are tried with
  package static func agree<O: FilteredOp>(
    direct: O, filtered: O, kernel: Tensor, side: Int, depth: Int, axis: Int, kernels: KernelSet
  ) -> Bool {
    let image = Tensor([1, side, side, depth], noise(side * side * depth))
    let count = kernel.shape[axis]
    let isFew = count <= 2 * channels
    let spread = isFew ? Array(0..<count) : (0..<channels).map { $0 * count / channels }
    let part = kernel.picking(spread, axis: axis)
    guard let a = result(filtered, image, part, kernels), let b = result(direct, image, part, kernels) else {
      return false
    }
    let meanSquare = meanSquare(b)
    guard agree(a, b, meanSquare: meanSquare) else { return false }
    if isFew { return true }
    let heaviest = kernel.heaviest(channels, axis: axis)
    let heavy = kernel.picking(heaviest, axis: axis)
    guard let a = result(filtered, image, heavy, kernels), let b = result(direct, image, heavy, kernels) else {
      return false
    }
    return agree(a, b, meanSquare: meanSquare)
  }

  /// True when no result differs by more than the limits; never with results that are not finite.
  package static func agree(_ filtered: [Float], _ direct: [Float]) -> Bool {
    agree(filtered, direct, meanSquare: meanSquare(direct))
  }

  private static func agree(_ filtered: [Float], _ direct: [Float], meanSquare: Double) -> Bool {
    let floor = absolute * Float(meanSquare.squareRoot())
    return zip(filtered, direct).allSatisfy { abs($0 - $1) <= floor + relative * abs($1) }
  }

  private static func meanSquare(_ values: [Float]) -> Double {
    values.reduce(0) { $0 + Double($1) * Double($1) } / Double(max(values.count, 1))
  }

  private static func result<O: FilteredOp>(_ op: O, _ image: Tensor, _ kernel: Tensor, _ kernels: KernelSet)
    -> [Float]?
  {
    let types = [image.type, kernel.type]
    guard let output = try? op.outputTypes(types) else { return nil }
    let site = CompileSite(
      name: O.name, inputTypes: types, outputTypes: output, constants: [nil, kernel], kernels: kernels)
    return op.compile(site).result(for: image.floats, site)
  }

  /// Uneven values from -0.5 to 1, as after a layer with a soft threshold; the same every time.
  private static func noise(_ count: Int) -> [Float] {
    var noise = Noise(seed: 0x243f_6a88_85a3_08d3)
    return (0..<count).map { _ in noise.next() * 1.5 - 0.5 }
  }
}

extension Tensor {
  /// Counts of elements before, along and after an axis, as the tensor lies in memory.
  private func extent(_ axis: Int) -> (outer: Int, length: Int, inner: Int) {
    let dims = shape.dims
    return (dims[..<axis].reduce(1, *), dims[axis], dims[(axis + 1)...].reduce(1, *))
  }

  /// Some indices along one axis.
  fileprivate func picking(_ indices: [Int], axis: Int) -> Tensor {
    let (outer, length, inner) = extent(axis)
    var dims = shape.dims
    dims[axis] = indices.count
    var values: [Float] = []
    values.reserveCapacity(outer * indices.count * inner)
    floats.withUnsafeBufferPointer { floats in
      for i in 0..<outer {
        for index in indices {
          let start = (i * length + index) * inner
          if inner == 1 { values.append(floats[start]) } else { values += floats[start..<start + inner] }
        }
      }
    }
    return Tensor(Shape(dims), values)
  }

  /// The `count` indices along an axis with the largest sums of magnitudes.
  fileprivate func heaviest(_ count: Int, axis: Int) -> [Int] {
    let (outer, length, inner) = extent(axis)
    var sums = [Float](repeating: 0, count: length)
    floats.withUnsafeBufferPointer { floats in
      sums.withUnsafeMutableBufferPointer { sums in
        for i in 0..<outer {
          let row = floats.baseAddress! + i * length * inner
          if inner == 1 {
            for n in 0..<length { sums[n] += row[n].magnitude }
          } else {
            for n in 0..<length { for j in 0..<inner { sums[n] += row[n * inner + j].magnitude } }
          }
        }
      }
    }
    let order = sums.indices.sorted { (sums[$1], $0) < (sums[$0], $1) }
    return order.prefix(count).sorted()
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
    let scratchBytes = memory.scratch
    let bytes = scratchBytes + sharedBytes(rows: output.rows) + 128
    let scratch = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    defer { scratch.deallocate() }
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
              rows: 0..<output.rows, inputs: source, output: result, scratch: scratch,
              shared: scratch + scratchBytes.roundedUp(to: 64), round: round)
            for block in 0..<blocks(rows: output.rows, round: round) { run(block: block, of: band) }
          }
        }
      }
    }
    return values
  }
}
