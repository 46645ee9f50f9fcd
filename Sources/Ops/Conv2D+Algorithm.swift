import Kernels
public import Tensors

extension Conv2D {
  /// The algorithm for a kernel: minimal filtering where it saves enough arithmetic and, tried with these very weights, agrees with
  /// direct convolution.
  ///
  /// It depends on the weights alone, so that every run, at any size of the image, computes the same bits. Errors of F(4 x 4, 3x3)
  /// grow with outliers among the weights; a layer beyond the limits of `WinogradProbe` gets smaller tiles or none.
  public func bestAlgorithm(kernel: Tensor) -> ConvolutionAlgorithm {
    guard strides == 1, dilation == 1, groups == 1, kernel.shape.rank == 4, kernel.shape[0] == 3, kernel.shape[1] == 3
    else { return .direct }
    let cost = ConvolutionCost(depth: kernel.shape[2], channels: kernel.shape[3])
    for tile in cost.worthwhileTiles where WinogradProbe(tile: tile, kernel: kernel).agrees {
      return .winograd(tile: tile)
    }
    return .direct
  }
}

/// What a 3x3 convolution costs for 4 x 4 output pixels, in multiply-adds of a vector of 16 channels.
private struct ConvolutionCost {
  let depth: Int, channels: Int

  private var inputVectors: Double { Double((depth + 15) / 16) }
  private var outputVectors: Double { Double((channels + 15) / 16) }

  var direct: Double { 16 * 9 * Double(depth) * outputVectors }

  /// The products, and the transforms at about three times the cost of their arithmetic, for they wait for memory.
  func winograd(tile: Int) -> Double {
    let points = Double((tile + 2) * (tile + 2)), tiles = Double(16 / (tile * tile))
    return tiles * (points * Double(depth) * outputVectors + 10 * points * (inputVectors + outputVectors))
  }

  /// Weights of F(4 x 4) beyond this many bytes take more memory, and more time to fetch, than their products save over F(2 x 2).
  private static let mostWeightBytes = 128 << 20

  var worthwhileTiles: [Int] {
    let bytes = 36 * depth * channels * MemoryLayout<Float>.stride
    let tiles = bytes > ConvolutionCost.mostWeightBytes ? [2] : [4, 2]
    return tiles.filter { winograd(tile: $0) < 0.85 * direct }
  }
}
