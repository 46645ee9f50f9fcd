package import Graphs
import Kernels
import Tensors

extension DepthwiseConv2D {
  package func compile(_ site: CompileSite) -> any Step { step(site) ?? evaluatingStep(self, site) }

  /// Vectors of channels over taps; with a multiplier, a convolution with as many groups as input channels.
  package func step(_ site: CompileSite) -> (any Step)? {
    guard let weights = site.constants[1], let bias = site.constantBias(2), site.floatImage(0) != nil else {
      return nil
    }
    let shape = weights.shape, image = site.input(0)
    let (rows, columns) = padding.resolve(
      size: Pair(image.rows, image.width), kernel: Pair(shape[0], shape[1]), stride: strides, dilation: dilation)
    guard shape[3] == 1 else {
      return RunConvolution(
        site, sources: [image.channels], rows: rows, columns: columns, kernel: weights.floats,
        shape: [shape[0], shape[1], 1, shape[2] * shape[3]], groups: shape[2], bias: bias.values, strides: strides,
        activation: activation)
    }
    return TapConvolution(
      kernels: site.kernels, rows: rows, columns: columns, weights: weights.floats, bias: bias.values,
      width: site.output.width, channels: shape[2], activation: activation)
  }
}
