package import Graphs
import Kernels
import Tensors

extension AveragePool2D {
  package func compile(_ site: CompileSite) -> any Step {
    let (kernels, channels) = (site.kernels, site.output.channels)
    guard dilation == 1 else { return evaluatingStep(self, site) }
    let all = countPadding ? size.height * size.width : nil
    let step = pooledStep("average", site, size: size, strides: strides, padding) { taps, output, pixels in
      kernels.averagePool(
        taps: taps, scale: 1 / Float(all ?? taps.count), output: output, outputPixelStride: channels, pixels: pixels,
        channels: channels)
    }
    return step ?? evaluatingStep(self, site)
  }
}
