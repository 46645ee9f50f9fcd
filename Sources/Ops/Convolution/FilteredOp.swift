package import Graphs
package import Kernels
package import Tensors

/// Convolutions that may go by minimal filtering.
package protocol FilteredOp: Op {
  var algorithm: ConvolutionAlgorithm { get set }

  /// Position of the kernel among the inputs.
  var kernelIndex: Int { get }

  /// The algorithm for a kernel: minimal filtering where it saves enough arithmetic and, tried with these very weights by the set of
  /// kernels that will run it, agrees with direct convolution.
  ///
  /// It depends on the weights alone, so that every run, at any size of the image, computes the same bits. Errors of large tiles grow
  /// with outliers among the weights; a layer beyond the limits of `WinogradProbe` gets smaller tiles or none.
  func bestAlgorithm(kernel: Tensor, kernels: KernelSet) -> ConvolutionAlgorithm
}

extension Conv2D: FilteredOp {
  package var kernelIndex: Int { sources }

  package func bestAlgorithm(kernel: Tensor, kernels: KernelSet) -> ConvolutionAlgorithm {
    // In windows of the usual sizes, every so many-th pixel still fills a tile; further apart, tiles would be mostly empty.
    let mostDilation = 4
    guard strides == 1, max(dilation.height, dilation.width) <= mostDilation, groups == 1, kernel.shape.rank == 4,
      kernel.shape[0] == 3, kernel.shape[1] == 3
    else { return .direct }
    let cost = FilteringCost(depth: kernel.shape[2], channels: kernel.shape[3])
    let tile = cost.worthwhileTiles.first { tile in
      WinogradProbe.agree(
        direct: Conv2D(), filtered: Conv2D(algorithm: .winograd(tile: tile)), kernel: kernel, side: tile + 2,
        depth: kernel.shape[2], axis: 3, kernels: kernels)
    }
    return tile.map { .winograd(tile: $0) } ?? .direct
  }
}

extension Conv2DTranspose: FilteredOp {
  package var kernelIndex: Int { 1 }

  package func bestAlgorithm(kernel: Tensor, kernels: KernelSet) -> ConvolutionAlgorithm {
    guard strides == 2, dilation == 1, kernel.shape.rank == 4, kernel.shape[0] == 3, kernel.shape[1] == 3 else {
      return .direct
    }
    // The first output must stand over the first input; whether it does is the same for all sizes.
    let (rows, columns) = resolve(kernel: 3)
    guard rows.crop(8) == 0, columns.crop(8) == 0,
      FilteringCost(depth: kernel.shape[3], channels: kernel.shape[2]).isTransposedWorthwhile
    else { return .direct }
    let op = Conv2DTranspose(strides: 2, padding: .same)
    let agrees = WinogradProbe.agree(
      direct: op, filtered: Conv2DTranspose(strides: 2, padding: .same, algorithm: .winograd(tile: 8)), kernel: kernel,
      side: 4, depth: kernel.shape[3], axis: 2, kernels: kernels)
    return agrees ? .winograd(tile: 8) : .direct
  }
}

/// What a 3x3 convolution costs, in multiply-adds of a vector of 16 channels; transforms count about three times their arithmetic,
/// for they wait for memory.
private struct FilteringCost {
  let depth: Int, channels: Int

  private var inputVectors: Double { Double(depth.dividedUp(by: 16)) }
  private var outputVectors: Double { Double(channels.dividedUp(by: 16)) }

  /// Transformed weights beyond this many bytes take more memory, and more time to fetch, than their products save: of tiles of 4
  /// over those of 2, which save nearly as much, and of transposed convolution over none.
  private static let mostWeightBytes = 128 << 20, mostTransposedBytes = 48 << 20
  /// How much of the direct cost must remain at most.
  private static let worthwhile = 0.85

  private func products(_ points: Double) -> Double { points * Double(depth) * outputVectors }
  private func transforms(_ points: Double) -> Double { 10 * points * (inputVectors + outputVectors) }

  private var weightBytes: Int { 36 * depth * channels * MemoryLayout<Float>.stride }

  /// Tiles that pay for 4 x 4 outputs.
  var worthwhileTiles: [Int] {
    let tiles = weightBytes > FilteringCost.mostWeightBytes ? [2] : [4, 2]
    return tiles.filter { tile in
      let points = Double((tile + 2) * (tile + 2)), count = Double(16 / (tile * tile))
      return count * (products(points) + transforms(points)) < FilteringCost.worthwhile * products(16 * 9)
    }
  }

  /// For 8 x 8 outputs of a transposed convolution, which reads 4 x 4 inputs through 9 taps.
  var isTransposedWorthwhile: Bool {
    weightBytes <= FilteringCost.mostTransposedBytes
      && products(81) + transforms(81) < FilteringCost.worthwhile * products(16 * 9)
  }
}
