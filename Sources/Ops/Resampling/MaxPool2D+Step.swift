package import Graphs
import Kernels
import Tensors

extension MaxPool2D {
  package func compile(_ site: CompileSite) -> any Step {
    let (kernels, channels) = (site.kernels, site.output.channels)
    guard dilation == 1 else { return evaluatingStep(self, site) }
    let pooled = pooledStep("max", site, size: size, strides: strides, padding) { taps, output, pixels in
      kernels.maxPool(taps: taps, output: output, outputPixelStride: channels, pixels: pixels, channels: channels)
    }
    guard var step = pooled else { return evaluatingStep(self, site) }
    let image = site.input(0)
    let (rows, columns) = padding.resolve(size: Pair(image.rows, image.width), kernel: size, stride: strides)
    if size == 2, strides == 2, rows.before == 0, columns.before == 0 {
      step.meaning = .maxPooling2x2(rows: rows.output, width: columns.output)
    }
    return step
  }
}
